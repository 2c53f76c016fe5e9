import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acknowledgementIn } from '../../../services/agent/push/acknowledgement.ts';
import { backoff, MAX_REST_MS, retryAfter } from '../../../services/agent/push/backoff.ts';
import { verdictOf } from '../../../services/agent/push/verdict.ts';

const LIMITS = { min: 1_000, max: 60_000 };

describe('the wait after rounds that failed', () => {
  test('doubles up to its bound, half of it by chance', () => {
    const waits = (chance: number) =>
      [1, 2, 3, 6, 7, 50, 5_000].map((failures) => backoff(failures, 0, chance, LIMITS));
    expect(waits(0)).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000]);
    expect(waits(0.5)).toEqual([750, 1_500, 3_000, 24_000, 45_000, 45_000, 45_000]);
  });

  test('is never shorter than an aggregator asks for, and those who were told the same come apart', () => {
    expect(backoff(1, 5_000, 0, LIMITS)).toBe(5_000);
    expect(backoff(1, 5_000, 0.9, LIMITS)).toBe(5_900);
    expect(backoff(9, 5_000, 0.5, LIMITS)).toBe(45_000);
  });

  test('stays within its bounds and never shrinks from round to round, whatever the numbers', () => {
    const whole = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(
        whole(3_000),
        whole(MAX_REST_MS),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (n, rest, chance) => {
          const wait = backoff(n, rest, chance, LIMITS);
          expect(wait).toBeGreaterThanOrEqual(Math.max(500, rest));
          expect(wait).toBeLessThanOrEqual(Math.max(LIMITS.max, rest + LIMITS.min));
          expect(backoff(n + 1, rest, chance, LIMITS)).toBeGreaterThanOrEqual(wait);
        },
      ),
    );
  });
});

describe('retry-after', () => {
  const now = Date.parse('2026-05-01T10:00:00Z');
  test.each([
    [undefined, 0],
    ['', 0],
    ['soon', 0],
    ['-5', 0],
    ['5', 5_000],
    [' 5 ', 5_000],
    ['Fri, 01 May 2026 10:02:00 GMT', 120_000],
    ['Fri, 01 May 2026 09:00:00 GMT', 0],
    ['999999999999', MAX_REST_MS],
  ])('%j is %i ms', (header, expected) => {
    expect(retryAfter(header, now)).toBe(expected);
  });
});

describe('an answer', () => {
  test.each([
    [200, 'done'],
    [400, 'drop refused'],
    [415, 'drop refused'],
    [401, 'wait unauthorized'],
    [403, 'wait unauthorized'],
    [413, 'split too_large'],
    [429, 'wait too_many'],
    [500, 'wait server'],
    [503, 'wait server'],
    [507, 'wait server'],
    [302, 'wait status'],
    [404, 'wait status'],
    [405, 'wait status'],
  ])('of status %i: %s', (status, expected) => {
    const verdict = verdictOf(status);
    expect('reason' in verdict ? `${verdict.act} ${verdict.reason}` : verdict.act).toBe(expected);
  });

  test('acknowledges a batch only where it says what became of each snapshot', () => {
    expect(acknowledgementIn('{"stored":3,"duplicates":1,"expired":1}', 5)).toEqual({ ahead: 0 });
    expect(acknowledgementIn('{"stored":1,"duplicates":1,"expired":1,"ahead":2}', 5)).toEqual({ ahead: 2 });
    expect(acknowledgementIn('{"stored":3,"duplicates":0,"expired":0}', 5)).toBeUndefined();
    expect(acknowledgementIn('{"stored":3,"duplicates":1,"expired":1,"ahead":1}', 5)).toBeUndefined();
    for (const other of ['', 'null', '[]', '<html>', '{}', '{"stored":5}', '{"stored":"5","duplicates":0,"expired":0}'])
      expect([other, acknowledgementIn(other, 5)]).toEqual([other, undefined]);
  });
});
