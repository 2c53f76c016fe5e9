/** Scrape jobs as the operator's objects: what lies outside by address, our own programs and nodes in the cluster by their labels. */
import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { IScrapeConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig';
import { formatDuration } from '../../config/duration.ts';
import type { Selection } from '../../config/inCluster.ts';
import type { ServiceName } from '../places.ts';
import type { ScrapeJob, Target } from '../plan/jobs.ts';
import { KEEP_CHAIN_NETWORK } from '../prometheus/config.ts';
import { objectName, podLabels } from './names.ts';
import type { ClusterFacts, Secured } from './places.ts';

export type Monitor =
  | { readonly kind: 'ScrapeConfig'; readonly name: string; readonly spec: IScrapeConfig['spec'] }
  | { readonly kind: 'PodMonitor'; readonly name: string; readonly spec: IPodMonitor['spec'] }
  | { readonly kind: 'ServiceMonitor'; readonly name: string; readonly spec: IServiceMonitor['spec'] };

/** The name of the port on every Service of ours, and on those that the operator makes. */
export const PORT_NAME = 'http';

/**
 * The objects that scrape one job: a ScrapeConfig for its addresses, a ServiceMonitor for each program of ours that serves it,
 * and a monitor of its own for each selection of nodes in the cluster.
 * The series are the same as those of a Prometheus of our own: the labels that discovery adds are dropped.
 * @param secured programs that speak TLS. Default: none
 */
export function monitorsOf(job: ScrapeJob, secured: ClusterFacts['secured'] = {}): Monitor[] {
  const outside = job.targets.filter(({ address }) => 'host' in address);
  const inside = Map.groupBy(
    job.targets.filter(({ address }) => 'service' in address),
    serviceOf,
  );
  return [
    ...(outside.length > 0 ? [scrapeConfig(job, outside)] : []),
    ...[...inside].map(([service, targets]) => serviceMonitor(job, service, targets, secured[service])),
    ...job.targets.flatMap(({ address, labels }, index) =>
      'selected' in address ? [nodeMonitor(job, address.selected, labels, index)] : [],
    ),
  ];
}

function serviceOf({ address }: Target): ServiceName {
  if (!('service' in address)) throw new Error('no service of ours');
  return address.service;
}

function scrapeConfig(job: ScrapeJob, targets: readonly Target[]): Monitor {
  const staticConfigs = targets.flatMap(({ address, labels, path }) =>
    'host' in address
      ? [
          {
            targets: [address.host],
            labels: { ...job.labels, ...labels, ...(path === undefined ? {} : { __metrics_path__: path }) },
          },
        ]
      : [],
  );
  const spec: IScrapeConfig['spec'] = {
    jobName: job.name,
    metricsPath: job.path,
    scrapeInterval: formatDuration(job.interval),
    scrapeTimeout: formatDuration(job.timeout),
    ...(job.sampleLimit > 0 ? { sampleLimit: job.sampleLimit } : {}),
    ...(job.honorLabels ? { honorLabels: true } : { metricRelabelings: keepChainNetwork() }),
    staticConfigs,
  };
  return { kind: 'ScrapeConfig', name: objectName(job.name), spec };
}

function serviceMonitor(
  job: ScrapeJob,
  service: ServiceName,
  targets: readonly Target[],
  secured: Secured | undefined,
): Monitor {
  const several = service === 'prometheus' || service === 'alertmanager' || service === 'aggregator';
  const endpoints = targets.map(({ labels, path }) => ({
    port: PORT_NAME,
    ...(secured === undefined ? {} : overTls(secured)),
    path: path ?? job.path,
    interval: formatDuration(job.interval),
    scrapeTimeout: formatDuration(job.timeout),
    ...(job.honorLabels ? { honorLabels: true } : { metricRelabelings: keepChainNetwork() }),
    relabelings: [
      ...labelsAs({ ...job.labels, ...labels, job: job.name }),
      // Of replicas each is a target of its own, and one that died is told by its name.
      ...(several ? [{ sourceLabels: [POD_NAME], targetLabel: 'instance' }] : []),
      ...dropDiscovered({ ...job.labels, ...labels }),
    ],
  }));
  const spec: IServiceMonitor['spec'] = {
    selector: { matchLabels: podLabels(service) },
    ...(job.sampleLimit > 0 ? { sampleLimit: job.sampleLimit } : {}),
    endpoints,
  };
  return { kind: 'ServiceMonitor', name: objectName(job.name), spec };
}

/** Pods are scraped by their addresses; the certificate is for the name. */
function overTls({ name, authority, shown }: Secured) {
  const ca = { secret: { name: authority, key: 'ca.crt' } };
  const tlsConfig = { serverName: name, ca };
  if (shown === undefined) return { scheme: 'https' as const, tlsConfig };
  const cert = { secret: { name: shown, key: 'tls.crt' } };
  return { scheme: 'https' as const, tlsConfig: { ...tlsConfig, cert, keySecret: { name: shown, key: 'tls.key' } } };
}

/** A node is scraped where it runs; of what the cluster knows of it only the name is kept, so that its series outlive its pod. */
function nodeMonitor(job: ScrapeJob, selected: Selection, labels: Target['labels'], index: number): Monitor {
  const { by, namespace, port, each } = selected;
  const common = {
    path: job.path,
    interval: formatDuration(job.interval),
    scrapeTimeout: formatDuration(job.timeout),
    metricRelabelings: keepChainNetwork(),
    relabelings: [
      ...labelsAs({ ...job.labels, ...labels, job: job.name }),
      ...(each ? namedAsPod('instance', job.nameLabel) : []),
      ...dropDiscovered({ ...job.labels, ...labels }),
    ],
  };
  const name = objectName(job.name, labels.instance ?? String(index));
  const where = {
    namespaceSelector: { matchNames: [namespace] },
    selector: { matchLabels: { ...selected.labels } },
    ...(job.sampleLimit > 0 ? { sampleLimit: job.sampleLimit } : {}),
  };
  if (by === 'pods') {
    const at = typeof port === 'number' ? { portNumber: port } : { port };
    return { kind: 'PodMonitor', name, spec: { ...where, podMetricsEndpoints: [{ ...at, ...common }] } };
  }
  const at = typeof port === 'number' ? { targetPort: port } : { port };
  return { kind: 'ServiceMonitor', name, spec: { ...where, endpoints: [{ ...at, ...common }] } };
}

const POD_NAME = '__meta_kubernetes_pod_name';

function namedAsPod(...labels: readonly (string | undefined)[]) {
  return labels
    .filter((label) => label !== undefined)
    .map((targetLabel) => ({ action: 'replace' as const, sourceLabels: [POD_NAME], targetLabel }));
}

/** What the operator takes from discovery: a pod's name in a series would end the series with the pod, and each `for` with it. */
const DISCOVERED = ['namespace', 'service', 'pod', 'container', 'endpoint', 'node'];

/** A label that somebody gave the node under one of these names stays. */
function dropDiscovered(own: Readonly<Record<string, string>>) {
  const names = DISCOVERED.filter((name) => own[name] === undefined);
  return names.length === 0 ? [] : [{ action: 'labeldrop' as const, regex: names.join('|') }];
}

function labelsAs(labels: Readonly<Record<string, string>>) {
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([targetLabel, value]) => ({
      action: 'replace' as const,
      targetLabel,
      // Where a dollar sign would name a group.
      replacement: value.replaceAll('$', '$$$$'),
    }));
}

function keepChainNetwork() {
  return KEEP_CHAIN_NETWORK.map((rule) =>
    rule.action === 'replace'
      ? {
          sourceLabels: [...rule.source_labels],
          regex: rule.regex,
          targetLabel: rule.target_label,
          action: 'replace' as const,
        }
      : { regex: rule.regex, action: 'labeldrop' as const },
  );
}
