/** A Prometheus: its rules, the alerts that it sends, what it takes in. Its storage: storage.ts. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';
import { machineProcess } from './process.ts';
import { storage } from './storage.ts';

const GROUPS = ['/etc/prometheus/rules/node.yaml;node', '/etc/prometheus/rules/system.yaml;hosts'] as const;
/** The second is the one that is about nothing else than what goes wrong with one alone. */
const ALERTMANAGERS = ['http://alertmanager-0:9093/api/v2/alerts', 'http://alertmanager-1:9093/api/v2/alerts'] as const;
const QUEUE = 10_000;
/** Seconds between two evaluations. */
const INTERVAL = 30;

export function exposePrometheus(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  const refused = timeline.isActive('prometheus-config-refused');
  page
    .gauge('prometheus_ready', 1)
    .gauge('prometheus_config_last_reload_successful', refused ? 0 : 1)
    .gauge('prometheus_config_last_reload_success_timestamp_seconds', timeline.wall(timeline.startedAt));
  rules(page, timeline);
  notifications(page, timeline);
  scrapes(page, timeline);
  remoteWrite(page, timeline);
  storage(page, timeline);
  machineProcess(page, timeline, 800e6);
  return page.toString();
}

function rules(page: Exposition, timeline: Timeline): void {
  for (const [index, group] of GROUPS.entries()) {
    // The first group alone has the fault.
    const mine = (fault: string) => (index === 0 ? [fault] : []);
    const labels = { rule_group: group };
    const runs = timeline.count({ perSecond: 1 / INTERVAL });
    const share = timeline.isActive(...mine('rule-group-slow')) ? 0.9 : 0.02;
    page
      .counter('prometheus_rule_evaluations_total', 20 * runs, labels)
      .counter('prometheus_rule_evaluation_failures_total', timeline.events(60, ...mine('rules-failing')).count, labels)
      .counter('prometheus_rule_group_iterations_total', runs, labels)
      .counter(
        'prometheus_rule_group_iterations_missed_total',
        timeline.events(90, ...mine('rule-runs-missed')).count,
        labels,
      )
      .gauge('prometheus_rule_group_interval_seconds', INTERVAL, labels)
      .gauge('prometheus_rule_group_last_duration_seconds', share * INTERVAL, labels)
      .gauge('prometheus_rule_group_rules', 20, labels);
  }
}

function notifications(page: Exposition, timeline: Timeline): void {
  page
    .gauge(
      'prometheus_notifications_alertmanagers_discovered',
      timeline.isActive('alertmanagers-unknown') ? 0 : ALERTMANAGERS.length,
    )
    .gauge('prometheus_notifications_queue_capacity', QUEUE);
  for (const [index, alertmanager] of ALERTMANAGERS.entries()) {
    const refusing = index === 0 ? ['alerts-dropped'] : ['alerts-dropped', 'alertmanager-refuses'];
    const labels = { alertmanager };
    const full = index > 0 && timeline.isActive('notification-queue-full');
    page
      .counter('prometheus_notifications_sent_total', timeline.count({ perSecond: 0.1, not: refusing }), labels)
      .counter('prometheus_notifications_errors_total', timeline.events(30, ...refusing).count, labels)
      .counter('prometheus_notifications_dropped_total', timeline.events(30, 'alerts-dropped').count, labels)
      .gauge('prometheus_notifications_queue_length', full ? 0.7 * QUEUE : 0, labels);
  }
}

/** Fault → what is counted once a minute while it lasts. */
const REFUSED = {
  'duplicate-samples': 'prometheus_target_scrapes_sample_duplicate_timestamp_total',
  'out-of-order-samples': 'prometheus_target_scrapes_sample_out_of_order_total',
  'sample-limit-hit': 'prometheus_target_scrapes_exceeded_sample_limit_total',
} as const;

function scrapes(page: Exposition, timeline: Timeline): void {
  for (const [fault, metric] of Object.entries(REFUSED)) page.counter(metric, timeline.events(60, fault).count);
}

/** What the other side has is this old where remote write lags. Seconds of real time, as every time of a real Prometheus. */
const LAG = 600;

function remoteWrite(page: Exposition, timeline: Timeline): void {
  const labels = { remote_name: 'archive', url: 'https://archive.example.org/api/v1/write' };
  const now = timeline.wall(timeline.now);
  const samples = timeline.count({ perSecond: 50 });
  page
    .gauge('prometheus_remote_storage_queue_highest_timestamp_seconds', now, labels)
    .gauge(
      'prometheus_remote_storage_queue_highest_sent_timestamp_seconds',
      timeline.isActive('remote-write-lagging') ? now - LAG : now,
      labels,
    )
    .counter('prometheus_remote_storage_samples_total', samples, labels)
    .counter(
      'prometheus_remote_storage_samples_failed_total',
      timeline.count({ perSecond: 0, plus: { 'remote-write-refused': 20 } }),
      labels,
    );
}
