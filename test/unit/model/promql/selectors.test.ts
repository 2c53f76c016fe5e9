import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addMatchers, type Matcher, metricsOf, selectorsOf } from '../../../../model/promql/selectors.ts';
import { findAll, parsePromql, textOf } from '../../../../model/promql/syntax.ts';
import { expression } from '../../../fixtures/promql.ts';
import { runs } from '../../../fixtures/prove.ts';

const NETWORK: Matcher = { label: 'network', op: '=', value: 'op-test' };

/** The texts of all nodes of a kind: comments, or everything between the operators. */
function texts(expr: string, kind: string): string[] {
  return findAll(parsePromql(expr).topNode, kind).map((node) => textOf(expr, node));
}

describe('selectorsOf', () => {
  test('reads names and matchers in every spelling', () => {
    expect(selectorsOf(`up{job="a", x!='b', y=~\`c|d\`, "dotted.label"!~"e"} > {"dotted.name", z="f"}`)).toEqual([
      {
        metric: 'up',
        matchers: [
          { label: 'job', op: '=', value: 'a' },
          { label: 'x', op: '!=', value: 'b' },
          { label: 'y', op: '=~', value: 'c|d' },
          { label: 'dotted.label', op: '!~', value: 'e' },
        ],
        at: 0,
      },
      { metric: 'dotted.name', matchers: [{ label: 'z', op: '=', value: 'f' }], at: 53 },
    ]);
  });

  test('takes __name__ for the metric only where it is one name', () => {
    expect(selectorsOf('{__name__="up"}')).toEqual([{ metric: 'up', matchers: [], at: 0 }]);
    expect(selectorsOf('{__name__=~"node_.+"}')).toEqual([
      { matchers: [{ label: '__name__', op: '=~', value: 'node_.+' }], at: 0 },
    ]);
  });

  test('sees selectors wherever they stand', () => {
    const expr =
      'sum by (a) (rate(b[5m] offset 1h)) / on (a) c > bool max_over_time((d unless e)[1h:1m]) or absent(f{g="h"})';
    expect(metricsOf(expr)).toEqual(['b', 'c', 'd', 'e', 'f']);
  });

  test('lists each name once, sorted', () => {
    expect(metricsOf('b / a + b{x="y"}')).toEqual(['a', 'b']);
  });
});

describe('addMatchers', () => {
  test.each([
    ['up', 'up{network="op-test"}'],
    ['up{}', 'up{network="op-test"}'],
    ['up{ }', 'up{network="op-test" }'],
    ['up{job="a"}', 'up{network="op-test",job="a"}'],
    ['up{job="a",}', 'up{network="op-test",job="a",}'],
    ['up{network=~"a|b"}', 'up{network=~"a|b"}'],
    ['{__name__="up"}', '{network="op-test",__name__="up"}'],
    ['{"a.b"}', '{network="op-test","a.b"}'],
    ['rate(up[5m])', 'rate(up{network="op-test"}[5m])'],
    ['up offset 5m', 'up{network="op-test"} offset 5m'],
    ['sum by (network) (up)', 'sum by (network) (up{network="op-test"})'],
    ['up # up\n> 0', 'up{network="op-test"} # up\n> 0'],
    ['vector(1)', 'vector(1)'],
    ['label_replace(up, "x", "up", "y", "up")', 'label_replace(up{network="op-test"}, "x", "up", "y", "up")'],
  ])('%s becomes %s', (before, after) => {
    expect(addMatchers(before, [NETWORK])).toBe(after);
  });

  test('quotes what the value needs', () => {
    const expr = addMatchers('up', [{ label: 'a', op: '=~', value: 'x"\\d\n' }]);
    expect(expr).toBe('up{a=~"x\\"\\\\d\\n"}');
    expect(selectorsOf(expr)[0]?.matchers).toEqual([{ label: 'a', op: '=~', value: 'x"\\d\n' }]);
  });

  test('gives each metric its own', () => {
    const own = (metric: string | undefined) => (metric === 'l1_gas_price' ? [] : [NETWORK]);
    expect(addMatchers('up * l1_gas_price{x="y"}', own)).toBe('up{network="op-test"} * l1_gas_price{x="y"}');
  });

  const value = fc.oneof(fc.constantFrom('op-test', '', 'a"b', 'a\\b', '`', '{}#'), fc.string());
  const added = fc.uniqueArray(
    fc.record({
      label: fc.constantFrom('network', 'environment', 'job'),
      op: fc.constantFrom('=' as const, '!=' as const),
      value,
    }),
    { selector: (matcher) => matcher.label, minLength: 1, maxLength: 3 },
  );

  test('whatever the expression: it parses, reads the same metrics, is narrowed everywhere, and nothing else changes', () => {
    fc.assert(
      fc.property(expression(3), added, (expr, matchers) => {
        const narrowed = addMatchers(expr, matchers);
        const before = selectorsOf(expr);
        const after = selectorsOf(narrowed);
        expect(after.map((selector) => selector.metric)).toEqual(before.map((selector) => selector.metric));
        for (const [index, selector] of after.entries()) {
          const own = before[index]?.matchers ?? [];
          const fresh = matchers.filter((matcher) => !own.some((kept) => kept.label === matcher.label));
          expect(selector.matchers).toEqual([...fresh, ...own]);
        }
        for (const kind of ['LineComment', 'NumberDurationLiteral', 'DurationExpr', 'GroupingLabels'])
          expect(texts(narrowed, kind)).toEqual(texts(expr, kind));
      }),
      { numRuns: runs(100) },
    );
  });

  test('a second time changes nothing', () => {
    fc.assert(
      fc.property(expression(3), added, (expr, matchers) => {
        const once = addMatchers(expr, matchers);
        expect(addMatchers(once, matchers)).toBe(once);
      }),
    );
  });
});
