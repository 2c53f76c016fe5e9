/** What the firing of all alerts of a rule comes to, over a stretch of history. Pure. */
import { joined, type Run } from './firing.ts';

export interface Outcome {
  /** Times that an alert (one set of labels) was firing. */
  readonly fired: number;
  /** Seconds in which at least one was. */
  readonly seconds: number;
  /** Seconds of all of them together: what `ALERTS` holds. */
  readonly alertSeconds: number;
  /** Seconds of the one that was firing longest. */
  readonly longest: number;
  /** How many different sets of labels fired. */
  readonly alerts: number;
}

export const NOTHING: Outcome = { fired: 0, seconds: 0, alertSeconds: 0, longest: 0, alerts: 0 };

/**
 * @param firing the runs of each alert, counted in evaluations
 * @param first evaluation that counts; what was firing before and still is counts from there
 * @param step seconds between evaluations; each stands for the time until the next
 */
export function outcomeOf(firing: readonly (readonly Run[])[], first: number, step: number): Outcome {
  const counted = firing.map((runs) =>
    runs.filter((run) => run.last >= first).map((run) => ({ ...run, first: Math.max(run.first, first) })),
  );
  const all = counted.flat();
  const length = (run: Run) => (run.last - run.first + 1) * step;
  const sum = (runs: readonly Run[]) => runs.reduce((total, run) => total + length(run), 0);
  return {
    fired: all.length,
    seconds: sum(joined(all)),
    alertSeconds: sum(all),
    longest: all.reduce((longest, run) => Math.max(longest, length(run)), 0),
    alerts: counted.filter((runs) => runs.length > 0).length,
  };
}

export function together(outcomes: readonly Outcome[]): Pick<Outcome, 'fired' | 'seconds' | 'alertSeconds'> {
  const total = { fired: 0, seconds: 0, alertSeconds: 0 };
  for (const { fired, seconds, alertSeconds } of outcomes) {
    total.fired += fired;
    total.seconds += seconds;
    total.alertSeconds += alertSeconds;
  }
  return total;
}
