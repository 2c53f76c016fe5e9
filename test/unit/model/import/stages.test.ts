/** Grafana's stages as one expression. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertStages } from '../../../../model/grafana/stages.ts';
import { readRules } from '../../../../model/import/read.ts';
import type { Gathered } from '../../../../model/import/types.ts';
import { parsePromql } from '../../../../model/promql/syntax.ts';
import { known } from '../../../fixtures/toy.ts';

type Model = Readonly<Record<string, unknown>>;
const query = (expr: string, more: Model = { instant: true }) => ({
  refId: 'A',
  datasourceUid: 'prom',
  relativeTimeRange: { from: 1200, to: 0 },
  model: { expr, ...more },
});
const stage = (refId: string, model: Model) => ({ refId, datasourceUid: '__expr__', model });
const reduce = (reducer: string) => stage('B', { type: 'reduce', expression: 'A', reducer });
const threshold = (type: string, ...params: number[]) =>
  stage('C', { type: 'threshold', expression: 'B', conditions: [{ evaluator: { type, params } }] });
const math = (expression: string) => stage('C', { type: 'math', expression });
const classic = (
  ...conditions: readonly (readonly [ref: string, reducer: string, type: string, limit: number, join?: string])[]
) =>
  stage('C', {
    type: 'classic_conditions',
    conditions: conditions.map(([ref, reducer, type, limit, join = 'and']) => ({
      query: { params: [ref] },
      reducer: { type: reducer },
      evaluator: { type, params: [limit] },
      operator: { type: join },
    })),
  });
const read = (data: readonly unknown[], condition = 'C'): Gathered =>
  readRules(JSON.stringify([{ title: 'A', condition, data, for: '5m' }]), 'x.json');
const exprOf = (data: readonly unknown[], condition?: string) => {
  const { rules, untranslated } = read(data, condition);
  expect(untranslated).toEqual([]);
  return rules[0]?.expr;
};
const second = { ...query('k'), refId: 'D' };

describe('becomes one expression', () => {
  test.each<[string, readonly unknown[], string]>([
    ['an instant query above a limit', [query('g'), reduce('last'), threshold('gt', 5)], 'g > 5'],
    ['one that has an operator', [query('g / k'), reduce('last'), threshold('lte', 0.1)], '(g / k) <= 0.1'],
    ['a range, and its last value', [query('g', { range: true }), reduce('last'), threshold('lt', 5)], 'g < 5'],
    [
      'a range, and its mean',
      [query('g{a="x"}', {}), reduce('mean'), threshold('gt', 5)],
      'avg_over_time(g{a="x"}[20m]) > 5',
    ],
    [
      'a range of an expression',
      [query('rate(c[10m])', {}), reduce('max'), threshold('gt', 5)],
      'max_over_time(rate(c[10m])[20m:]) > 5',
    ],
    ['its median', [query('g', {}), reduce('median'), threshold('gt', 5)], 'quantile_over_time(0.5, g[20m]) > 5'],
    ['a range of values', [query('g'), reduce('last'), threshold('within_range', 1, 5)], '(g > 1) < 5'],
    ['outside of it', [query('g'), reduce('last'), threshold('outside_range', 5, 1)], 'g < 1 or g > 5'],
    ['a query that compares as the threshold does', [query('g > 5'), reduce('last'), threshold('gt', 0)], 'g > 5'],
    [
      'one whose comparison is further in',
      [query('count(g > 1e9)'), reduce('last'), threshold('gte', 3)],
      'count(g > 1e9) >= 3',
    ],
    ['math', [query('g'), second, math('$A / \u0024{D} * 100 < 10')], '((g / k) * 100) < 10'],
    ['math that joins', [query('g'), second, math('$A > 1 && ($D < 2 || !$D)')], '(g > 1) and ((k < 2) or (k == 0))'],
    ['math without a comparison', [query('g'), math('abs($A) - 1')], '(abs(g) - 1) != 0'],
    [
      'counted comparisons',
      [query('g'), second, math('($A > 1) + ($D > 1) >= 2')],
      '((g > bool 1) + (k > bool 1)) >= 2',
    ],
    ['a power and a sign', [query('g'), math('-$A ** 2 < 4')], '((-g) ^ 2) < 4'],
    ['whether there is a value', [query('g'), math('is_null($A) == 0')], 'g'],
    ['whether there is none', [query('g'), math('is_null($A)')], 'absent(g)'],
    ['a classic condition', [query('g', {}), classic(['A', 'avg', 'gt', 5])], 'avg_over_time(g[20m]) > 5'],
    [
      'two classic conditions',
      [query('g'), second, classic(['A', 'last', 'gt', 5], ['D', 'last', 'lt', 1])],
      '(g > 5) and on () (k < 1)',
    ],
    [
      'one or the other',
      [query('g'), second, classic(['A', 'last', 'gt', 5], ['D', 'last', 'lt', 1, 'or'])],
      '(g > 5) or (k < 1)',
    ],
    ['a comment in the query', [query('g # why'), reduce('last'), threshold('gt', 5)], '(g # why\n) > 5'],
    [
      'variables of a dashboard',
      [query('rate(c[$__rate_interval])'), reduce('last'), threshold('gt', 5)],
      'rate(c[10m]) > 5',
    ],
  ])('%s', (_, data, expr) => {
    expect(exprOf(data)).toBe(expr);
    parsePromql(expr);
  });

  test('a query that decides by itself fires where it is not 0, unless it compares', () => {
    expect(exprOf([query('g')], 'A')).toBe('g != 0');
    expect(exprOf([query('g > 5')], 'A')).toBe('g > 5');
  });

  test('what is recorded keeps its 0', () => {
    const rule = { title: 't', data: [query('g')], record: { metric: 'a:b:c', from: 'A' } };
    expect(readRules(JSON.stringify([rule]), 'x').rules).toMatchObject([
      { kind: 'recording', name: 'a:b:c', expr: 'g' },
    ]);
  });
});

describe('is named where there is no expression for it', () => {
  test.each<[readonly unknown[], string]>([
    [[query('x', { datasource: { type: 'loki' } })], 'asks a data source of the type loki, not Prometheus'],
    [[query('')], 'asks its data source by something else than PromQL'],
    [[query('sum(('), reduce('last')], 'PromQL does not parse at its end'],
    [[query('g', {}), reduce('diff')], 'reduces by diff, which PromQL does not know'],
    [[stage('C', { type: 'resample', expression: 'A' })], 'has a stage of the type resample'],
    [[stage('C', { type: 'sql' })], 'has a stage of the type sql'],
    [[math('$Z > 1')], 'refers to the stage Z, which it does not have'],
    [[math('$C > 1')], 'refers to the stage C within that stage'],
    [[query('g'), math('$A >')], 'has the math "$A >", which does not parse at "its end"'],
    [[query('g'), math('$A § 2')], 'has the math "$A § 2", which does not parse at "§ 2"'],
    [[query('g'), math('is_inf($A) + 1 > 0')], 'has math with is_inf, which PromQL does not know'],
    [[query('g'), math('($A > 1 && $A < 2) + 1')], 'counts with the outcome of &&'],
    [[query('g'), math(`${'('.repeat(500)}$A`)], 'nested too deep'],
    [[query('g'), reduce('last'), threshold('near', 1)], 'compares by "near" with [1]'],
    [[query('g'), classic()], 'has a classic condition that says nothing'],
    [[], 'refers to the stage "", which it does not have'],
  ])('%#', (data, reason) => {
    const { rules, untranslated } = read(data, data.length === 1 && data[0] === undefined ? '' : '');
    expect(rules).toEqual([]);
    expect(untranslated).toEqual([expect.objectContaining({ name: 'A', reason: expect.stringContaining(reason) })]);
  });
});

describe('tells what was never as it seemed', () => {
  test.each<[readonly unknown[], string]>([
    [
      [query('up == 0'), reduce('last'), threshold('gt', 0)],
      'never fires in Grafana: its query keeps only what is 0, and the condition asks for > 0',
    ],
    [[query('up == 0'), math('$A')], 'does not fire in Grafana where its value is 0'],
    [[query('g'), classic(['A', 'avg', 'gt', 5])], 'is a classic condition, which is one alert for all series'],
  ])('%#', (data, message) => {
    expect(
      read(data)
        .remarks.map((remark) => remark.message)
        .join('\n'),
    ).toContain(message);
  });
});

test('what we ourselves give Grafana comes back as it was', () => {
  const exprs = known.packs.all().flatMap(({ groups }) => groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)));
  expect(exprs.length).toBeGreaterThan(5);
  for (const expr of [
    ...exprs,
    'g > 5',
    '5 < g',
    'g',
    'g == bool 1',
    'a and b',
    '(a > 1) > 2',
    'g > Inf',
    'absent(g)',
  ]) {
    const stages = alertStages(expr, 'prom');
    const back = exprOf(stages) ?? '';
    const again = alertStages(back, 'prom');
    expect(again.slice(1)).toEqual(stages.slice(1));
    const [text, before] = [again[0]?.model.expr, stages[0]?.model.expr];
    expect([before, `(${before})`, `(${before}\n)`]).toContain(text);
  }
});

test('whatever the math is, there is an expression that parses, or a reason', () => {
  const piece = fc.constantFrom(
    '$A',
    '\u0024{D}',
    '1',
    '.5',
    '1e3',
    '(',
    ')',
    '+',
    '-',
    '*',
    '**',
    '/',
    '%',
    '&&',
    '||',
    '!',
    '==',
    '<',
    'abs(',
    'is_null(',
    ' ',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 15 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (given) => {
      const { rules, untranslated } = read([query('g'), second, math(given)]);
      expect(rules.length + untranslated.length).toBe(1);
      for (const { expr } of rules) parsePromql(expr);
    }),
  );
});
