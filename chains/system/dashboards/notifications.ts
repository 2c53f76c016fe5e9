/** The way of an alert after its rule: Prometheus, Alertmanager, our receiver; and our other services. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { UP_DOWN, upPanel } from '../../../model/dashboards/common.ts';
import { type Panel, query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';
import { bad, configurationPanel, good, state, watchdogPanel, watched, worrying } from './shared.ts';

export const notifications: DashboardSpec = {
  slug: 'notifications',
  title: 'Notifications',
  description: 'Whether alerts reach people: Prometheus, Alertmanager, receiver and our other services.',
  instancesOf: 'up{component=~"prometheus|alertmanager|receiver|exporter|status"}',
  sections: [
    section(100, 'From Prometheus', fromPrometheus()),
    section(101, 'Alertmanager', alertmanager()),
    section(102, 'Receiver', receiver()),
    section(103, 'Our services', services()),
  ],
};

function fromPrometheus(): Panel[] {
  return [
    timeseries(10, 'Notifications refused', {
      description: 'Share of the notifications that an Alertmanager did not take.',
      unit: 'ratio',
      ...watched('PrometheusNotificationErrors', '{{alertmanager}}'),
    }),
    timeseries(11, 'Queue', {
      description: 'How full the queue of notifications is. A full one drops alerts.',
      unit: 'ratio',
      ...watched('PrometheusNotificationQueueFull', '{{instance}}'),
    }),
    timeseries(12, 'Notifications lost', {
      description: 'Notifications that no Alertmanager took, over the window that the alert looks at.',
      unit: 'alerts',
      ...watched('PrometheusNotificationsDropped', '{{instance}}'),
      alerts: ['PrometheusNoAlertmanager'],
    }),
  ];
}

function alertmanager(): Panel[] {
  return [
    upPanel(20, 'alertmanager', ['AlertmanagerDown', 'AlertmanagerMissing'], 6),
    configurationPanel(21, 'alertmanager', 'AlertmanagerConfigReloadFailed', 6),
    stat(22, 'Different configurations', {
      description: 'Configurations among the members. With two, who is told depends on which member an alert meets.',
      unit: 'configurations',
      ...watched('AlertmanagerConfigsDiffer', 'configurations'),
      width: 6,
    }),
    stat(23, 'Members', {
      description: 'Members of the cluster that each one knows. It should be the number of Alertmanagers.',
      unit: 'members',
      queries: [query('alertmanager_cluster_members{component="alertmanager"}', '{{instance}}')],
      alerts: ['AlertmanagerClusterInconsistent'],
      noValue: 'no cluster',
      width: 6,
    }),
    timeseries(24, 'Active alerts', {
      description: 'Alerts that Alertmanager holds as firing. Never none: the Watchdog always fires.',
      unit: 'alerts',
      queries: [query('alertmanager_alerts{component="alertmanager", state="active"}', '{{instance}}')],
      limits: ['AlertmanagerAlertFlood'],
      alerts: ['AlertmanagerNoActiveAlert', 'Watchdog'],
    }),
    timeseries(25, 'Messages that failed', {
      description: 'Share of the messages that could not be delivered, by kind of receiver.',
      unit: 'ratio',
      queries: [reading('AlertmanagerNotificationsFailing', '{{integration}} {{instance}}')],
      limits: ['AlertmanagerNotificationsFailing', 'AlertmanagerNotificationsLost'],
    }),
    timeseries(26, 'Invalid alerts', {
      description: 'Alerts that Alertmanager refused because they are malformed.',
      unit: 'alerts',
      ...watched('AlertmanagerInvalidAlerts', '{{instance}}'),
    }),
  ];
}

function receiver(): Panel[] {
  return [
    upPanel(30, 'receiver', ['ReceiverDown', 'ReceiverMissing'], 6),
    watchdogPanel(31, 6),
    state(32, 'Store', {
      description: 'Whether the store takes writes. While it does not, every alert is refused and sent again.',
      expr: 'receiver_store_ok{component="receiver"}',
      legend: '{{instance}}',
      words: [bad('refuses'), good('writes')],
      alerts: ['ReceiverStoreFailing'],
      width: 6,
    }),
    state(33, 'Secrets', {
      description: 'Whether each secret file could be reread. With an old one, a new token of a sender is refused.',
      expr: 'receiver_secret_file_ok{component="receiver"}',
      legend: '{{file}}',
      words: [worrying('unreadable'), good('read')],
      alerts: ['ReceiverSecretUnreadable'],
      width: 6,
    }),
    timeseries(34, 'Failed writes', {
      description: 'Writes that failed, over the window that the alert looks at: then the sender is told to try again.',
      unit: 'errors',
      ...watched('ReceiverStoreErrors', '{{reason}} {{instance}}'),
    }),
    timeseries(35, 'Room on the disk', {
      description: 'Room left where the database lies. A full disk stops the store.',
      unit: 'B',
      queries: [query('receiver_store_free_bytes{component="receiver"}', '{{instance}}')],
      limits: ['ReceiverDiskLow'],
    }),
    timeseries(36, 'Writes in time', {
      description: 'Share of the commits that took no longer than a tenth of a second, their sync to disk included.',
      unit: 'ratio',
      ...watched('ReceiverSlow', '{{instance}}'),
    }),
    timeseries(37, 'Alerts received', {
      description: 'Alerts accepted and stored, repeats included, by who sent them.',
      unit: 'alerts/s',
      queries: [
        query(
          'sum by (source, status) (rate(receiver_alerts_received_total[$__rate_interval]))',
          '{{source}} {{status}}',
        ),
      ],
    }),
    timeseries(38, 'Requests refused', {
      description:
        'Requests without a valid token, or that could not be read, over the window that the alert looks at.',
      unit: 'requests',
      ...watched('ReceiverRejecting', '{{reason}} {{instance}}'),
    }),
    timeseries(39, 'Alerts left out by the sender', {
      description: 'Alerts that a sender says it left out of its message because of its own limit.',
      unit: 'alerts',
      ...watched('ReceiverAlertsTruncated', '{{source}} {{instance}}'),
    }),
  ];
}

function services(): Panel[] {
  return [
    stat(50, 'Up', {
      description: 'Whether each of our services answers.',
      unit: 'bool',
      queries: [
        query('min by (component) (up{component=~"aggregator|exporter|logs|probe|status|agent"})', '{{component}}'),
      ],
      mappings: UP_DOWN,
      alerts: ['ServiceDown'],
      noValue: 'none',
      width: 6,
    }),
    state(51, 'Ready', {
      description: 'Whether each service says that it can do its work.',
      expr: 'min by (component) (chainwatch_service_ready)',
      legend: '{{component}}',
      words: [worrying('not ready'), good('ready')],
      alerts: ['ServiceNotReady'],
      noValue: 'none',
      width: 6,
    }),
    timeseries(52, 'Answers that are errors', {
      description: 'Share of the answers with a status of 500 or more.',
      unit: 'ratio',
      ...watched('ServiceErrors', '{{component}} {{instance}}'),
      width: 12,
    }),
  ];
}
