import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  findThreshold,
  findWindow,
  scaleDurations,
  setThreshold,
  setWindow,
  TuningError,
  thresholdOf,
  windowOf,
  windowsOf,
} from '../../../../model/promql/literals.ts';
import { selectorsOf } from '../../../../model/promql/selectors.ts';
import { findAll, parsePromql, textOf } from '../../../../model/promql/syntax.ts';
import { expression } from '../../../fixtures/promql.ts';

describe('the threshold', () => {
  test.each([
    ['x > 5', 5, '>'],
    ['x >= 0.25', 0.25, '>='],
    ['x < 1e-7', 1e-7, '<'],
    ['x <= 1_000', 1000, '<='],
    ['x == 0', 0, '=='],
    ['x != 0x1F', 31, '!='],
    ['5 < x', 5, '>'],
    ['5 >= x', 5, '<='],
    ['0 == x', 0, '=='],
    ['x > -5', -5, '>'],
    ['x > - 5', -5, '>'],
    ['-5 < x', -5, '>'],
    ['x > (5)', 5, '>'],
    ['(-5) < x', -5, '>'],
    ['x > --5', 5, '>'],
    ['x > +5', 5, '>'],
    ['x > 1h', 3600, '>'],
    ['x > Inf', Infinity, '>'],
    ['x > -inf', -Infinity, '>'],
    ['x > bool 5', 5, '>'],
    ['x - 3 > 5', 5, '>'],
    ['clamp_max(x, 9) * 2 > 5', 5, '>'],
    ['x @ 1700000000 > 5', 5, '>'],
    ['histogram_quantile(0.99, rate(x_bucket[5m])) > 5', 5, '>'],
    ['max_over_time((x > 5)[1h:1m])', 5, '>'],
    ['x > 5 and on (a) y', 5, '>'],
    ['x > 5\n  and on (a) y > 0 # nothing', undefined, undefined],
    ['x > 5 # threshold\n  and on (a) y > 0', 5, '>'],
    ['x >\n5 # threshold\nand y > 0', 5, '>'],
    ['x > 5\n  and on (a) y > 0 #threshold of y', 0, '>'],
    ['x\n  > (\n 5 # threshold\n) and y > 0', 5, '>'],
  ])('of %s', (expr, value, op) => {
    const found = findThreshold(expr);
    expect(found && { value: found.value, op: found.op }).toEqual(value === undefined ? undefined : { value, op });
  });

  test('a marked literal need not be an operand of a comparison', () => {
    expect(thresholdOf('x > y * 1.5 # threshold')).toEqual({ value: 1.5, from: 8, to: 11 });
  });

  test.each([
    ['up', 'the expression compares with no literal: up'],
    ['a > b', 'the expression compares with no literal: a > b'],
    ['x > 1 + 2', 'the expression compares with no literal: x > 1 + 2'],
    [
      'x > 5\nand y > 0',
      'the expression has 2 literals that could be its threshold and no comment "# threshold" on the line of one: x > 5 and y > 0',
    ],
    ['x > 5 and y > 0 # threshold', 'has 2 literals that could be its threshold'],
    ['x > 5 # threshold\nand y > 0 # threshold\nand z > 1', 'has 2 literals that could be its threshold'],
    ['x > y # threshold', 'compares with no literal'],
    ['x > 5\n# threshold\nand y > 0', 'compares with no literal'],
    ['x{a="# threshold"} > 5 and y > 0', 'has 2 literals'],
    ['x > 5 # thresholds\nand y > 0', 'has 2 literals'],
  ])('of %s is refused', (expr, message) => {
    expect(() => thresholdOf(expr)).toThrow(TuningError);
    expect(() => thresholdOf(expr)).toThrow(message);
    expect(() => setThreshold(expr, 1)).toThrow(TuningError);
    expect(findThreshold(expr)).toBeUndefined();
  });

  test.each([
    ['x > 5', 7, 'x > 7'],
    ['x>5', -7, 'x>-7'],
    ['5<x', -7, '-7<x'],
    ['-5 < x', 7, '7 < x'],
    ['x > - 5', 7, 'x > 7'],
    ['x > (-5) # threshold: why', 0.5, 'x > (0.5) # threshold: why'],
    ['a{b="5"} > 5', 1e-7, 'a{b="5"} > 1e-7'],
    ['a > 5 # threshold\nunless b > 5', 1e21, 'a > 1e+21 # threshold\nunless b > 5'],
  ])('of %s set to %d', (before, value, after) => {
    expect(setThreshold(before, value)).toBe(after);
  });

  const exact = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));

  test('what is set is found again, and setting it twice is setting it once', () => {
    const shapes = [
      'x > 5',
      '-5 >= x',
      'x < (5)',
      'rate(x[5m]) == -5 # why',
      'x > 5 # threshold\nand y > 0',
      '(a - 3) / 2 != 5',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...shapes), exact, exact, (expr, first, second) => {
        const once = setThreshold(expr, first);
        expect(thresholdOf(once).value).toBe(first === 0 ? 0 : first);
        expect(thresholdOf(once).op).toBe(thresholdOf(expr).op);
        expect(setThreshold(once, second)).toBe(setThreshold(expr, second));
      }),
    );
  });

  test('whatever the expression: only the literal changes', () => {
    fc.assert(
      fc.property(expression(3), exact, (expr, value) => {
        const found = findThreshold(expr);
        if (!found) return;
        const changed = setThreshold(expr, value);
        expect(changed.slice(0, found.from)).toBe(expr.slice(0, found.from));
        expect(changed.slice(changed.length - (expr.length - found.to))).toBe(expr.slice(found.to));
        expect(selectorsOf(changed)).toHaveLength(selectorsOf(expr).length);
      }),
    );
  });
});

describe('the window', () => {
  test.each([
    ['rate(x[5m]) > 1', 300],
    ['rate(x[5m]) / rate(y[5m]) > 1', 300],
    ['rate(x[300s]) / rate(y[5m]) > 1', 300],
    ['rate(x[300])', 300],
    ['rate(x[1e3])', 1000],
    ['max_over_time(x[1h:5m])', 3600],
    ['max_over_time(x[1h:])', 3600],
    ['x offset 1h', undefined],
    ['up == 0', undefined],
    ['rate(x[5m]) / rate(y[1h]) > 1', undefined],
    ['rate(x[5m]) # window\n/ rate(y[1h]) > 1', 300],
    ['rate(x[5m])\n/ rate(y[1h]) > 1 # window', 3600],
    ['avg_over_time(rate(x[5m])[1d:10m])', undefined],
    ['avg_over_time(rate(x[5m])\n[1d:10m]) # window', 86_400],
  ])('of %s', (expr, seconds) => {
    expect(findWindow(expr)).toBe(seconds);
  });

  test.each([
    ['up == 0', 'the expression looks over no window: up == 0'],
    ['up == 0 # window', 'the expression looks over no window'],
    [
      'rate(x[5m])\n/ rate(y[1h])',
      'the expression has windows of 5m, 1h and no comment "# window" on the line of one: rate(x[5m]) / rate(y[1h])',
    ],
    ['rate(x[5m]) / rate(y[1h]) # window', 'has windows of 5m, 1h'],
  ])('of %s is refused', (expr, message) => {
    expect(() => windowOf(expr)).toThrow(TuningError);
    expect(() => windowOf(expr)).toThrow(message);
    expect(() => setWindow(expr, 60)).toThrow(TuningError);
  });

  test.each([
    ['rate(x[5m]) > 1', 'rate(x[20m]) > 1'],
    ['rate(x[5m]) / rate(y[5m])', 'rate(x[20m]) / rate(y[20m])'],
    ['rate(x[5m]) # window\n/ rate(y[5m])', 'rate(x[20m]) # window\n/ rate(y[5m])'],
    [
      'rate(x[5m]) # window\n/ rate(y[5m]) # window\n/ rate(z[5m])',
      'rate(x[20m]) # window\n/ rate(y[20m]) # window\n/ rate(z[5m])',
    ],
    ['max_over_time(x[1h:5m] offset 1h)', 'max_over_time(x[20m:5m] offset 1h)'],
  ])('of %s set to 20 minutes', (before, after) => {
    expect(setWindow(before, 1200)).toBe(after);
    expect(windowOf(after)).toBe(1200);
  });

  test('all of them, in the order of the text, without steps and offsets', () => {
    expect(windowsOf('rate(x[5m] offset 2h) / avg_over_time(rate(y[10m])[1d:1m])')).toEqual([300, 86_400, 600]);
  });
});

describe('scaleDurations', () => {
  test.each([
    ['rate(x[10m])', 'rate(x[10s])'],
    ['rate(x[1h:5m] offset 1h)', 'rate(x[1m:5s] offset 1m)'],
    ['x offset -10m', 'x offset -10s'],
    ['rate(x[90s]) > 5', 'rate(x[1s500ms]) > 5'],
    ['rate(x[600])', 'rate(x[10s])'],
    ['x > 1h', 'x > 1h'],
    ['x{a="[10m]"} @ 600 # [10m]', 'x{a="[10m]"} @ 600 # [10m]'],
    ['quantile_over_time(0.5, x[1m])', 'quantile_over_time(0.5, x[1s])'],
  ])('%s in a sixtieth of the time', (before, after) => {
    expect(scaleDurations(before, 60)).toBe(after);
  });

  test('whatever the expression: every duration is divided, and nothing else changes', () => {
    const durations = (expr: string) =>
      findAll(parsePromql(expr).topNode, 'NumberDurationLiteralInDurationContext').map((node) => textOf(expr, node));
    fc.assert(
      fc.property(expression(3), fc.constantFrom(2, 10, 60), (expr, scale) => {
        const scaled = scaleDurations(expr, scale);
        expect(scaled.split(/\[[^\]]*\]|offset -?\w+/)).toEqual(expr.split(/\[[^\]]*\]|offset -?\w+/));
        expect(windowsOf(scaled)).toEqual(windowsOf(expr).map((seconds) => expect.closeTo(seconds / scale, 3)));
        expect(durations(scaled)).toHaveLength(durations(expr).length);
      }),
    );
  });
});
