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
    help: 'Snapshots that were older than what is kept when they came, or named by a key that was good no longer.',
  },
  ahead: {
    name: 'aggregator_ahead_total',
    type: 'counter',
    labels: ['network'],
    unit: 'snapshots',
    help: 'Snapshots and summaries of nodes that were dated later than they came by more than maxAhead, and not stored: the clock of who sent them is wrong.',
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
  backupLastProven: {
    name: 'aggregator_backup_last_proven_timestamp_seconds',
    type: 'gauge',
    labels: [],
    unit: 's',
    help: 'The moment that the last good backup shows; 0 before the first. It was restored into a scratch copy and compared.',
  },
  backupFailures: {
    name: 'aggregator_backup_failures_total',
    type: 'counter',
    labels: ['reason'],
    unit: 'backups',
    help: 'Backups that could not be made or were not what they should be. reason: full, io, damaged.',
  },
  keyRotations: {
    name: 'key_rotation_total',
    type: 'counter',
    labels: [],
    unit: 'rotations',
    help: 'Rotations of keys of peers that this replica has decided; repeated requests not counted.',
  },
  leader: {
    name: 'aggregator_leader',
    type: 'gauge',
    labels: [],
    unit: 'bool',
    help: '1 while this replica decides for all: what is forgotten, which keys peers have.',
  },
  leaderEpoch: {
    name: 'aggregator_leader_epoch',
    type: 'gauge',
    labels: [],
    unit: 'epochs',
    help: 'By which epoch some replica leads, as far as this one knows; NaN where it knows of none.',
  },
  activePeers: {
    name: 'cluster_peer_active_total',
    type: 'gauge',
    labels: ['network'],
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
  secretFileOk: {
    name: 'aggregator_secret_file_ok',
    type: 'gauge',
    labels: ['file'],
    unit: 'bool',
    help: '0 while a secret file cannot be read again and its last good content stays valid. file: token.',
  },
  replicationLag: {
    name: 'aggregator_replication_lag_seconds',
    type: 'gauge',
    labels: [],
    unit: 's',
    help: 'Time since this replica was last known to have all that the log of the replicas had; it grows while the log does not answer. 0 without replicas.',
  },
  replicationBehind: {
    name: 'aggregator_replication_behind',
    type: 'gauge',
    labels: [],
    unit: 'messages',
    help: 'Messages that the log of the replicas has and this replica does not. NaN while the log does not answer.',
  },
  replicationUnpublished: {
    name: 'aggregator_replication_unpublished',
    type: 'gauge',
    labels: [],
    unit: 'messages',
    help: 'Messages that this replica has accepted and not yet found in the log of the replicas.',
  },
  replicationPublished: {
    name: 'aggregator_replication_published_total',
    type: 'counter',
    labels: [],
    unit: 'messages',
    help: 'Messages that the log of the replicas took from this replica.',
  },
  replicationRepublished: {
    name: 'aggregator_replication_republished_total',
    type: 'counter',
    labels: [],
    unit: 'messages',
    help: 'Messages that were published again, because the log of the replicas had not taken them, or had lost them.',
  },
  replicationTailed: {
    name: 'aggregator_replication_tailed_total',
    type: 'counter',
    labels: [],
    unit: 'messages',
    help: 'Messages of other replicas that were read in their log and are durable here.',
  },
} as const satisfies Record<string, MetricSpec>;

const ENCRYPTIONS = ['none', 'age', 'age-passphrase', 'openssl'] as const;

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics(registry: Registry) {
  const { ingested, duplicates, expired, ahead, rejected, ingestSeconds } = aggregatorMetrics;
  const { commitSeconds, commitSnapshots, storeErrors, pruned, bulkExports, fileExports } = aggregatorMetrics;
  const metrics = {
    ingested: counter(registry, ingested),
    duplicates: counter(registry, duplicates),
    expired: counter(registry, expired),
    ahead: counter(registry, ahead),
    rejected: counter(registry, rejected),
    ingestSeconds: histogram(registry, ingestSeconds),
    commitSeconds: histogram(registry, commitSeconds),
    commitSnapshots: histogram(registry, commitSnapshots),
    storeErrors: counter(registry, storeErrors),
    pruned: counter(registry, pruned),
    backupFailures: counter(registry, aggregatorMetrics.backupFailures),
    bulkExports: counter(registry, bulkExports),
    fileExports: counter(registry, fileExports),
    keyRotations: counter(registry, aggregatorMetrics.keyRotations),
  };
  // There from the start, so that the first refusal is seen as one.
  for (const encryption of ENCRYPTIONS) metrics.bulkExports.inc({ result: 'refused', encryption }, 0);
  return metrics;
}

/** What is asked for at each scrape. */
export interface Readings {
  /** By network. */
  readonly activePeers: () => Readonly<Record<string, number>>;
  readonly peers: () => number;
  readonly waiting: () => number;
  readonly storeOk: () => boolean;
  /** By what they hold. */
  readonly secretFilesOk: () => Readonly<Record<string, boolean>>;
}

export function addReadings(registry: Registry, readings: Readings): void {
  gauge(registry, aggregatorMetrics.activePeers, (metric) => {
    for (const [network, peers] of Object.entries(readings.activePeers())) metric.set({ network }, peers);
  });
  gauge(registry, aggregatorMetrics.peers, (metric) => metric.set(readings.peers()));
  gauge(registry, aggregatorMetrics.waiting, (metric) => metric.set(readings.waiting()));
  gauge(registry, aggregatorMetrics.storeOk, (metric) => metric.set(readings.storeOk() ? 1 : 0));
  gauge(registry, aggregatorMetrics.secretFileOk, (metric) => {
    for (const [file, ok] of Object.entries(readings.secretFilesOk())) metric.set({ file }, ok ? 1 : 0);
  });
}

export type ReplicationMetrics = ReturnType<typeof createReplicationMetrics>;

/** Of one of several replicas. */
export function createReplicationMetrics(registry: Registry) {
  const { replicationPublished, replicationRepublished, replicationTailed } = aggregatorMetrics;
  return {
    published: counter(registry, replicationPublished),
    republished: counter(registry, replicationRepublished),
    tailed: counter(registry, replicationTailed),
  };
}

/** @param replication undefined where there are no replicas: then nothing is behind */
export function addReplicationReadings(
  registry: Registry,
  replication: { lagSeconds(): number; behind(): number; unpublished(): number } | undefined,
): void {
  gauge(registry, aggregatorMetrics.replicationLag, (metric) => metric.set(replication?.lagSeconds() ?? 0));
  if (replication === undefined) return;
  gauge(registry, aggregatorMetrics.replicationBehind, (metric) => metric.set(replication.behind()));
  gauge(registry, aggregatorMetrics.replicationUnpublished, (metric) => metric.set(replication.unpublished()));
}
