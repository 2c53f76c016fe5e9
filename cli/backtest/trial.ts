/** What is asked of a Prometheus to try the rules of two sides: which of their expressions, each made answerable, or why it is not. */
import { type Definitions, inlined, NotAnswerable } from '../../model/backtest/inline.ts';
import type { Side, Trial, TriedRule } from '../../model/backtest/rules.ts';
import { selectorsOf } from '../../model/promql/selectors.ts';
import { PromqlError } from '../../model/promql/syntax.ts';
import type { Grid } from './evaluate.ts';
import { gridOf } from './evaluate.ts';

/** A rule of one side, ready to be asked. */
export interface Attempt {
  readonly rule: TriedRule;
  readonly grid: Grid;
  /** What is asked. */
  readonly expr?: string;
  /** Why nothing can be. */
  readonly reason?: string;
}

export interface Circumstances {
  readonly from: number;
  readonly to: number;
  /** Seconds; the rule's own interval where absent. */
  readonly step: number | undefined;
  /** Recorded series, as selectors, that this Prometheus has all the time. */
  readonly present: ReadonlySet<string>;
}

/** Seconds that are looked at before: both sides of a trial look at the same moments, so that they can share what they ask. */
export function aheadOf({ before, after }: Trial): number {
  return Math.max(0, ...[...before, ...after].map((rule) => rule.for + rule.keepFiringFor));
}

export function attemptOf(rule: TriedRule, side: Side, ahead: number, circumstances: Circumstances): Attempt {
  const step = circumstances.step ?? rule.interval ?? side.interval;
  const grid = gridOf(circumstances, step, ahead);
  try {
    return { rule, grid, expr: inlined(rule.expr, definitionsFor(rule, side, step, circumstances.present)) };
  } catch (error) {
    if (error instanceof NotAnswerable || error instanceof PromqlError) return { rule, grid, reason: error.message };
    throw error;
  }
}

function definitionsFor(rule: TriedRule, side: Side, step: number, present: ReadonlySet<string>): Definitions {
  const owned = <T extends { readonly owner?: string }>(all: readonly T[]) =>
    all.find(({ owner }) => owner === rule.owner) ?? all.find(({ owner }) => owner === 'system');
  return {
    step,
    recording: (name) =>
      present.has(nameFor(rule, name)) ? undefined : owned(side.recordings.filter((each) => each.name === name)),
    alert: (name) => owned(side.rules.filter(({ alert }) => alert === name)),
  };
}

/** A recorded series of one network: the other networks' may be missing. */
export function nameFor({ owner = '' }: TriedRule, name: string): string {
  return `${owner} ${name}`;
}

/** The recorded series that rules read, also through each other, which the other side records just so. */
export function recordedFor(trials: readonly Trial[], before: Side, after: Side): Map<string, string> {
  const found = new Map<string, string>();
  const same = (owner: string | undefined, name: string) => {
    const [was, is] = [before, after].map(({ recordings }) =>
      recordings.find((each) => each.owner === owner && each.name === name),
    );
    return was !== undefined && is !== undefined && JSON.stringify(was) === JSON.stringify(is) ? is : undefined;
  };
  const visit = (rule: TriedRule, expr: string, depth: number): boolean => {
    let steady = true;
    for (const { metric = '' } of selectorsOf(expr)) {
      if (metric === 'ALERTS' || !metric.includes(':')) continue;
      const recording = same(rule.owner, metric);
      // What it is made of has changed: then so has it.
      const own = recording !== undefined && depth < 8 && visit(rule, recording.expr, depth + 1);
      if (own && recording) {
        const { network } = recording.labels;
        found.set(
          nameFor(rule, metric),
          network === undefined ? metric : `${metric}{network=${JSON.stringify(network)}}`,
        );
      }
      steady &&= own;
    }
    return steady;
  };
  for (const rule of trials.flatMap((trial) => [...trial.before, ...trial.after])) visit(rule, rule.expr, 0);
  return found;
}
