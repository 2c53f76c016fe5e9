import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DurationError, formatDuration, parseDuration } from '../../../config/duration.ts';

describe('parseDuration', () => {
  test.each([
    ['0', 0],
    ['0s', 0],
    ['500ms', 0.5],
    ['1s', 1],
    ['90s', 90],
    ['1m', 60],
    ['1h30m', 5400],
    ['1d', 86_400],
    ['1w', 604_800],
    ['1y', 31_536_000],
    ['1y2w3d4h5m6s7ms', 31_536_000 + 2 * 604_800 + 3 * 86_400 + 4 * 3600 + 5 * 60 + 6.007],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each([
    '',
    '10',
    'm',
    '1.5h',
    '-5m',
    ' 5m',
    '5m ',
    '5 m',
    '30m1h',
    '5m5m',
    '10min',
    '5M',
    '5ms1s',
    'ten minutes',
  ])('refuses "%s" as Prometheus does, and shows how a good one looks', (text) => {
    const read = () => parseDuration(text);
    expect(read).toThrow(DurationError);
    expect(read).toThrow(`"${text}" is not a duration, such as 30s, 10m or 1h30m (largest unit first)`);
  });
});

describe('formatDuration', () => {
  test.each([
    [0, '0s'],
    [0.25, '250ms'],
    [1.5, '1s500ms'],
    [60, '1m'],
    [5400, '1h30m'],
    [86_400, '1d'],
    [604_800, '7d'],
    [31_536_000, '365d'],
    [90_061.001, '1d1h1m1s1ms'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test('what it writes is read back as the same number of milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e13 }), (milliseconds) => {
        const text = formatDuration(milliseconds / 1000);
        expect(Math.round(parseDuration(text) * 1000)).toBe(milliseconds);
      }),
    );
  });

  test('is a fixed point: writing what was read of it changes nothing', () => {
    const parts = fc.tuple(
      ...Array.from({ length: 7 }, () => fc.option(fc.integer({ min: 0, max: 999 }), { nil: undefined })),
    );
    fc.assert(
      fc.property(parts, (counts) => {
        const units = ['y', 'w', 'd', 'h', 'm', 's', 'ms'];
        const text =
          counts.map((count, index) => (count === undefined ? '' : `${count}${units[index]}`)).join('') || '0';
        const written = formatDuration(parseDuration(text));
        expect(formatDuration(parseDuration(written))).toBe(written);
        expect(parseDuration(written)).toBeCloseTo(parseDuration(text), 3);
      }),
    );
  });
});
