/** What the plan of a stack says that must be found again in the cluster, in words that have nothing of the operator in them. */

import { formatDuration } from '../../config/duration.ts';
import { parseStack } from '../../config/parse.ts';
import { type ClusterPlan, planCluster } from '../../model/kubernetes/cluster.ts';
import { clusterPlaces } from '../../model/kubernetes/places.ts';
import { stackInCluster } from '../../model/kubernetes/stack.ts';
import type { Places, ServiceName } from '../../model/places.ts';
import { makePlan, type Plan } from '../../model/plan/plan.ts';
import { known, type StackName } from '../fixtures/real.ts';
import { type Change, configOf, SECRETS } from '../pulumi/stacks.ts';
import { type GeneratedPrometheus, jobLabel } from './generated.ts';

export interface PlannedStack {
  readonly plan: Plan;
  readonly cluster: ClusterPlan;
  placesOf(reader: ServiceName): Places;
}

export function planOf(name: StackName, change: Change): PlannedStack {
  const names = Object.fromEntries(Object.keys(SECRETS).map((secret) => [secret, { secure: '' }]));
  const config = { ...configOf(name, change), 'chainwatch:secrets': names };
  const { stack } = stackInCluster(parseStack(config, { environment: name, knowledge: known.forConfig }));
  const plan = makePlan(stack, known);
  const cluster = planCluster(stack, plan);
  if (cluster === undefined) throw new Error(`stack ${name} names no cluster`);
  return { plan, cluster, placesOf: (reader) => clusterPlaces(cluster.facts, reader) };
}

export interface Job {
  readonly interval: string;
  readonly timeout: string;
  readonly sampleLimit: number;
  readonly honorLabels: boolean;
}

/** By the `job` label of the series. */
export function plannedJobs({ scrapeJobs, probes }: Plan): Record<string, Job> {
  const scraped = scrapeJobs.map(({ name, interval, timeout, sampleLimit, honorLabels = false }): [string, Job] => [
    name,
    { interval: formatDuration(interval), timeout: formatDuration(timeout), sampleLimit, honorLabels },
  ]);
  const probed = probes.map(({ name, interval }): [string, Job] => [
    `probe/${name}`,
    { interval: formatDuration(interval), timeout: '10s', sampleLimit: 0, honorLabels: false },
  ]);
  return Object.fromEntries([...scraped, ...probed]);
}

/** The same of a configuration; several scrapes of one job must agree. @param foreign whether a scrape is of somebody else */
export function generatedJobs(
  { scrape_configs, global }: GeneratedPrometheus,
  foreign: (name: string) => boolean,
): Record<string, Job> {
  const jobs: Record<string, Job> = {};
  for (const scrape of scrape_configs.filter(({ job_name }) => !foreign(job_name))) {
    const { scrape_interval: interval = '', scrape_timeout: timeout = global.scrape_timeout } = scrape;
    const job = { interval, timeout, sampleLimit: scrape.sample_limit ?? 0, honorLabels: scrape.honor_labels ?? false };
    const name = jobLabel(scrape);
    if (jobs[name] && JSON.stringify(jobs[name]) !== JSON.stringify(job))
      throw new Error(`${name} is scraped in two ways`);
    jobs[name] = job;
  }
  return jobs;
}
