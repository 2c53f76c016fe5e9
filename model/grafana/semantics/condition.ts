/**
 * What the stages of a rule make of the answer to its query: which series are normal and which are alerting, at one evaluation.
 *
 * Only what our own rules are made of (`stages.ts`): an instant query, a reduction, a threshold or the one expression of math that
 * asks whether there is a value. Each semantic names the place in Grafana's source (github.com/grafana/grafana) that has it.
 */
import { z } from 'zod';
import type { Stage } from '../stages.ts';
import type { GrafanaAlertRule } from '../types.ts';

export type Labels = Readonly<Record<string, string>>;

/** One series of an instant query's answer. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export interface Result {
  readonly labels: Labels;
  readonly state: 'normal' | 'alerting';
}

/** `noData`: the query was answered, by no series at all. */
export type Evaluation =
  | { readonly kind: 'results'; readonly results: readonly Result[] }
  | { readonly kind: 'noData' }
  | { readonly kind: 'error'; readonly message: string };

/** A stage that this model does not know. */
export class SemanticsError extends Error {}

/** @throws SemanticsError */
export function evaluateStages(
  { data, condition }: Pick<GrafanaAlertRule, 'data' | 'condition'>,
  answer: readonly Sample[],
): Evaluation {
  // No series is `NoData` for every stage that reads it, whatever it would compute (`NoData` cases of each `Execute` in
  // pkg/expr/command.go and pkg/expr/threshold.go; math: `Expr.walkUnary` and `walkBinary` in pkg/expr/mathexp/exp.go).
  if (answer.length === 0) return { kind: 'noData' };
  const values = new Map<string, readonly Sample[]>();
  for (const stage of data) values.set(stage.refId, executed(stage, values, answer));
  const decided = values.get(condition);
  if (!decided) throw new SemanticsError(`no stage is the condition ${condition}`);
  // A reduction may drop series; a condition without any frame is no data (`evaluateExecutionResult`, pkg/services/ngalert/eval/eval.go).
  if (decided.length === 0) return { kind: 'noData' };
  const seen = new Set<string>();
  for (const { labels } of decided) {
    const key = labelKey(labels);
    // The same function refuses an answer in which two series have the same labels: the whole evaluation is an error.
    if (seen.has(key)) return { kind: 'error', message: `has duplicate results with labels ${key}` };
    seen.add(key);
  }
  // `frameToResult`, there too: 0 is normal, everything else alerting, NaN included.
  const results = decided.map(({ labels, value }): Result => ({ labels, state: value === 0 ? 'normal' : 'alerting' }));
  return { kind: 'results', results };
}

/** Labels as one text, whatever their order. */
export function labelKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Values = ReadonlyMap<string, readonly Sample[]>;

function executed({ refId, model }: Stage, values: Values, answer: readonly Sample[]): readonly Sample[] {
  switch (model.type) {
    case undefined:
      if (model.instant !== true) throw new SemanticsError(`stage ${refId} is no instant query`);
      return answer;
    case 'reduce':
      // Each series of an instant query is a number already, and of a number every reducer makes the number itself
      // (`ReduceCommand.Execute`, pkg/expr/command.go). A mode that drops or replaces what is no number would come before that.
      if (model.settings !== undefined) throw new SemanticsError(`stage ${refId} has settings of a reduction`);
      return input(model.expression, values);
    case 'threshold': {
      const holds = predicateOf(model);
      return input(model.expression, values).map(({ labels, value }) => ({ labels, value: holds(value) ? 1 : 0 }));
    }
    case 'math': {
      const asked = /^is_null\(\$(\w+)\) == 0$/.exec(String(model.expression))?.[1];
      if (asked === undefined) throw new SemanticsError(`stage ${refId} calculates ${String(model.expression)}`);
      // `is_null` is 1 only where there is no value; NaN and infinities are values (`null` in pkg/expr/mathexp/funcs.go).
      return input(asked, values).map(({ labels }) => ({ labels, value: 1 }));
    }
    default:
      throw new SemanticsError(`stage ${refId} is of type ${String(model.type)}`);
  }
}

function input(refId: unknown, values: Values): readonly Sample[] {
  const found = values.get(String(refId));
  if (!found) throw new SemanticsError(`no stage ${String(refId)} comes before the one that reads it`);
  return found;
}

/** The predicates of pkg/expr/threshold.go: Go compares as JavaScript does, so of NaN only "not equal" is true. */
const PREDICATES: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  gt: (value, limit) => value > limit,
  lt: (value, limit) => value < limit,
  gte: (value, limit) => value >= limit,
  lte: (value, limit) => value <= limit,
  eq: (value, limit) => value === limit,
  ne: (value, limit) => value !== limit,
};

/** One condition only; an `unloadEvaluator` would make a hysteresis of it (`UnmarshalThresholdCommand`, pkg/expr/threshold.go). */
const oneLimit = z.tuple([
  z.looseObject({
    evaluator: z.looseObject({ type: z.string(), params: z.tuple([z.number()], z.unknown()) }),
    unloadEvaluator: z.undefined().optional(),
  }),
]);

function predicateOf({ conditions }: Stage['model']): (value: number) => boolean {
  const read = oneLimit.safeParse(conditions);
  const evaluator = read.data?.[0].evaluator;
  const predicate = evaluator && PREDICATES[evaluator.type];
  if (!predicate) throw new SemanticsError(`a threshold has the conditions ${JSON.stringify(conditions)}`);
  return (value) => predicate(value, evaluator.params[0]);
}
