/**
 * The stages of a Grafana-managed rule: A asks the data source, B reduces, C decides.
 *
 * Never a classic condition: that one forgets the labels, so a rule would fire once for all instances. A is an instant query,
 * which gives each series one number; B passes it on and is what annotations show; C is 1 where the alert fires.
 */
import type { Comparison } from '../promql/comparison.ts';
import { type Split, splitComparison } from '../promql/split.ts';

export const QUERY_STAGE = 'A';
export const VALUE_STAGE = 'B';
export const CONDITION_STAGE = 'C';

export interface Stage {
  readonly refId: string;
  readonly datasourceUid: string;
  readonly queryType: '';
  /** Seconds before the evaluation. */
  readonly relativeTimeRange: { readonly from: number; readonly to: number };
  /** What Grafana keeps as JSON. */
  readonly model: Readonly<Record<string, unknown>>;
}

const EXPRESSION = '__expr__';
/** Left out, Grafana fills these in, and every later preview differs (terraform-provider-grafana#948). */
const FILLED_IN = { intervalMs: 1000, maxDataPoints: 43_200 } as const;

/** In Grafana since 11.6 (pull request 99516); each compares exactly as PromQL does, NaN included (pkg/expr/threshold.go). */
const EVALUATORS: Readonly<Record<Comparison, string>> = {
  '>': 'gt',
  '<': 'lt',
  '>=': 'gte',
  '<=': 'lte',
  '==': 'eq',
  '!=': 'ne',
};

export function queryStage(expr: string, dataSourceUid: string): Stage {
  return {
    refId: QUERY_STAGE,
    datasourceUid: dataSourceUid,
    queryType: '',
    relativeTimeRange: { from: 600, to: 0 },
    model: {
      datasource: { type: 'prometheus', uid: dataSourceUid },
      expr,
      instant: true,
      range: false,
      refId: QUERY_STAGE,
      ...FILLED_IN,
    },
  };
}

/** @throws PromqlError */
export function alertStages(expr: string, dataSourceUid: string): Stage[] {
  const { query, threshold } = splitFinite(expr);
  const reduce = expressionStage(VALUE_STAGE, { type: 'reduce', expression: QUERY_STAGE, reducer: 'last' });
  return [queryStage(query, dataSourceUid), reduce, condition(threshold)];
}

/** JSON has no infinity: a comparison with one stays in the query. */
function splitFinite(expr: string): Split {
  const split = splitComparison(expr);
  return split.threshold && !Number.isFinite(split.threshold.value) ? { query: expr.trim() } : split;
}

function condition(threshold: Split['threshold']): Stage {
  // Where the query itself decides, each of its values fires: 0, infinities and NaN too. No threshold is true for NaN.
  if (!threshold)
    return expressionStage(CONDITION_STAGE, { type: 'math', expression: `is_null($${VALUE_STAGE}) == 0` });
  const evaluator = { type: EVALUATORS[threshold.op], params: [threshold.value] };
  return expressionStage(CONDITION_STAGE, { type: 'threshold', expression: VALUE_STAGE, conditions: [{ evaluator }] });
}

function expressionStage(refId: string, model: Readonly<Record<string, unknown>>): Stage {
  return {
    refId,
    datasourceUid: EXPRESSION,
    queryType: '',
    relativeTimeRange: { from: 0, to: 0 },
    model: { ...model, datasource: { type: EXPRESSION, uid: EXPRESSION }, refId, ...FILLED_IN },
  };
}
