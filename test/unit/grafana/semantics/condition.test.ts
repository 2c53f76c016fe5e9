import { describe, expect, test } from 'vitest';
import {
  type Evaluation,
  evaluateStages,
  type Sample,
  SemanticsError,
} from '../../../../model/grafana/semantics/condition.ts';
import { alertStages, type Stage } from '../../../../model/grafana/stages.ts';

function evaluated(expr: string, answer: readonly Sample[]): Evaluation {
  return evaluateStages({ data: alertStages(expr, 'prometheus'), condition: 'C' }, answer);
}

/** Which of the values alert. */
function alerting(expr: string, values: readonly number[]): number[] {
  const evaluation = evaluated(
    expr,
    values.map((value, index) => ({ labels: { index: String(index) }, value })),
  );
  if (evaluation.kind !== 'results') throw new Error(evaluation.kind);
  return values.filter((_, index) => evaluation.results[index]?.state === 'alerting');
}

describe('the stages of a rule', () => {
  const values = [-Infinity, -1, 0, 0.5, 1, 2, Infinity, Number.NaN];

  test.each([
    ['x > 1', [2, Infinity]],
    ['x >= 1', [1, 2, Infinity]],
    ['x < 1', [-Infinity, -1, 0, 0.5]],
    ['x <= 1', [-Infinity, -1, 0, 0.5, 1]],
    ['x == 1', [1]],
    ['x != 1', [-Infinity, -1, 0, 0.5, 2, Infinity, Number.NaN]],
    ['1 < x', [2, Infinity]],
    // What a query without a limit returns has decided already.
    ['x', values],
    ['x > y', values],
    ['x < +Inf', values],
  ])('%s alerts for what PromQL would keep', (expr, expected) => {
    expect(alerting(expr, values)).toEqual(expected);
  });

  test('keep the labels of each series, and say normal of the others', () => {
    const answer = [
      { labels: { __name__: 'x', a: '1' }, value: 3 },
      { labels: { __name__: 'x', a: '2' }, value: 1 },
    ];
    expect(evaluated('x > 2', answer)).toEqual({
      kind: 'results',
      results: [
        { labels: { __name__: 'x', a: '1' }, state: 'alerting' },
        { labels: { __name__: 'x', a: '2' }, state: 'normal' },
      ],
    });
  });

  test('of no series are no data', () => {
    expect(evaluated('x > 2', [])).toEqual({ kind: 'noData' });
    expect(evaluated('x', [])).toEqual({ kind: 'noData' });
  });

  test('are an error where two series have the same labels', () => {
    const twice = [
      { labels: { a: '1', b: '2' }, value: 3 },
      { labels: { b: '2', a: '1' }, value: 1 },
    ];
    expect(evaluated('x > 2', twice)).toEqual({
      kind: 'error',
      message: 'has duplicate results with labels [["a","1"],["b","2"]]',
    });
  });
});

describe('a stage that the model does not know', () => {
  const stages = alertStages('x > 1', 'prometheus');
  const changed = (refId: string, model: Stage['model']) =>
    stages.map((stage) => (stage.refId === refId ? { ...stage, model: { ...stage.model, ...model } } : stage));

  test.each([
    ['a query over time', 'A', { instant: false }, 'stage A is no instant query'],
    ['a reduction of its own mode', 'B', { settings: { mode: 'dropNN' } }, 'stage B has settings of a reduction'],
    ['a reduction of nothing', 'B', { expression: 'Z' }, 'no stage Z comes before the one that reads it'],
    ['a classic condition', 'C', { type: 'classic_conditions' }, 'stage C is of type classic_conditions'],
    ['other math', 'C', { type: 'math', expression: '$B > 1' }, 'stage C calculates $B > 1'],
    [
      'a range',
      'C',
      { conditions: [{ evaluator: { type: 'within_range', params: [1, 2] } }] },
      'a threshold has the conditions',
    ],
    ['no limit', 'C', { conditions: [{ evaluator: { type: 'gt', params: [] } }] }, 'a threshold has the conditions'],
    ['nothing', 'C', { conditions: [] }, 'a threshold has the conditions'],
    [
      'hysteresis',
      'C',
      { conditions: [{ evaluator: { type: 'gt', params: [1] }, unloadEvaluator: { type: 'lt', params: [0] } }] },
      'a threshold has the conditions',
    ],
  ])('is refused: %s', (_, refId, model, message) => {
    const evaluate = () => evaluateStages({ data: changed(refId, model), condition: 'C' }, [{ labels: {}, value: 1 }]);
    expect(evaluate).toThrow(SemanticsError);
    expect(evaluate).toThrow(message);
  });

  test('is refused as the condition', () => {
    expect(() => evaluateStages({ data: stages, condition: 'D' }, [{ labels: {}, value: 1 }])).toThrow(
      'no stage is the condition D',
    );
  });
});
