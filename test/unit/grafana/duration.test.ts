import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../../config/duration.ts';
import { grafanaDuration } from '../../../model/grafana/duration.ts';

describe('grafanaDuration', () => {
  test.each([
    [0, '0s'],
    [0.25, '250ms'],
    [30, '30s'],
    [60, '1m'],
    [90, '1m30s'],
    [3600, '1h'],
    [86_400, '1d'],
    [604_800, '1w'],
    [691_200, '8d'],
    [31_536_000, '1y'],
    [31_622_400, '366d'],
  ])('writes %d s as %s', (seconds, text) => {
    expect(grafanaDuration(seconds)).toBe(text);
  });

  test('means the same time again, and has one spelling for it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (milliseconds) => {
        const text = grafanaDuration(milliseconds / 1000);
        expect(Math.round(parseDuration(text) * 1000)).toBe(milliseconds);
        expect(grafanaDuration(parseDuration(text))).toBe(text);
      }),
    );
  });
});
