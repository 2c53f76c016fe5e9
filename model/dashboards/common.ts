/** Panels that dashboards of all chains share. */
import { alertList, type Panel, query, type Section, section, stat, table, timeseries } from './panels.ts';

export const UP_DOWN = { 0: { text: 'down', color: 'red' }, 1: { text: 'up', color: 'green' } } as const;

/** One field per process: does it answer its scrape? */
export function upPanel(id: number, component: string, alerts: readonly string[], width = 6): Panel {
  return stat(id, `${component} processes`, {
    description: `Whether each ${component} answers its scrape. An instance that is down mutes the alerts that follow from it.`,
    unit: 'bool',
    queries: [query(`up{component="${component}"}`, '{{instance}}')],
    mappings: UP_DOWN,
    noValue: 'no target',
    alerts,
    width,
  });
}

export interface AlertSectionOptions {
  /** Of the row; its panels take the ids from `firstPanel` to `firstPanel + 4`. */
  readonly id: number;
  readonly firstPanel: number;
  /** Matchers that the series of alerts must have, beyond those of the dashboard's owner. */
  readonly also?: string;
  /** Where Grafana evaluates, Prometheus has no series of alerts. */
  readonly engine: 'prometheus' | 'grafana';
}

/** Is anything wrong, since when, and what? */
export function alertSection({ id, firstPanel, also = '', engine }: AlertSectionOptions): Section {
  const list =
    'What fires now, the worst first. The name leads to the runbook: what it means, what to check, how to fix it.';
  if (engine === 'grafana') {
    return section(id, 'What is wrong', [alertList(firstPanel + 3, 'Firing', { description: list, width: 24 })]);
  }
  const firing = (severity: string) => `ALERTS{alertstate="firing", severity${severity}${also}}`;
  const activeSince = (severity: string) =>
    `time() - (ALERTS_FOR_STATE{severity${severity}${also}} and ignoring (alertstate) ${firing(severity)})`;
  return section(id, 'What is wrong', [
    stat(firstPanel, 'Critical', {
      description: 'Alerts that wake somebody. None is healthy; otherwise read the list and start with the oldest.',
      unit: 'number',
      queries: [query(`count(${firing('="critical"')}) or vector(0)`, 'critical')],
      mappings: { 0: { text: 'none', color: 'green' } },
      bad: 'critical',
    }),
    stat(firstPanel + 1, 'Warnings', {
      description: 'Alerts for this working day.',
      unit: 'number',
      queries: [query(`count(${firing('="warning"')}) or vector(0)`, 'warnings')],
      mappings: { 0: { text: 'none', color: 'green' } },
      bad: 'warning',
    }),
    stat(firstPanel + 2, 'Unhealthy for', {
      description: 'Since when the oldest critical alert or warning that fires has been true.',
      unit: 's',
      queries: [query(`max(${activeSince('=~"critical|warning"')})`, 'since')],
      noValue: 'healthy',
    }),
    table(firstPanel + 3, 'Firing', {
      description: list,
      unit: 's',
      queries: [query(activeSince('=~"critical|warning|info"'), 'active for')],
      columns: ['severity', 'alertname', 'chain', 'component', 'instance'],
      noValue: 'nothing',
      width: 12,
      height: 7,
    }),
    timeseries(firstPanel + 4, 'Alerts over time', {
      description: 'How many alerts fired, by severity: when it began, and whether it comes and goes.',
      unit: 'alerts',
      queries: [query(`count by (severity) (${firing('=~"critical|warning|info"')})`, '{{severity}}')],
      stacked: true,
      width: 12,
      height: 7,
    }),
  ]);
}
