/** What several of the dashboards show in the same way. */
import { type Panel, query, timeseries } from '../../../model/dashboards/panels.ts';

interface Options {
  readonly description: string;
  readonly unit: string;
  readonly limits?: readonly string[];
  readonly alerts?: readonly string[];
}

/** A counter per second and instance, apart by labels. */
export function rates(id: number, title: string, metric: string, labels: readonly string[], options: Options): Panel {
  const by = ['instance', ...labels].join(', ');
  const legend = [...labels.map((label) => `{{${label}}}`), '{{instance}}'].join(' ');
  return timeseries(id, title, {
    ...options,
    queries: [query(`sum by (${by}) (rate(${metric}[$__rate_interval]))`, legend)],
  });
}

/** What seldom happens: how often in half an hour. */
export function events(id: number, title: string, metric: string, labels: readonly string[], options: Options): Panel {
  const by = ['instance', ...labels].join(', ');
  const legend = [...labels.map((label) => `{{${label}}}`), '{{instance}}'].join(' ');
  return timeseries(id, title, { ...options, queries: [query(`sum by (${by}) (increase(${metric}[30m]))`, legend)] });
}
