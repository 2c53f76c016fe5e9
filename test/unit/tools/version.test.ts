import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeRange, isWithin, parseVersion } from '../../../tools/version.ts';

const number = fc.nat({ max: 999 });
const version = fc.tuple(number, number, number);
const text = (numbers: readonly number[]): string => numbers.join('.');

describe('parseVersion', () => {
  it.each([
    ['3.15.0', [3, 15, 0], false],
    ['v3.15', [3, 15, 0], false],
    ['1.16.7-stable', [1, 16, 7], false],
    ['2.0.0-rc.1', [2, 0, 0], true],
    ['1.2.3+build.5', [1, 2, 3], false],
  ])('%s', (given, numbers, preRelease) => {
    expect(parseVersion(given)).toEqual({ numbers, preRelease });
  });

  it.each(['', '3', 'latest', '3.x', '1.2.3.4', '(devel)'])('%j is none', (given) => {
    expect(parseVersion(given)).toBeUndefined();
  });

  it('reads back what is written', () => {
    fc.assert(
      fc.property(version, (numbers) => {
        expect(parseVersion(`v${text(numbers)}`)?.numbers).toEqual(numbers);
      }),
    );
  });
});

describe('isWithin', () => {
  const range = { from: '3.5.0', below: '4.0.0' };

  it.each([
    ['3.4.9', false],
    ['3.5.0-rc.1', false],
    ['3.5.0', true],
    ['3.15.0', true],
    ['3.15.1-rc.0', true],
    ['4.0.0-rc.1', false],
    ['4.0.0', false],
    ['unknown', false],
  ])('%s: %s', (given, expected) => {
    expect(isWithin(given, range)).toBe(expected);
  });

  it('agrees with the order of the numbers', () => {
    const order = (a: readonly number[], b: readonly number[]): number =>
      a.map((left, index) => left - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
    fc.assert(
      fc.property(version, version, version, (found, from, below) => {
        const expected = order(found, from) >= 0 && order(found, below) < 0;
        expect(isWithin(text(found), { from: text(from), below: text(below) })).toBe(expected);
      }),
    );
  });

  it('is described for people', () => {
    expect(describeRange(range)).toBe('3.5.0 or newer, below 4.0.0');
  });
});
