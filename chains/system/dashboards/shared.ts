/** What several dashboards of the monitoring show in the same way. */
import { type Panel, type PanelOptions, query, reading, stat } from '../../../model/dashboards/panels.ts';

/** The value that an alert compares, and its limit as a line: what is seen is what is alerted on. */
export function watched(alert: string, legend: string): Pick<PanelOptions, 'queries' | 'limits'> {
  return { queries: [reading(alert, legend)], limits: [alert] };
}

type Said = { readonly text: string; readonly color: string };

export interface StateOptions extends Omit<PanelOptions, 'unit' | 'queries' | 'mappings' | 'limits'> {
  /** PromQL that gives 0 or 1. */
  readonly expr: string;
  /** One field per series. */
  readonly legend: string;
  /** What 0 and what 1 means, with a colour. */
  readonly words: readonly [Said, Said];
}

/** A number that is 0 or 1, in words. */
export function state(id: number, title: string, { expr, legend, words, ...options }: StateOptions): Panel {
  const [no, yes] = words;
  return stat(id, title, { ...options, unit: 'bool', queries: [query(expr, legend)], mappings: { 0: no, 1: yes } });
}

export const good = (text: string): Said => ({ text, color: 'green' });
export const worrying = (text: string): Said => ({ text, color: 'orange' });
export const bad = (text: string): Said => ({ text, color: 'red' });

/** Whether the last reload of a program took its new configuration. */
export function configurationPanel(id: number, component: string, alert: string, width: number): Panel {
  return state(id, 'Configuration', {
    description: 'Whether the last reload took the new configuration. After a failed one the old stays in force.',
    expr: `${component}_config_last_reload_successful{component="${component}"}`,
    legend: '{{instance}}',
    words: [bad('refused'), good('in force')],
    alerts: [alert],
    width,
  });
}

/** When the alert that always fires last arrived. */
export function watchdogPanel(id: number, width?: number): Panel {
  return stat(id, 'Watchdog last seen', {
    description:
      'Minutes since the alert that always fires last reached the receiver. It proves the whole way at once.',
    unit: 'min',
    ...watched('WatchdogMissing', 'Watchdog'),
    alerts: ['Watchdog'],
    noValue: 'no receiver',
    ...(width === undefined ? {} : { width }),
  });
}
