import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Mutant, mutantsOf } from '../../../../model/mutation/mutants.ts';
import { stepOf } from '../../../../model/mutation/numbers.ts';
import { oneLine, parsePromql } from '../../../../model/promql/syntax.ts';
import type { AlertRule } from '../../../../model/rules/ruleFile.ts';
import { expression } from '../../../fixtures/promql.ts';
import { PROVE, runs } from '../../../fixtures/prove.ts';
import { known } from '../../../fixtures/real.ts';

const alert = (expr: string, rest: Partial<AlertRule> = {}): AlertRule => ({
  kind: 'alert',
  name: 'A',
  expr,
  for: 0,
  keepFiringFor: 0,
  labels: {},
  annotations: {},
  ...rest,
});

/** `name: expression` of each. */
const changes = (expr: string) => mutantsOf(alert(expr)).map(({ name, rule }) => `${name}: ${oneLine(rule.expr)}`);

describe('an expression is changed in', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'its comparison and threshold',
      'x > 5',
      ['comparison > → >=: x >= 5', 'comparison > → <: x < 5', 'threshold 5 → 6: x > 6', 'threshold 5 → 4: x > 4'],
    ],
    [
      'a threshold below zero, on the left',
      '-0.05 >= x',
      [
        'threshold -0.05 → -0.04: -0.04 >= x',
        'threshold -0.05 → -0.06: -0.06 >= x',
        'comparison >= → >: -0.05 > x',
        'comparison >= → <=: -0.05 <= x',
      ],
    ],
    ['an equality', 'x == y', ['comparison == → !=: x != y']],
    [
      'its function and window',
      'rate(x[10m])',
      ['function rate → increase: increase(x[10m])', 'window 10m → 5m: rate(x[5m])', 'window 10m → 20m: rate(x[20m])'],
    ],
    [
      'the window of a subquery, not its step',
      'y(x[1h:5m])'.replace('y', 'last_over_time'),
      [
        'function last_over_time → max_over_time: max_over_time(x[1h:5m])',
        'window 1h → 30m: last_over_time(x[30m:5m])',
        'window 1h → 2h: last_over_time(x[2h:5m])',
      ],
    ],
    [
      'its offset',
      'x offset 1d',
      ['offset 1d dropped: x', 'offset 1d → 12h: x offset 12h', 'offset 1d → 2d: x offset 2d'],
    ],
    [
      'aggregation and grouping',
      'max by (network, instance) (x)',
      [
        'aggregation max → min: min by (network, instance) (x)',
        'by network dropped: max by (instance) (x)',
        'by instance dropped: max by (network) (x)',
      ],
    ],
    [
      'matching',
      'x and on (network) y',
      ['set and → unless: x unless on (network) y', 'on network dropped: x and on () y'],
    ],
    [
      'matchers',
      'x{a="b", c!~"d|e"}',
      [
        'matcher a="b" dropped: x{c!~"d|e"}',
        'matcher c!~"d|e" dropped: x{a="b"}',
        'matcher a="b" negated: x{a!="b", c!~"d|e"}',
        'matcher c!~"d|e" negated: x{a="b", c=~"d|e"}',
      ],
    ],
    ['nothing where all that selects would go', '{__name__="x"}', []],
    [
      'what is asked of silence',
      'absent(x{a="b"})',
      [
        'function absent removed: (x{a="b"} )',
        'matcher a="b" dropped: absent(x{})',
        'matcher a="b" negated: absent(x{a!="b"})',
      ],
    ],
    ['arithmetic', 'x - y', ['arithmetic - → +: x + y']],
    ['a sign', '-x', ['arithmetic sign dropped: x']],
  ])('%s', (_, expr, expected) => {
    expect(changes(expr).sort()).toEqual([...expected].sort());
  });

  test('the same way twice: the second is numbered', () => {
    expect(mutantsOf(alert('rate(x[10m]) / rate(y[10m])')).map(({ name }) => name)).toContain('window 10m → 5m (2)');
  });

  test('where a comment stands between, which stays one', () => {
    const [first] = mutantsOf(alert('abs( # why\n x # the last\n)'));
    expect(first?.rule.expr).toBe('(x\n)');
  });
});

test('times are left out, halved and doubled', () => {
  const mutants = mutantsOf(alert('x', { for: 600, keepFiringFor: 60 }));
  const times = ({ name, key, rule }: Mutant) => [
    name,
    key,
    ...(rule.kind === 'alert' ? [rule.for, rule.keepFiringFor] : []),
  ];
  expect(mutants.map(times)).toEqual([
    ['for 10m removed', 'for', 0, 60],
    ['for 10m → 5m', 'for', 300, 60],
    ['for 10m → 20m', 'for', 1200, 60],
    ['keep_firing_for 1m removed', 'keep_firing_for', 600, 0],
    ['keep_firing_for 1m → 30s', 'keep_firing_for', 600, 30],
    ['keep_firing_for 1m → 2m', 'keep_firing_for', 600, 120],
  ]);
});

test.each([
  [0, 1],
  [1, 1],
  [60, 10],
  [1800, 100],
  [0.05, 0.01],
  [1.05, 0.01],
  [-3, 1],
  [5242880, 10000],
])('a step of %d is %d', (value, step) => {
  expect(stepOf(value)).toBeCloseTo(step, 10);
});

/** Each parses, is another rule than the first and than all others, and says by its name which. */
function expectMutants(rule: AlertRule): void {
  const mutants = mutantsOf(rule);
  for (const mutant of mutants) parsePromql(mutant.rule.expr);
  const all = [rule, ...mutants.map((mutant) => mutant.rule)].map((each) => JSON.stringify(each));
  expect(new Set(all).size).toBe(all.length);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  for (const { key, offset } of mutants) if (key === 'expr') expect(offset).toBeLessThan(rule.expr.length);
}

test('of any expression, each mutant parses and is like no other', () => {
  fc.assert(
    fc.property(expression(3), (expr) => expectMutants(alert(expr.trim(), { for: 60 }))),
    { numRuns: runs(200) },
  );
});

test('of the packs, too; and each alert has some', () => {
  const rules = known.packs.all().flatMap(({ groups }) => groups.flatMap((group) => group.rules));
  // The rules layer plays all mutants anyway; here every fifth alert will do.
  for (const [index, rule] of rules.entries()) {
    if (rule.kind !== 'alert' || (!PROVE && index % 5 !== 0)) continue;
    expectMutants(rule);
    if (rule.expr !== 'vector(1)') expect(mutantsOf(rule).length).toBeGreaterThan(3);
  }
});
