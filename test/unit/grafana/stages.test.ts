import { describe, expect, test } from 'vitest';
import { alertStages, type Stage } from '../../../model/grafana/stages.ts';

const readings = [-Infinity, -1, 0, 1, 4.999, 5, 5.001, Infinity, Number.NaN];

/** What Prometheus makes of `x op 5` for one series: a value, or nothing. Go and JavaScript compare floats alike. */
const prometheus: Readonly<Record<string, (reading: number) => boolean>> = {
  '>': (x) => x > 5,
  '>=': (x) => x >= 5,
  '<': (x) => x < 5,
  '<=': (x) => x <= 5,
  '==': (x) => x === 5,
  '!=': (x) => x !== 5,
};

/** Grafana's threshold predicates (pkg/expr/threshold.go), and the one math expression that we use (pkg/expr/mathexp/funcs.go). */
const evaluators: Readonly<Record<string, (reading: number, limit: number) => boolean>> = {
  gt: (x, limit) => x > limit,
  gte: (x, limit) => x >= limit,
  lt: (x, limit) => x < limit,
  lte: (x, limit) => x <= limit,
  eq: (x, limit) => x === limit,
  ne: (x, limit) => x !== limit,
};

function fires({ model }: Stage, reading: number | null): boolean {
  if (model.type === 'math') {
    expect(model.expression).toBe('is_null($B) == 0');
    return reading !== null;
  }
  expect(model).toMatchObject({ type: 'threshold', expression: 'B' });
  const [condition] = model.conditions as [{ evaluator: { type: string; params: [number] } }];
  const { type, params } = condition.evaluator;
  const evaluate = evaluators[type];
  if (!evaluate || reading === null) throw new Error(`Grafana knows no ${type}`);
  return evaluate(reading, params[0]);
}

function stagesOf(expr: string): { a: Stage; b: Stage; c: Stage } {
  const [a, b, c, ...others] = alertStages(expr, 'mimir');
  if (!a || !b || !c || others.length > 0) throw new Error('not three stages');
  return { a, b, c };
}

describe('a comparison becomes query, reduce and threshold', () => {
  test.each(Object.keys(prometheus))('that fires for `x %s 5` as Prometheus does', (op) => {
    const { a, c } = stagesOf(`sum by (instance) (x) ${op} 5`);
    expect(a.model.expr).toBe('sum by (instance) (x)');
    for (const reading of readings) expect(fires(c, reading), String(reading)).toBe(prometheus[op]?.(reading));
  });

  test('read from the right where the number stands on the left', () => {
    const { a, c } = stagesOf('5 < x');
    expect([a.model.expr, fires(c, 5), fires(c, 6)]).toEqual(['x', false, true]);
  });
});

describe('where the query decides, every value of it fires', () => {
  test.each(['x > 5 and on (instance) y', 'absent(x)', 'x > y', 'x > bool 5', 'x < Inf', 'x != NaN'])('%s', (expr) => {
    const { a, c } = stagesOf(expr);
    expect(a.model.expr).toBe(expr);
    for (const reading of readings) expect(fires(c, reading), String(reading)).toBe(true);
    expect(fires(c, null)).toBe(false);
  });
});

test('the stages say all that Grafana would fill in, and are never classic conditions', () => {
  const { a, b, c } = stagesOf('x > 5');
  expect(a).toEqual({
    refId: 'A',
    datasourceUid: 'mimir',
    queryType: '',
    relativeTimeRange: { from: 600, to: 0 },
    model: {
      datasource: { type: 'prometheus', uid: 'mimir' },
      expr: 'x',
      instant: true,
      range: false,
      refId: 'A',
      intervalMs: 1000,
      maxDataPoints: 43_200,
    },
  });
  expect(b.model).toMatchObject({ type: 'reduce', expression: 'A', reducer: 'last' });
  for (const { datasourceUid, model } of [b, c]) {
    expect(datasourceUid).toBe('__expr__');
    expect(model).toMatchObject({ intervalMs: 1000, maxDataPoints: 43_200, datasource: { uid: '__expr__' } });
  }
});
