/** `prometheus.yml`, for a Prometheus that we start ourselves. In a cluster the operator writes one from the same jobs. */
import { formatDuration } from '../../config/duration.ts';
import { addressOf, type Places } from '../places.ts';
import type { Probe, ScrapeJob, Target } from '../plan/jobs.ts';
import type { Plan } from '../plan/plan.ts';
import { compact } from '../yaml.ts';

export interface PrometheusFiles {
  /** Paths or patterns as Prometheus sees them. */
  readonly ruleFiles: readonly string[];
  /** Whether a blackbox exporter runs; without one there is nobody to ask for a probe. */
  readonly blackbox: boolean;
}

/** The configuration as an object, to be written as YAML. */
export function prometheusConfig(plan: Plan, places: Places, files: PrometheusFiles): Record<string, unknown> {
  const { scrapeInterval, evaluationInterval, externalLabels, remoteWrite } = plan.prometheus;
  return {
    global: {
      scrape_interval: formatDuration(scrapeInterval),
      scrape_timeout: formatDuration(Math.min(scrapeInterval, 10)),
      evaluation_interval: formatDuration(evaluationInterval),
      external_labels: externalLabels,
      // Limits and timeouts of scrapes as series: without them nothing can tell that a target is about to reach one.
      extra_scrape_metrics: true,
    },
    rule_files: files.ruleFiles,
    alerting: {
      // Replicas differ by nothing that an alert should carry, so that Alertmanager sees their alerts as one.
      alertmanagers: [{ static_configs: [{ targets: [places.address('alertmanager')] }], timeout: '10s' }],
    },
    scrape_configs: [
      ...plan.scrapeJobs.flatMap((job) => scrapeConfig(job, places)),
      ...(files.blackbox ? plan.probes.map((probe) => probeConfig(probe, places)) : []),
    ],
    ...compact({ remote_write: remoteWrite.map((target) => remoteWriteConfig(target, places)) }),
  };
}

/**
 * A node that itself exposes a label `network` (Aztec's do) would see it renamed to `exported_network`; we keep it under a
 * name that says what it is.
 */
export const KEEP_CHAIN_NETWORK = [
  { source_labels: ['exported_network'], regex: '(.+)', target_label: 'chain_network', action: 'replace' },
  { regex: 'exported_network', action: 'labeldrop' },
] as const;

/** Nothing where all its targets are pods: only the cluster that they run in knows their addresses. */
function scrapeConfig(job: ScrapeJob, places: Places): Record<string, unknown>[] {
  const targets = job.targets.flatMap((target) => staticConfig(job, target, places));
  if (targets.length === 0) return [];
  const config = {
    job_name: job.name,
    metrics_path: job.path,
    scrape_interval: formatDuration(job.interval),
    scrape_timeout: formatDuration(job.timeout),
    ...(job.sampleLimit > 0 ? { sample_limit: job.sampleLimit } : {}),
    ...(job.honorLabels ? { honor_labels: true } : {}),
    static_configs: targets,
    ...(job.honorLabels ? {} : { metric_relabel_configs: KEEP_CHAIN_NETWORK }),
  };
  return [config];
}

function staticConfig(job: ScrapeJob, target: Target, places: Places): Record<string, unknown>[] {
  if ('selected' in target.address) return [];
  const path = target.path === undefined ? {} : { __metrics_path__: target.path };
  return [{ targets: [addressOf(target.address, places)], labels: { ...job.labels, ...target.labels, ...path } }];
}

function probeConfig(probe: Probe, places: Places): Record<string, unknown> {
  return {
    job_name: `probe/${probe.name}`,
    metrics_path: '/probe',
    scrape_interval: formatDuration(probe.interval),
    params: { module: [probe.module], target: [probe.url] },
    static_configs: [{ targets: [places.address('blackbox')], labels: probe.labels }],
  };
}

function remoteWriteConfig(target: Plan['prometheus']['remoteWrite'][number], places: Places): Record<string, unknown> {
  const { name, url, token, headers } = target;
  const authorization = token ? { authorization: { credentials_file: places.secretFile(token.secret) } } : {};
  return { name, url, ...compact({ headers }), ...authorization };
}
