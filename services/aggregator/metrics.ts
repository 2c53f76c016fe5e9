import type { Registry } from 'prom-client';
import { counter, gauge, histogram, type MetricSpec } from '../shared/metrics.ts';

/** Every metric of the aggregator; those that all services have are in ../shared/metrics.ts. */
export const aggregatorMetrics = {
  ingested: {
    name: 'aggregator_ingest_total',
    type: 'counter',
    labels: ['network'],
    unit: 'snapshots',
    help: 'Snapshots of peers that were accepted and are durable, duplicates not counted.',
  },
  duplicates: {
    name: 'aggregator_duplicates_total',
    type: 'counter',
    labels: ['network'],
    unit: 'snapshots',
    help: 'Snapshots that were known already: the same peer, second and reporter, or a batch sent again.',
  },
  expired: {
    name: 'aggregator_expired_total',
    type: 'counter',
    labels: ['network'],
    unit: 'snapshots',
    help: 'Snapshots that were older than what is kept when they came.',
  },
  rejected: {
    name: 'aggregator_rejected_total',
    type: 'counter',
    labels: ['reason'],
    unit: 'requests',
    help: 'Requests answered with an error, by its word: unauthorized, bad_batch, too_large, too_many_peers, store_full, …',
  },
  ingestSeconds: {
    name: 'aggregator_ingest_duration_seconds',
    type: 'histogram',
    labels: [],
    unit: 's',
    help: 'Time from the head of a batch to its acknowledgement.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
  },
  commitSeconds: {
    name: 'aggregator_commit_duration_seconds',
    type: 'histogram',
    labels: [],
    unit: 's',
    help: 'Time that one commit took in the writing thread, its sync to disk included.',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2],
  },
  commitSnapshots: {
    name: 'aggregator_commit_batch_size',
    type: 'histogram',
    labels: [],
    unit: 'snapshots',
    help: 'Snapshots made durable together by one commit.',
    buckets: [1, 10, 100, 1_000, 2_000, 4_000, 8_000],
  },
  storeErrors: {
    name: 'aggregator_store_errors_total',
    type: 'counter',
    labels: ['reason'],
    unit: 'errors',
    help: 'Commits, probes and prunes that failed. reason: full, io, slow, overloaded.',
  },
  pruned: {
    name: 'aggregator_retention_pruned_total',
    type: 'counter',
    labels: [],
    unit: 'snapshots',
    help: 'Snapshots that were forgotten: older than the retention, or more than a peer keeps.',
  },
  bulkExports: {
    name: 'bulk_export_total',
    type: 'counter',
    labels: ['result', 'encryption'],
    unit: 'exports',
    help: 'Exports of all peers. result: ok, refused, gone (the reader), too_slow, stopped, failed. encryption: none, age, age-passphrase, openssl.',
  },
  fileExports: {
    name: 'aggregator_file_exports_total',
    type: 'counter',
    labels: ['result'],
    unit: 'exports',
    help: 'Exports of one peer to a file. result: ok, refused, failed.',
  },
  activePeers: {
    name: 'cluster_peer_active_total',
    type: 'gauge',
    labels: [],
    unit: 'peers',
    help: 'Peers that some node has reported within activeWithin. A gauge, in spite of its name, which is older than we are.',
  },
  peers: {
    name: 'aggregator_peers',
    type: 'gauge',
    labels: [],
    unit: 'peers',
    help: 'Peers that are known.',
  },
  waiting: {
    name: 'aggregator_store_waiting',
    type: 'gauge',
    labels: [],
    unit: 'snapshots',
    help: 'Snapshots that wait for the disk.',
  },
  storeOk: {
    name: 'aggregator_store_ok',
    type: 'gauge',
    labels: [],
    unit: 'bool',
    help: '1 while the store takes writes.',
  },
} as const satisfies Record<string, MetricSpec>;

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics(registry: Registry) {
  const { ingested, duplicates, expired, rejected, ingestSeconds } = aggregatorMetrics;
  const { commitSeconds, commitSnapshots, storeErrors, pruned, bulkExports, fileExports } = aggregatorMetrics;
  return {
    ingested: counter(registry, ingested),
    duplicates: counter(registry, duplicates),
    expired: counter(registry, expired),
    rejected: counter(registry, rejected),
    ingestSeconds: histogram(registry, ingestSeconds),
    commitSeconds: histogram(registry, commitSeconds),
    commitSnapshots: histogram(registry, commitSnapshots),
    storeErrors: counter(registry, storeErrors),
    pruned: counter(registry, pruned),
    bulkExports: counter(registry, bulkExports),
    fileExports: counter(registry, fileExports),
  };
}

/** What is asked for at each scrape. */
export interface Readings {
  readonly activePeers: () => number;
  readonly peers: () => number;
  readonly waiting: () => number;
  readonly storeOk: () => boolean;
}

export function addReadings(registry: Registry, readings: Readings): void {
  gauge(registry, aggregatorMetrics.activePeers, (metric) => metric.set(readings.activePeers()));
  gauge(registry, aggregatorMetrics.peers, (metric) => metric.set(readings.peers()));
  gauge(registry, aggregatorMetrics.waiting, (metric) => metric.set(readings.waiting()));
  gauge(registry, aggregatorMetrics.storeOk, (metric) => metric.set(readings.storeOk() ? 1 : 0));
}
