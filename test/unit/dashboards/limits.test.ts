import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Limit, limitOf, type Step, stepsOf } from '../../../model/dashboards/limits.ts';
import { runs } from '../../fixtures/prove.ts';

const high: Limit = { severity: 'critical', value: 10, op: '>' };
const higher: Limit = { severity: 'warning', value: 5, op: '>' };

describe('limitOf', () => {
  test.each([
    ['min', { op: '>', value: 10 }, 's', { severity: 'warning', value: 600, op: '>' }],
    ['ratio', { op: '<', value: 0.2 }, '%', { severity: 'warning', value: 20, op: '<' }],
    ['requests', { op: '>', value: 5 }, 'messages', { severity: 'warning', value: 5, op: '>' }],
    ['blocks/s', { op: '<', value: 0.4 }, 'blocks/s', { severity: 'warning', value: 0.4, op: '<' }],
    // Nothing to draw: another kind, a rate beside an amount, equality, no number, none at all.
    ['s', { op: '>', value: 5 }, 'ratio', undefined],
    ['blocks', { op: '>', value: 5 }, 'blocks/s', undefined],
    ['bool', { op: '==', value: 0 }, 'bool', undefined],
    ['s', { op: '>', value: Number.POSITIVE_INFINITY }, 's', undefined],
    ['s', { value: 5 }, 's', undefined],
    ['s', undefined, 's', undefined],
  ] as const)('%s %j in a panel of %s', (unit, threshold, panelUnit, expected) => {
    const alert = { severity: 'warning', unit, ...(threshold ? { threshold } : {}) } as const;
    expect(limitOf(alert, panelUnit)).toEqual(expected);
  });
});

describe('stepsOf', () => {
  test('lines lie on the limits', () => {
    expect(stepsOf([high, higher], 'transparent', 'line')).toEqual([
      { value: null, color: 'transparent' },
      { value: 5, color: 'orange' },
      { value: 10, color: 'red' },
    ]);
  });

  test('what is bad when low is coloured from below', () => {
    const low: Limit = { severity: 'critical', value: 0.1, op: '<' };
    const lower: Limit = { severity: 'warning', value: 0.5, op: '<' };
    expect(stepsOf([lower, low], 'green', 'colour')).toEqual([
      { value: null, color: 'red' },
      { value: 0.1, color: 'orange' },
      { value: 0.5, color: 'green' },
    ]);
  });

  test('a limit of nothing leaves nothing green', () => {
    const steps = stepsOf([{ severity: 'critical', value: 0, op: '>' }], 'green', 'colour');
    expect([colourOf(steps, 0), colourOf(steps, 1)]).toEqual(['green', 'red']);
  });

  test('without limits all is fine', () => {
    expect(stepsOf([], 'green', 'colour')).toEqual([{ value: null, color: 'green' }]);
  });

  test('each reading has the colour of the worst alert that fires for it', () => {
    const limit = fc.record({
      severity: fc.constantFrom('critical', 'warning', 'info'),
      value: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constant(0.5)),
      op: fc.constantFrom('>', '>=', '<', '<='),
    }) as fc.Arbitrary<Limit>;
    const colours = { critical: 'red', warning: 'orange', info: 'blue' } as const;
    fc.assert(
      fc.property(fc.array(limit, { maxLength: 4 }), fc.integer({ min: -40, max: 40 }), (limits, half) => {
        const reading = half / 2;
        const firing = limits.filter(({ op, value }) => {
          if (op === '>') return reading > value;
          if (op === '>=') return reading >= value;
          return op === '<' ? reading < value : reading <= value;
        });
        const worst = (['critical', 'warning', 'info'] as const).find((severity) =>
          firing.some((one) => one.severity === severity),
        );
        expect(colourOf(stepsOf(limits, 'green', 'colour'), reading)).toBe(worst ? colours[worst] : 'green');
      }),
      { numRuns: runs(500) },
    );
  });
});

/** As Grafana chooses it: the last step that the reading has reached. */
function colourOf(steps: readonly Step[], reading: number): string | undefined {
  return steps.filter(({ value }) => value === null || reading >= value).at(-1)?.color;
}
