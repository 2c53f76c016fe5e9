/** Panels that dashboards of all chains share. */
import { alertList, type Panel, query, stat, table, timeseries } from './panels.ts';

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

export interface AlertPanelOptions {
  /** Their ids: this one and the next ones. */
  readonly first: number;
  /** Matchers that the series of alerts must have, beyond those of the dashboard's owner. */
  readonly also?: string;
  /** Where Grafana evaluates, Prometheus has no series of alerts. */
  readonly engine: 'prometheus' | 'grafana';
}

const LIST =
  'What fires now, the oldest first. The name leads to the runbook: what it means, what to check, how to fix it.';

function firing(severity: string, also: string): string {
  return `ALERTS{alertstate="firing", severity${severity}${also}}`;
}

function activeSince(severity: string, also: string): string {
  const since = `ALERTS_FOR_STATE{severity${severity}${also}}`;
  return `time() - (${since} and ignoring (alertstate) ${firing(severity, also)})`;
}

/** Three numbers, 12 columns wide: is anything wrong, and since when? */
export function alertStats({ first, also = '', engine }: AlertPanelOptions): Panel[] {
  if (engine === 'grafana') return [];
  return [
    stat(first, 'Critical', {
      description: 'Alerts that wake somebody. None is healthy; otherwise read the list and start with the oldest.',
      unit: 'number',
      queries: [query(`count(${firing('="critical"', also)}) or vector(0)`, 'critical')],
      mappings: { 0: { text: 'none', color: 'green' } },
      bad: 'critical',
    }),
    stat(first + 1, 'Warnings', {
      description: 'Alerts for this working day.',
      unit: 'number',
      queries: [query(`count(${firing('="warning"', also)}) or vector(0)`, 'warnings')],
      mappings: { 0: { text: 'none', color: 'green' } },
      bad: 'warning',
    }),
    stat(first + 2, 'Unhealthy for', {
      description: 'Since when the oldest critical alert or warning that fires has been true.',
      unit: 's',
      queries: [query(`max(${activeSince('=~"critical|warning"', also)})`, 'since')],
      noValue: 'healthy',
    }),
  ];
}

/** The list of what fires, and how it went: 24 columns wide. */
export function alertDetail({ first, also = '', engine }: AlertPanelOptions): Panel[] {
  if (engine === 'grafana') {
    const description = 'What fires now, by Grafana itself. Each alert leads to its rule, and that to its runbook.';
    return [alertList(first, 'Firing', { description, width: 24 })];
  }
  return [
    table(first, 'Firing', {
      description: LIST,
      unit: 's',
      queries: [query(activeSince('=~"critical|warning|info"', also), 'active for')],
      columns: ['severity', 'alertname', 'chain', 'component', 'instance'],
      noValue: 'nothing',
      width: 14,
    }),
    timeseries(first + 1, 'Alerts over time', {
      description: 'How many alerts fired, by severity: when it began, and whether it comes and goes.',
      unit: 'alerts',
      queries: [query(`count by (severity) (${firing('=~"critical|warning|info"', also)})`, '{{severity}}')],
      stacked: true,
      width: 10,
    }),
  ];
}
