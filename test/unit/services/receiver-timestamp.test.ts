import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTimestamp, shortTimestamp, timestampOf } from '../../../services/receiver/payload/timestamp.ts';
import { runs } from '../../fixtures/prove.ts';

describe('parseTimestamp', () => {
  test.each([
    ['2018-08-03T09:52:26.739266876+02:00', '2018-08-03T07:52:26.739266876Z'],
    ['2026-05-01T10:00:00Z', '2026-05-01T10:00:00.000000000Z'],
    ['2026-05-01t10:00:00.5z', '2026-05-01T10:00:00.500000000Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000000000Z'],
    ['2024-02-29T00:00:00-05:30', '2024-02-29T05:30:00.000000000Z'],
    ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00.000000000Z'],
  ])('%s is %s', (text, canonical) => {
    expect(parseTimestamp(text)).toBe(canonical);
  });

  test("Go's zero time is no time", () => {
    expect(parseTimestamp('0001-01-01T00:00:00Z')).toBeNull();
    expect(parseTimestamp('0001-01-01T01:00:00+01:00')).toBeNull();
  });

  test.each([
    '',
    '2026-05-01',
    '2026-05-01T10:00:00',
    '2026-13-01T10:00:00Z',
    '2026-02-30T10:00:00Z',
    '2026-05-01T24:00:00Z',
    '2026-05-01T10:60:00Z',
    '2026-05-01T10:00:00+25:00',
    '1746093600',
    ' 2026-05-01T10:00:00Z',
  ])('"%s" is none', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  test('agrees with Date, and sorts as time does', () => {
    const moment = fc.date({
      min: new Date('1970-01-01T00:00:00Z'),
      max: new Date('2200-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        expect(parseTimestamp(a.toISOString())).toBe(timestampOf(a.getTime()));
        expect(timestampOf(a.getTime()) < timestampOf(b.getTime())).toBe(a.getTime() < b.getTime());
      }),
      { numRuns: runs(100) },
    );
  });

  test('throws on no text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseTimestamp(text);
      }),
      { numRuns: runs(100) },
    );
  });

  test('is shown without zeros that say nothing', () => {
    expect(shortTimestamp('2026-05-01T10:00:00.000000000Z')).toBe('2026-05-01T10:00:00Z');
    expect(shortTimestamp('2026-05-01T10:00:10.120000000Z')).toBe('2026-05-01T10:00:10.12Z');
  });
});
