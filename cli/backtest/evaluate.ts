/** Rules asked of a Prometheus: where their expressions had a value, stretch by stretch. */
import { firingRuns, joined, type Run } from '../../model/backtest/firing.ts';
import { type Found, type Prometheus, RefusedQuery } from './prometheus.ts';

/** Evaluations at multiples of the step, so that all rules, and subqueries, are evaluated at the same moments. */
export interface Grid {
  /** Seconds since 1970, of evaluation 0. */
  readonly start: number;
  /** Seconds. */
  readonly step: number;
  readonly evaluations: number;
  /** The first that counts: those before it only find out what was pending or firing then. */
  readonly first: number;
}

/** Prometheus refuses more points of a series. */
export const MOST_POINTS = 11_000;

/** @param ahead seconds that are looked at before, because an alert takes that long to fire */
export function gridOf({ from, to }: { from: number; to: number }, step: number, ahead: number): Grid {
  const begins = Math.ceil(from / step);
  const start = begins - Math.ceil(ahead / step);
  return { start: start * step, step, evaluations: Math.floor(to / step) - start + 1, first: begins - start };
}

/** How many questions it takes. */
export function chunksOf({ evaluations }: Grid, most = MOST_POINTS): Run[] {
  return Array.from({ length: Math.ceil(evaluations / most) }, (_, index) => ({
    first: index * most,
    last: Math.min((index + 1) * most, evaluations) - 1,
  }));
}

/** One alert: its labels, and in which evaluations its expression had a value. */
export interface ValuedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly runs: readonly Run[];
}

/**
 * @param onAsked told after each question that was planned
 * @throws RefusedQuery where even one evaluation is too much, or the expression is at fault
 */
export async function valuesOf(
  prometheus: Prometheus,
  expr: string,
  grid: Grid,
  onAsked: () => void = () => {},
): Promise<ValuedSeries[]> {
  const series = new Map<string, { labels: Found['labels']; runs: Run[] }>();
  for (const chunk of chunksOf(grid)) {
    for (const { labels, times } of await askFor(prometheus, expr, grid, chunk)) {
      // An alert has no name of a metric.
      const { __name__: _, ...rest } = labels;
      const key = JSON.stringify(Object.entries(rest).sort());
      const known = series.get(key) ?? { labels: rest, runs: [] };
      series.set(key, known);
      known.runs.push(...runsOf(times, grid));
    }
    onAsked();
  }
  return [...series.values()].map(({ labels, runs }) => ({ labels, runs: joined(runs) }));
}

async function askFor(prometheus: Prometheus, expr: string, grid: Grid, { first, last }: Run): Promise<Found[]> {
  const at = (evaluation: number) => grid.start + evaluation * grid.step;
  try {
    return await prometheus.ask({ expr, start: at(first), end: at(last), step: grid.step });
  } catch (error) {
    if (!(error instanceof RefusedQuery && error.tooMuch) || first === last) throw error;
    const middle = Math.floor((first + last) / 2);
    const earlier = await askFor(prometheus, expr, grid, { first, last: middle });
    return [...earlier, ...(await askFor(prometheus, expr, grid, { first: middle + 1, last }))];
  }
}

function runsOf(times: readonly number[], { start, step }: Grid): Run[] {
  const runs: Run[] = [];
  let [first, last] = [-1, -2];
  for (const time of times) {
    const evaluation = Math.round((time - start) / step);
    if (evaluation !== last + 1) {
      if (first >= 0) runs.push({ first, last });
      first = evaluation;
    }
    last = evaluation;
  }
  return first < 0 ? runs : [...runs, { first, last }];
}

export interface Fires {
  readonly for: number;
  readonly keepFiringFor: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** When each alert of a rule was firing, with the labels that the rule gives it. */
export function firingOf(series: readonly ValuedSeries[], rule: Fires, grid: Grid): ValuedSeries[] {
  const alerts = new Map<string, ValuedSeries>();
  for (const { labels, runs } of series) {
    const all = { ...labels, ...rule.labels };
    const key = JSON.stringify(Object.entries(all).sort());
    alerts.set(key, { labels: all, runs: [...(alerts.get(key)?.runs ?? []), ...runs] });
  }
  const holding = { for: rule.for, keepFiringFor: rule.keepFiringFor, step: grid.step };
  return [...alerts.values()]
    .map(({ labels, runs }) => ({ labels, runs: firingRuns(runs, holding, grid.evaluations) }))
    .filter(({ runs }) => runs.length > 0);
}
