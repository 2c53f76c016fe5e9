import type { Registry } from 'prom-client';
import { counter, gauge, histogram, type MetricSpec } from '../shared/metrics.ts';
import type { ClientState } from './client.ts';
import { COLLECT_FAULTS } from './collect/fault.ts';
import { DROP_REASONS } from './push/sender.ts';
import { PUSH_FAULTS } from './push/verdict.ts';

/** Every metric of the agent; those that all services have are in ../shared/metrics.ts. */
export const agentMetrics = {
  collected: {
    name: 'agent_collected_snapshots_total',
    type: 'counter',
    labels: [],
    unit: 'snapshots',
    help: 'Snapshots of peers that the node told of.',
  },
  collectFailures: {
    name: 'agent_collect_failures_total',
    type: 'counter',
    labels: ['reason'],
    unit: 'errors',
    help: 'Looks at the node that brought nothing. reason: connection, payload, queue, rpc, status, timeout, tls.',
  },
  collectSeconds: {
    name: 'agent_collect_duration_seconds',
    type: 'histogram',
    labels: [],
    unit: 's',
    help: 'Time that a look at the node took, until what it told was durable in the queue.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  },
  lastCollect: {
    name: 'agent_last_collect_timestamp_seconds',
    type: 'gauge',
    labels: [],
    unit: 'unix s',
    help: 'When a look at the node last succeeded; 0 before the first.',
  },
  peers: {
    name: 'agent_peers',
    type: 'gauge',
    labels: [],
    unit: 'peers',
    help: 'Peers that the node told of when it was last looked at.',
  },
  dropped: {
    name: 'agent_dropped_snapshots_total',
    type: 'counter',
    labels: ['reason'],
    unit: 'snapshots',
    help: 'Snapshots that were given up. reason: full (the oldest made room), refused (400), too_large (413 alone), ahead (by the clock), invalid, disk, lost.',
  },
  pushed: {
    name: 'agent_pushed_snapshots_total',
    type: 'counter',
    labels: [],
    unit: 'snapshots',
    help: 'Snapshots that an aggregator has acknowledged.',
  },
  pushFailures: {
    name: 'agent_push_failures_total',
    type: 'counter',
    labels: ['reason'],
    unit: 'errors',
    help: 'Tries to deliver a batch that failed. reason: connection, discovery, queue, refused, server, status, timeout, tls, too_large, too_many, unauthorized.',
  },
  pushSeconds: {
    name: 'agent_push_duration_seconds',
    type: 'histogram',
    labels: [],
    unit: 's',
    help: 'Time from sending a batch to its acknowledgement.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  },
  lastSuccess: {
    name: 'agent_last_success_timestamp_seconds',
    type: 'gauge',
    labels: [],
    unit: 'unix s',
    help: 'When an aggregator last acknowledged a batch; 0 before the first.',
  },
  queueBatches: {
    name: 'agent_queue_batches',
    type: 'gauge',
    labels: [],
    unit: 'batches',
    help: 'Batches that wait on the disk.',
  },
  queueSnapshots: {
    name: 'agent_queue_snapshots',
    type: 'gauge',
    labels: [],
    unit: 'snapshots',
    help: 'Snapshots that wait on the disk.',
  },
  queueBytes: {
    name: 'agent_queue_bytes',
    type: 'gauge',
    labels: [],
    unit: 'B',
    help: 'Size of what waits on the disk.',
  },
  queueMaxBytes: {
    name: 'agent_queue_max_bytes',
    type: 'gauge',
    labels: [],
    unit: 'B',
    help: 'Bound of the queue: with more, the oldest are dropped.',
  },
  targets: {
    name: 'agent_aggregators',
    type: 'gauge',
    labels: [],
    unit: 'targets',
    help: 'Aggregators that are known, by the settings or by DNS.',
  },
  filesOk: {
    name: 'agent_secret_file_ok',
    type: 'gauge',
    labels: ['file'],
    unit: 'bool',
    help: '0 while a file of a token or of TLS cannot be read again and its last good content stays valid. file: token, tls.',
  },
} as const satisfies Record<string, MetricSpec>;

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics(registry: Registry) {
  const m = agentMetrics;
  const metrics = {
    collected: counter(registry, m.collected),
    collectFailures: counter(registry, m.collectFailures),
    collectSeconds: histogram(registry, m.collectSeconds),
    lastCollect: gauge(registry, m.lastCollect),
    peers: gauge(registry, m.peers),
    dropped: counter(registry, m.dropped),
    pushed: counter(registry, m.pushed),
    pushFailures: counter(registry, m.pushFailures),
    pushSeconds: histogram(registry, m.pushSeconds),
  };
  // There from the start, so that the first increase is seen as one.
  for (const reason of COLLECT_FAULTS) metrics.collectFailures.inc({ reason }, 0);
  for (const reason of DROP_REASONS) metrics.dropped.inc({ reason }, 0);
  for (const reason of PUSH_FAULTS) metrics.pushFailures.inc({ reason }, 0);
  return metrics;
}

/** @param tokenOk undefined where there is no token file */
export function addReadings(registry: Registry, state: () => ClientState, tokenOk: () => boolean | undefined): void {
  const m = agentMetrics;
  gauge(registry, m.filesOk, (each) => {
    const token = tokenOk();
    if (token !== undefined) each.set({ file: 'token' }, token ? 1 : 0);
    each.set({ file: 'tls' }, state().tlsProblem === undefined ? 1 : 0);
  });
  gauge(registry, m.lastSuccess, (each) => each.set((state().lastSuccess ?? 0) / 1000));
  gauge(registry, m.queueBatches, (each) => each.set(state().batches));
  gauge(registry, m.queueSnapshots, (each) => each.set(state().snapshots));
  gauge(registry, m.queueBytes, (each) => each.set(state().bytes));
  gauge(registry, m.queueMaxBytes, (each) => each.set(state().maxBytes));
  gauge(registry, m.targets, (each) => each.set(state().targets));
}
