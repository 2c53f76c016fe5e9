import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Level, levelsOf } from '../../../model/dashboards/levels.ts';
import { COLORS, type Limit, WORST_FIRST } from '../../../model/dashboards/limits.ts';
import { parsePromql } from '../../../model/promql/syntax.ts';
import { runs } from '../../fixtures/prove.ts';

const limits = fc.array(
  fc.record({
    severity: fc.constantFrom('critical', 'warning', 'info'),
    op: fc.constantFrom('>', '>=', '<', '<='),
    value: fc.integer({ min: -5, max: 5 }),
  }),
  { minLength: 1, maxLength: 3 },
);
const named = (all: readonly Omit<Limit, 'recorded'>[]): Limit[] =>
  all.map((limit, index) => ({ ...limit, recorded: { alert: `A${index}`, expr: `limit_${index}` } }));

/** Whether the query has the reading, by Prometheus' rules for comparisons with a scalar: one after the other, then `or`. */
function has({ expr }: Level, reading: number, all: readonly Limit[]): boolean {
  return expr.split(' or ').some((one) =>
    [...one.matchAll(/ (>=|<=|>|<) scalar\(limit_(\d)\)/g)].every(([, op = '', index]) => {
      const value = all[Number(index)]?.value ?? Number.NaN;
      return fires(reading, op, value);
    }),
  );
}

function fires(reading: number, op: string, value: number): boolean {
  return { '>': reading > value, '>=': reading >= value, '<': reading < value, '<=': reading <= value }[op] ?? false;
}

describe('levelsOf', () => {
  test('gives each reading one colour: that of the worst alert which fires', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: -6, max: 6 }), (plain, reading) => {
        const all = named(plain);
        const coloured = levelsOf('r', all, 'fine').filter(({ color }) => color !== undefined);
        const worst = WORST_FIRST.find((severity) =>
          all.some((limit) => limit.severity === severity && fires(reading, limit.op, limit.value)),
        );
        const shown = coloured.filter((level) => has(level, reading, all)).map(({ color }) => color);
        expect(shown).toEqual([worst ? COLORS[worst] : 'fine']);
      }),
      { numRuns: runs(300) },
    );
  });

  test('can be read by Prometheus, whatever the reading is', () => {
    const all = named([
      { severity: 'warning', op: '>', value: 1 },
      { severity: 'warning', op: '<', value: 0 },
      { severity: 'critical', op: '>=', value: 5 },
    ]);
    const levels = levelsOf('a\n  and on (x) b > 2 or c', all, 'green');
    for (const { expr } of levels) expect(() => parsePromql(expr)).not.toThrow();
    expect(levels.map(({ color }) => color)).toEqual(['red', 'orange', 'green', undefined]);
  });

  test('holds a reading against a number where the limit is no series', () => {
    expect(levelsOf('r', [{ severity: 'critical', op: '>', value: 0 }], 'green').map(({ expr }) => expr)).toEqual([
      '(r) > 0',
      '(r) <= 0',
      '(r)',
    ]);
  });
});
