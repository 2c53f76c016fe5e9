/**
 * From when an expression had a value to when its alert was firing: `for` and `keep_firing_for` as Prometheus applies them
 * (prometheus/prometheus: rules/alerting.go, AlertingRule.Eval). Evaluations are counted from 0 and lie `step` apart. Pure.
 */

/** Evaluations one after the other, both ends included. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

export interface Holding {
  /** Seconds for which the expression must have had a value. */
  readonly for: number;
  /** Seconds for which the alert goes on without one. */
  readonly keepFiringFor: number;
  /** Seconds between evaluations. */
  readonly step: number;
}

/** Runs in any order, also such that touch or overlap, as few as possible in order. */
export function joined(runs: readonly Run[]): Run[] {
  const result: Run[] = [];
  for (const run of [...runs].sort((a, b) => a.first - b.first)) {
    const last = result.at(-1);
    if (last && run.first <= last.last + 1)
      result.splice(-1, 1, { first: last.first, last: Math.max(last.last, run.last) });
    else result.push(run);
  }
  return result;
}

/**
 * When one alert (one set of labels) was firing. An evaluation without a value ends what was pending; what was firing goes on for
 * `keepFiringFor` from that evaluation, and is still firing where a value comes back within that.
 * @param runs when its expression had a value
 * @param evaluations how many there were: nothing is firing after the last
 */
export function firingRuns(runs: readonly Run[], holding: Holding, evaluations: number): Run[] {
  const held = steps(holding.for, holding);
  const kept = steps(holding.keepFiringFor, holding);
  const firing: Run[] = [];
  for (const run of joined(runs)) {
    const before = firing.at(-1);
    const goesOn = before !== undefined && kept > 0 && run.first <= before.last + 1;
    const first = goesOn ? before.first : run.first + held;
    if (!goesOn && first > run.last) continue;
    const last = Math.min(run.last + kept, evaluations - 1);
    if (goesOn) firing.splice(-1, 1, { first, last });
    else firing.push({ first, last });
  }
  return firing;
}

/** After so many evaluations the duration has passed: an evaluation between two steps does not exist. */
function steps(seconds: number, { step }: Holding): number {
  return Math.ceil(Math.round((seconds / step) * 1e6) / 1e6);
}
