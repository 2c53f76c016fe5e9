/** Conditions of Grafana as parts of PromQL: reductions over time, and comparisons. */
import { formatDuration } from '../../config/duration.ts';
import type { Comparison } from '../promql/comparison.ts';
import { splitComparison } from '../promql/split.ts';
import { parsePromql } from '../promql/syntax.ts';

/** There is no one expression of PromQL for it, and why. */
export class Untranslatable extends Error {}

/** What a stage gives. */
export interface Value {
  readonly expr: string;
  /** Seconds of the past that it holds, where it is more than one number for each series. */
  readonly range?: number;
  /** Whether what is left of it is what fires. */
  readonly decides: boolean;
}

const ATOMS = new Set(['VectorSelector', 'FunctionCall', 'AggregateExpr', 'ParenExpr', 'NumberDurationLiteral']);

/** @throws PromqlError */
export function wrapped(expr: string): string {
  const root = parsePromql(expr).topNode.firstChild;
  if (root && ATOMS.has(root.name) && !root.nextSibling) return expr;
  // A comment at its end would swallow the parenthesis.
  return `(${expr}${expr.includes('#') ? '\n' : ''})`;
}

const OVER_TIME: Readonly<Record<string, string>> = {
  mean: 'avg_over_time',
  avg: 'avg_over_time',
  min: 'min_over_time',
  max: 'max_over_time',
  sum: 'sum_over_time',
  count: 'count_over_time',
  count_non_null: 'count_over_time',
  median: 'quantile_over_time',
};

/** @throws Untranslatable for what PromQL cannot take of a range */
export function reduced({ expr, range, decides }: Value, reducer: string): Value {
  if (reducer === 'last' || reducer === '') return { expr, decides };
  const call = OVER_TIME[reducer];
  if (call === undefined) throw new Untranslatable(`reduces by ${reducer}, which PromQL does not know`);
  // Of one number all of these are the number itself.
  if (range === undefined && !reducer.startsWith('count')) return { expr, decides };
  if (range === undefined) return { expr: `count_over_time(${overTime(expr, 60)})`, decides: false };
  const quantile = reducer === 'median' ? '0.5, ' : '';
  return { expr: `${call}(${quantile}${overTime(expr, range)})`, decides: false };
}

function overTime(expr: string, range: number): string {
  const selector = parsePromql(expr).topNode.firstChild?.name === 'VectorSelector' && !expr.includes('#');
  return `${selector ? expr : wrapped(expr)}[${formatDuration(range)}${selector ? '' : ':'}]`;
}

const EVALUATORS: Readonly<Record<string, Comparison>> = {
  gt: '>',
  lt: '<',
  gte: '>=',
  lte: '<=',
  eq: '==',
  ne: '!=',
};
/** With both bounds. */
const RANGES: Readonly<Record<string, readonly [Comparison, 'and' | 'or', Comparison]>> = {
  within_range: ['>', 'and', '<'],
  within_range_included: ['>=', 'and', '<='],
  outside_range: ['<', 'or', '>'],
  outside_range_included: ['<=', 'or', '>='],
};

/**
 * What an evaluator leaves of a value.
 * @param say told of what Grafana did not do as one would think
 * @throws Untranslatable
 */
export function compared(
  value: Value,
  type: string,
  params: readonly unknown[],
  say: (message: string) => void,
): Value {
  const [first, second] = params.filter((each) => typeof each === 'number');
  const op = EVALUATORS[type];
  if (op !== undefined && first !== undefined) return { expr: against(value.expr, op, first, say), decides: true };
  const range = RANGES[type];
  if (range && first !== undefined && second !== undefined) {
    const [low, join, high] = range;
    const [lower, upper] = [Math.min(first, second), Math.max(first, second)];
    const left = wrapped(value.expr);
    const expr =
      join === 'and'
        ? `(${left} ${low} ${lower}) ${high} ${upper}`
        : `${left} ${low} ${lower} or ${left} ${high} ${upper}`;
    return { expr, decides: true };
  }
  if (type === 'no_value') return { expr: `absent(${value.expr})`, decides: true };
  throw new Untranslatable(
    `compares by "${type}" with ${JSON.stringify(params)}, which is no comparison with a number`,
  );
}

/** A query that has compared already mostly says by itself what fires. */
function against(expr: string, op: Comparison, limit: number, say: (message: string) => void): string {
  const { threshold } = splitComparison(expr);
  if (threshold?.op === '==' && !holds(threshold.value, op, limit)) {
    say(
      `never fires in Grafana: its query keeps only what is ${threshold.value}, and the condition asks for ${op} ${limit}; the draft fires where the query has a value`,
    );
    return expr;
  }
  const implied =
    threshold !== undefined &&
    ((threshold.op === '==' && holds(threshold.value, op, limit)) ||
      (threshold.op.startsWith('>') &&
        op === '>' &&
        (threshold.op === '>' ? threshold.value >= limit : threshold.value > limit)) ||
      (threshold.op.startsWith('<') &&
        op === '<' &&
        (threshold.op === '<' ? threshold.value <= limit : threshold.value < limit)));
  return implied ? expr : `${wrapped(expr)} ${op} ${limit}`;
}

export function holds(value: number, op: Comparison, limit: number): boolean {
  switch (op) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}

/** What fires where nothing compares: whatever is not 0. */
export function deciding(value: Value, say: (message: string) => void): string {
  if (value.decides) return value.expr;
  const { threshold } = splitComparison(value.expr);
  if (!threshold) return `${wrapped(value.expr)} != 0`;
  if (holds(0, threshold.op, threshold.value))
    say('does not fire in Grafana where its value is 0, which its query lets through; the draft does');
  return value.expr;
}
