import type { Registry } from 'prom-client';
import { counter, gauge, histogram, type MetricSpec } from '../shared/metrics.ts';

/** Every metric of the receiver; those that all services have are in ../shared/metrics.ts. */
export const receiverMetrics = {
  alertsReceived: {
    name: 'receiver_alerts_received_total',
    type: 'counter',
    labels: ['source', 'channel', 'status'],
    unit: 'alerts',
    help: 'Alerts accepted and durable, repeats included. source: alertmanager, grafana. status: firing, resolved.',
  },
  duplicates: {
    name: 'receiver_duplicates_total',
    type: 'counter',
    labels: ['source'],
    unit: 'alerts',
    help: 'Alerts that said what was known already: retries, and the other one of a pair of senders.',
  },
  stale: {
    name: 'receiver_stale_total',
    type: 'counter',
    labels: ['source'],
    unit: 'alerts',
    help: 'Alerts that spoke of an episode that is over, or of an older start, and changed nothing.',
  },
  changes: {
    name: 'receiver_alert_changes_total',
    type: 'counter',
    labels: ['change'],
    unit: 'alerts',
    help: 'Changes of alerts. change: fired, resolved, restarted, reopened.',
  },
  truncated: {
    name: 'receiver_truncated_alerts_total',
    type: 'counter',
    labels: ['source'],
    unit: 'alerts',
    help: 'Alerts that a sender says it left out because of its own max_alerts.',
  },
  rejected: {
    name: 'receiver_rejected_total',
    type: 'counter',
    labels: ['reason'],
    unit: 'requests',
    help: 'Requests answered with an error, by its word: unauthorized, bad_payload, too_large, store_full, store_failed, overloaded, not_found, …',
  },
  commitSeconds: {
    name: 'receiver_commit_duration_seconds',
    type: 'histogram',
    labels: [],
    unit: 's',
    help: 'Time that one commit took in the writing thread, its sync to disk included.',
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2],
  },
  commitAlerts: {
    name: 'receiver_commit_batch_size',
    type: 'histogram',
    labels: [],
    unit: 'alerts',
    help: 'Alerts that shared one commit.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 500, 2_000],
  },
  storeErrors: {
    name: 'receiver_store_errors_total',
    type: 'counter',
    labels: ['reason'],
    unit: 'errors',
    help: 'Failed writes. reason: full, io, slow, overloaded.',
  },
  storeOk: {
    name: 'receiver_store_ok',
    type: 'gauge',
    labels: [],
    unit: 'bool',
    help: '1 while the store takes writes, else 0.',
  },
  storeWaiting: {
    name: 'receiver_store_waiting_alerts',
    type: 'gauge',
    labels: [],
    unit: 'alerts',
    help: 'Alerts that wait for the disk.',
  },
  storeFreeBytes: {
    name: 'receiver_store_free_bytes',
    type: 'gauge',
    labels: [],
    unit: 'B',
    help: 'Room left on the disk of the database.',
  },
  storeBytes: {
    name: 'receiver_store_size_bytes',
    type: 'gauge',
    labels: [],
    unit: 'B',
    help: 'Size of the database and its write-ahead log.',
  },
  firing: {
    name: 'receiver_alerts_firing',
    type: 'gauge',
    labels: ['severity'],
    unit: 'alerts',
    help: 'Alerts that fire, by severity (critical, warning, info, other).',
  },
  lastAlert: {
    name: 'receiver_last_alert_timestamp_seconds',
    type: 'gauge',
    labels: [],
    unit: 's',
    help: 'When the last alert other than the Watchdog was accepted, in Unix time; 0 before the first.',
  },
  watchdogLastSeen: {
    name: 'receiver_watchdog_last_seen_timestamp_seconds',
    type: 'gauge',
    labels: [],
    unit: 's',
    help: 'When a firing Watchdog was last accepted, in Unix time; 0 before the first.',
  },
  eventClients: {
    name: 'receiver_event_clients',
    type: 'gauge',
    labels: [],
    unit: 'clients',
    help: 'Open streams of /events.',
  },
  secretFileOk: {
    name: 'receiver_secret_file_ok',
    type: 'gauge',
    labels: ['file'],
    unit: 'bool',
    help: '0 while a secret file cannot be reread and its last good content stays valid. file: token, grafana.',
  },
} as const satisfies Record<string, MetricSpec>;

/** What the gauges that are read at each scrape show. */
export interface Readings {
  storeOk(): boolean;
  storeWaiting(): number;
  storeFreeBytes(): number | undefined;
  storeBytes(): number | undefined;
  firing(): ReadonlyMap<string, number>;
  /** Seconds. */
  watchdogLastSeen(): number;
  eventClients(): number;
  secretFiles(): ReadonlyMap<'token' | 'grafana', boolean>;
}

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics(registry: Registry) {
  const m = receiverMetrics;
  return {
    alertsReceived: counter(registry, m.alertsReceived),
    duplicates: counter(registry, m.duplicates),
    stale: counter(registry, m.stale),
    changes: counter(registry, m.changes),
    truncated: counter(registry, m.truncated),
    rejected: counter(registry, m.rejected),
    commitSeconds: histogram(registry, m.commitSeconds),
    commitAlerts: histogram(registry, m.commitAlerts),
    storeErrors: counter(registry, m.storeErrors),
    lastAlert: gauge(registry, m.lastAlert),
  };
}

const SEVERITIES = ['critical', 'warning', 'info'];

/** Adds the gauges that are read at each scrape. */
export function addReadings(registry: Registry, readings: Readings): void {
  const m = receiverMetrics;
  gauge(registry, m.storeOk, (g) => g.set(readings.storeOk() ? 1 : 0));
  gauge(registry, m.storeWaiting, (g) => g.set(readings.storeWaiting()));
  gauge(registry, m.storeFreeBytes, (g) => g.set(readings.storeFreeBytes() ?? Number.NaN));
  gauge(registry, m.storeBytes, (g) => g.set(readings.storeBytes() ?? Number.NaN));
  gauge(registry, m.watchdogLastSeen, (g) => g.set(readings.watchdogLastSeen()));
  gauge(registry, m.eventClients, (g) => g.set(readings.eventClients()));
  gauge(registry, m.secretFileOk, (g) => {
    for (const [file, ok] of readings.secretFiles()) g.set({ file }, ok ? 1 : 0);
  });
  gauge(registry, m.firing, (g) => {
    g.reset();
    // Set also where none fires: a series that is missing cannot be told from a receiver that is.
    for (const severity of [...SEVERITIES, 'other']) g.set({ severity }, 0);
    for (const [severity, count] of readings.firing()) {
      g.inc({ severity: SEVERITIES.includes(severity) ? severity : 'other' }, count);
    }
  });
}
