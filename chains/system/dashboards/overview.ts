/** Does the monitoring itself work: is everything scraped, are rules evaluated, do alerts arrive? */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { alertDetail, alertStats } from '../../../model/dashboards/common.ts';
import {
  alertList,
  type Panel,
  query,
  reading,
  section,
  stat,
  table,
  timeseries,
} from '../../../model/dashboards/panels.ts';
import { watchdogPanel, watched } from './shared.ts';

/** Of all networks, not only of what belongs to none. */
const ALL = { first: 1, also: ', chain=~".+"', engine: 'prometheus' } as const;

/** @param byGrafana networks whose alerts Grafana evaluates: Prometheus knows nothing of those */
export function overview(byGrafana: readonly string[]): DashboardSpec {
  return {
    slug: 'overview',
    title: 'Monitoring',
    description: 'What fires in all networks, and whether the monitoring itself can be trusted.',
    overview: true,
    instancesOf: 'up{component=~".+"}',
    sections: [
      section(100, 'Is anything wrong?', [...alertStats(ALL), ...targetsDown()]),
      section(101, 'What is wrong', [
        ...alertDetail({ ...ALL, first: 4 }),
        ...(byGrafana.length > 0 ? [evaluatedByGrafana(byGrafana)] : []),
      ]),
      section(103, 'Can it be trusted?', trust()),
      section(102, 'Targets', targets()),
    ],
  };
}

function evaluatedByGrafana(networks: readonly string[]): Panel {
  return alertList(6, 'Firing in Grafana', {
    description: `What fires of the networks that Grafana evaluates: ${networks.join(', ')}. The numbers above do not count it.`,
    filter: `{network=~"${networks.join('|')}"}`,
    width: 24,
  });
}

function targetsDown(): Panel[] {
  return [
    stat(10, 'Targets down', {
      description: 'Targets that do not answer their scrape, of any network.',
      unit: 'targets',
      queries: [query('count(up == 0) or vector(0)', 'down')],
      mappings: { 0: { text: 'none', color: 'green' } },
      bad: 'warning',
      alerts: ['ScrapeTargetDown'],
      width: 12,
    }),
  ];
}

function trust(): Panel[] {
  return [
    stat(11, 'Rules failing', {
      description:
        'Evaluations of rules that failed, over the window that the alert looks at. A failing rule cannot fire.',
      unit: 'errors',
      queries: [query('sum(increase(prometheus_rule_evaluation_failures_total[10m])) or vector(0)', 'failed')],
      limits: ['PrometheusRuleFailing'],
      decimals: 0,
    }),
    stat(12, 'Alertmanagers', {
      description: 'Alertmanagers that Prometheus has found. Without one no alert reaches anybody.',
      unit: 'alertmanagers',
      ...watched('PrometheusNoAlertmanager', '{{instance}}'),
    }),
    stat(13, 'Alerts lost by Prometheus', {
      description: 'Notifications that Prometheus could deliver to no Alertmanager.',
      unit: 'alerts',
      ...watched('PrometheusNotificationsDropped', '{{instance}}'),
      decimals: 0,
    }),
    stat(14, 'Messages that failed', {
      description: 'Share of the messages that Alertmanager could not deliver, by kind of receiver.',
      unit: 'ratio',
      queries: [reading('AlertmanagerNotificationsFailing', '{{integration}}')],
      limits: ['AlertmanagerNotificationsFailing', 'AlertmanagerNotificationsLost'],
      noValue: 'none sent',
    }),
    watchdogPanel(15),
  ];
}

function targets(): Panel[] {
  return [
    table(20, 'Down now', {
      description: 'Targets that do not answer. 0 is what Prometheus says of them.',
      unit: 'number',
      queries: [query('up == 0', 'up')],
      columns: ['network', 'component', 'instance', 'job'],
      alerts: ['ScrapeTargetDown', 'ScrapeTargetsGone'],
      noValue: 'every target answers',
    }),
    timeseries(21, 'Up, by component', {
      description: 'Targets that answer. A step down is a target lost; one that is no longer listed leaves here too.',
      unit: 'targets',
      queries: [query('sum by (network, component) (up)', '{{network}} {{component}}')],
      alerts: ['ScrapeTargetDown', 'ScrapeTargetsGone'],
      width: 12,
    }),
    timeseries(22, 'Going up and down', {
      description: 'Changes between up and down, over the window that the alert looks at.',
      unit: 'changes',
      ...watched('ScrapeTargetFlapping', '{{component}} {{instance}}'),
    }),
    timeseries(23, 'Scrape duration', {
      description: 'How long a scrape takes of the time that it may take. At 100 % the target counts as down.',
      unit: 'ratio',
      queries: [query('scrape_duration_seconds / scrape_timeout_seconds', '{{component}} {{instance}}')],
      limits: ['ScrapeSlow'],
    }),
    timeseries(24, 'Samples per scrape', {
      description: 'Samples that each target sends. Beyond its limit the whole scrape is refused.',
      unit: 'samples',
      queries: [query('scrape_samples_post_metric_relabeling', '{{component}} {{instance}}')],
      alerts: ['ScrapeSamplesNearLimit', 'PrometheusSampleLimitHit'],
    }),
    timeseries(25, 'Open files', {
      description: 'Share of the files and connections that a process may hold open.',
      unit: 'ratio',
      ...watched('ProcessFileDescriptorsNearLimit', '{{component}} {{instance}}'),
    }),
    timeseries(26, 'Age of pushed metrics', {
      description:
        'Hours since a job last pushed. What is pushed stays for ever, so only its age says that the job died.',
      unit: 'h',
      ...watched('PushedMetricsStale', '{{job}} {{instance}}'),
    }),
    timeseries(27, 'Restarts of our programs', {
      description: 'Starts over the window that the alert looks at.',
      unit: 'restarts',
      ...watched('MonitoringProcessRestarting', '{{component}} {{instance}}'),
    }),
  ];
}
