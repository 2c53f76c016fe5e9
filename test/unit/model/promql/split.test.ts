import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitComparison } from '../../../../model/promql/split.ts';
import { parsePromql } from '../../../../model/promql/syntax.ts';
import { expression } from '../../../fixtures/promql.ts';

describe('splitComparison', () => {
  test.each([
    ['a > 5', 'a', '>', 5],
    ['5 > a', 'a', '<', 5],
    ['-5 <= a', 'a', '>=', -5],
    ['a == 0', 'a', '==', 0],
    ['a != -1', 'a', '!=', -1],
    ['(a > 5)', 'a', '>', 5],
    ['((a)) > (5)', '((a))', '>', 5],
    ['# why\n(a > 5) # because', 'a', '>', 5],
    ['a - b > 5', 'a - b', '>', 5],
    ['sum by (x) (a > 3) > 5', 'sum by (x) (a > 3)', '>', 5],
    ['rate(a[5m])\n  / # share\n  rate(b[5m])\n> 0.5', 'rate(a[5m])\n  / # share\n  rate(b[5m])', '>', 0.5],
    ['a > 1h', 'a', '>', 3600],
  ])('%s is a query and a threshold', (expr, query, op, value) => {
    expect(splitComparison(expr)).toEqual({ query, threshold: { op, value } });
  });

  test.each([
    'up',
    'a > b',
    'a > bool 5',
    'a > 5 and b',
    'a > 5 or b > 5',
    'absent(a)',
    'a > on (x) b',
    'a unless b > 5',
    'vector(1)',
    'sum(a > 5)',
    'a > 2 * 3',
  ])('%s stays whole', (expr) => {
    expect(splitComparison(` ${expr}\n`)).toEqual({ query: expr });
  });

  test('of two comparisons the outermost is split off', () => {
    expect(splitComparison('a > 5 < 10')).toEqual({ query: 'a > 5', threshold: { op: '<', value: 10 } });
  });

  test('whatever the expression: the query parses, and compared with the threshold it splits the same again', () => {
    fc.assert(
      fc.property(expression(3), (expr) => {
        const { query, threshold } = splitComparison(expr);
        expect(() => parsePromql(query)).not.toThrow();
        if (threshold && Number.isFinite(threshold.value))
          expect(splitComparison(`${query} ${threshold.op} ${threshold.value}`)).toEqual({ query, threshold });
      }),
    );
  });
});
