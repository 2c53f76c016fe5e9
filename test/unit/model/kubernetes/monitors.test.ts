/** What a cluster's Prometheus scrapes has the same series as what a Prometheus of our own would. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { monitorsOf } from '../../../../model/kubernetes/monitors.ts';
import { podLabels } from '../../../../model/kubernetes/names.ts';
import { clusterPlaces } from '../../../../model/kubernetes/places.ts';
import { probeSpec } from '../../../../model/kubernetes/probes.ts';
import { stackInCluster } from '../../../../model/kubernetes/stack.ts';
import type { ServiceName } from '../../../../model/places.ts';
import type { ScrapeJob } from '../../../../model/plan/jobs.ts';
import { makePlan, type Plan } from '../../../../model/plan/plan.ts';
import { prometheusConfig } from '../../../../model/prometheus/config.ts';
import { planNamed, STACKS, stackNamed, undrawn } from '../../../fixtures/real.ts';
import { type Rule, relabel } from './relabel.ts';

const PORTS = {
  prometheus: 9090,
  alertmanager: 9093,
  receiver: 2021,
  exporter: 9310,
  status: 8080,
  simulator: 9350,
  aggregator: 9300,
  blackbox: 9115,
  grafana: 3000,
};
const places = clusterPlaces({ namespace: 'watch', ports: PORTS }, 'prometheus');

interface Scraped {
  readonly address: string;
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** As `prometheus.yml` says it. */
function own(plan: Plan, job: ScrapeJob): Scraped[] {
  const { scrape_configs } = JSON.parse(
    JSON.stringify(prometheusConfig(plan, places, { ruleFiles: [], blackbox: true })),
  );
  const found = scrape_configs.find((one: { job_name: string }) => one.job_name === job.name);
  return found.static_configs.flatMap((config: { targets: string[]; labels: Record<string, string> }) =>
    config.targets.map((address) => {
      const { __metrics_path__: path = found.metrics_path, ...labels } = config.labels;
      return { address, path, labels: sorted({ ...labels, job: job.name }) };
    }),
  );
}

/** As the operator and Prometheus make it of our objects. */
function inCluster(job: ScrapeJob): Scraped[] {
  return monitorsOf(job).flatMap((monitor): Scraped[] => {
    if (monitor.kind === 'ScrapeConfig')
      return (monitor.spec.staticConfigs ?? []).flatMap(({ targets = [], labels = {} }) =>
        targets.map((address) => {
          const { __metrics_path__: path = monitor.spec.metricsPath ?? '', ...rest } = labels;
          return { address, path, labels: sorted({ ...rest, job: monitor.spec.jobName ?? '' }) };
        }),
      );
    if (monitor.kind !== 'ServiceMonitor') throw new Error('none of these jobs selects pods');
    const service = Object.keys(PORTS).find(
      (name) => JSON.stringify(podLabels(name as ServiceName)) === JSON.stringify(monitor.spec.selector.matchLabels),
    );
    return (monitor.spec.endpoints ?? []).map(({ path = '', relabelings = [] }) => ({
      address: places.address(service as ServiceName),
      path,
      labels: relabel(DISCOVERED, relabelings as readonly Rule[]),
    }));
  });
}

/** What the operator takes from discovery before our rules. */
const DISCOVERED = {
  __address__: '10.1.2.3:9310',
  __meta_kubernetes_pod_name: 'made-by-the-cluster-0',
  namespace: 'watch',
  service: 'exporter',
  pod: 'made-by-the-cluster-0',
  container: 'exporter',
  endpoint: 'http',
  node: 'node-7',
  job: 'exporter',
  instance: '10.1.2.3:9310',
};

function sorted(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).sort());
}

/** Of replicas that the operator makes each is a target of its own, called as its pod. */
function operated({ labels }: ScrapeJob): boolean {
  return ['aggregator', 'alertmanager', 'prometheus'].includes(labels.component ?? '');
}

describe.each(STACKS)('stack %s', (stack) => {
  const plan = makePlan(stackInCluster(stackNamed(stack)).stack, undrawn);

  test('each target is scraped at the same address and path, and its series have the same labels', () => {
    const jobs = plan.scrapeJobs.filter((job) => !operated(job));
    expect(jobs.length).toBeGreaterThan(5);
    for (const job of jobs) {
      expect(inCluster(job), job.name).toEqual(own(plan, job));
    }
  });

  test('replicas that the operator makes differ by the name of their pod alone', () => {
    for (const job of plan.scrapeJobs.filter(operated)) {
      const [found] = inCluster(job);
      const [expected] = own(plan, job);
      expect(found?.labels).toEqual({ ...expected?.labels, instance: 'made-by-the-cluster-0' });
    }
  });

  test('limits, intervals and what happens to the labels of samples are the same', () => {
    const { scrape_configs } = JSON.parse(
      JSON.stringify(prometheusConfig(plan, places, { ruleFiles: [], blackbox: true })),
    );
    for (const job of plan.scrapeJobs)
      for (const monitor of monitorsOf(job)) {
        const expected = scrape_configs.find((one: { job_name: string }) => one.job_name === job.name);
        const ends =
          monitor.kind === 'ScrapeConfig'
            ? [monitor.spec]
            : 'endpoints' in monitor.spec
              ? (monitor.spec.endpoints ?? [])
              : [];
        for (const end of ends) {
          expect('scrapeInterval' in end ? end.scrapeInterval : 'interval' in end && end.interval).toBe(
            expected.scrape_interval,
          );
          expect(end.scrapeTimeout).toBe(expected.scrape_timeout);
          expect(end.honorLabels).toBe(expected.honor_labels);
          expect(end.metricRelabelings?.map(snake)).toEqual(expected.metric_relabel_configs);
        }
      }
  });

  test('names of objects are unique in their kind', () => {
    const names = plan.scrapeJobs.flatMap((job) => monitorsOf(job)).map(({ kind, name }) => `${kind} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^\w+ [a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
  });
});

function snake(rule: object): Record<string, unknown> {
  const key = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(rule).map(([name, value]) => [key(name), value]));
}

describe('any labels', () => {
  const label = fc.oneof(
    fc.constantFrom('node', 'service', 'pod', 'container', 'endpoint', 'namespace'),
    fc.stringMatching(/^[a-z][a-z_]{0,8}$/),
  );
  const value = fc.string({ minLength: 1, maxLength: 12 });
  const labels = fc.dictionary(
    label.filter((name) => !['job', 'instance'].includes(name)),
    value,
    { maxKeys: 9 },
  );

  test('under all the names that discovery has leave nothing to be dropped', () => {
    const names = ['namespace', 'service', 'pod', 'container', 'endpoint', 'node'];
    const given = Object.fromEntries(names.map((name) => [name, `own ${name}`]));
    const job = { ...(planNamed('testnet').scrapeJobs[0] as ScrapeJob), labels: given };
    const target = { address: { service: 'simulator' }, labels: { instance: 'a' } } as const;
    expect(inCluster({ ...job, targets: [target] })[0]?.labels).toEqual(
      sorted({ ...given, instance: 'a', job: job.name }),
    );
  });

  test('that a person puts on a network are on the series of its nodes, whoever serves them', () => {
    const plan = planNamed('testnet');
    fc.assert(
      fc.property(labels, fc.constantFrom<ServiceName>('simulator', 'exporter'), (given, service) => {
        const job: ScrapeJob = {
          name: 'net/part',
          owner: 'net',
          path: '/metrics',
          interval: 15,
          timeout: 10,
          sampleLimit: 0,
          labels: given,
          targets: [
            { address: { service }, labels: { instance: 'a' }, path: '/net/part/a/metrics' },
            { address: { host: '10.0.0.1:9000' }, labels: { instance: 'b' } },
          ],
        };
        const expected = own({ ...plan, scrapeJobs: [job] }, job);
        const order = (all: Scraped[]) => all.toSorted((a, b) => (a.address < b.address ? -1 : 1));
        expect(order(inCluster(job))).toEqual(order(expected));
      }),
    );
  });
});

describe('probes', () => {
  test('have the series of a Prometheus of our own', () => {
    const plan = planNamed('mainnet');
    expect(plan.probes.length).toBeGreaterThan(0);
    const { scrape_configs } = JSON.parse(
      JSON.stringify(prometheusConfig(plan, places, { ruleFiles: [], blackbox: true })),
    );
    for (const probe of plan.probes) {
      const spec = probeSpec(probe, places);
      const expected = scrape_configs.find((one: { job_name: string }) => one.job_name === `probe/${probe.name}`);
      const config = spec.targets?.staticConfig;
      // The operator adds the namespace of the object, and makes the address the instance.
      const given = { namespace: 'watch', ...config?.labels, job: spec.jobName ?? '', instance: probe.url };
      expect(relabel(given, (config?.relabelingConfigs ?? []) as readonly Rule[])).toEqual(
        sorted({ ...expected.static_configs[0].labels, job: expected.job_name }),
      );
      expect([spec.module, config?.static, spec.interval, spec.prober?.url]).toEqual([
        expected.params.module[0],
        expected.params.target,
        expected.scrape_interval,
        expected.static_configs[0].targets[0],
      ]);
    }
  });
});
