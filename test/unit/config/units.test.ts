import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convert, formatQuantity, parseQuantity, parseUnit, timePower, UnitError } from '../../../config/units.ts';

/** Units of one dimension, from the smallest on, each with how many of the first it is. */
const LADDERS: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  time: [
    ['ns', 1],
    ['us', 1e3],
    ['ms', 1e6],
    ['s', 1e9],
    ['min', 6e10],
    ['m', 6e10],
    ['h', 3.6e12],
    ['d', 8.64e13],
    ['w', 6.048e14],
  ],
  ether: [
    ['wei', 1],
    ['gwei', 1e9],
    ['ETH', 1e18],
  ],
  bytes: [
    ['B', 1],
    ['kB', 1e3],
    ['MB', 1e6],
    ['GB', 1e9],
    ['TB', 1e12],
    ['KiB', 1024],
    ['MiB', 1024 ** 2],
    ['GiB', 1024 ** 3],
    ['TiB', 1024 ** 4],
  ],
  fraction: [
    ['%', 1],
    ['ratio', 100],
  ],
};
const pairs = Object.entries(LADDERS).flatMap(([dimension, ladder]) =>
  ladder.flatMap(([from, a]) => ladder.map(([to, b]) => ({ dimension, from, to, factor: a / b }))),
);
const unitNames = [...Object.values(LADDERS).flatMap((ladder) => ladder.map(([name]) => name)), 'blocks', 'peers'];

describe('parseUnit', () => {
  test.each(Object.entries(LADDERS).flatMap(([dimension, ladder]) => ladder.map(([name]) => [name, dimension])))(
    '%s measures %s',
    (name, dimension) => {
      expect(parseUnit(name)).toMatchObject({ name, dimension, perSecond: false });
      expect(parseUnit(`${name}/s`)).toMatchObject({ name: `${name}/s`, dimension, perSecond: true });
    },
  );

  test('any other word counts such things', () => {
    expect(parseUnit('blocks')).toEqual({ name: 'blocks', dimension: 'count:blocks', factor: 1, perSecond: false });
    expect(parseUnit('blocks/s')).toEqual({ name: 'blocks/s', dimension: 'count:blocks', factor: 1, perSecond: true });
    expect(parseUnit('bool').dimension).toBe('bool');
  });

  test.each(['', '/s', '5', '3 blocks', '%%', 'a/b', '-'])('"%s" is no unit', (name) => {
    expect(() => parseUnit(name)).toThrow(UnitError);
    expect(() => parseUnit(name)).toThrow(`"${name}" is not a unit`);
  });

  test.each(['toString', 'constructor', 'valueOf'])('%s is a word like another', (name) => {
    expect(parseUnit(name).dimension).toBe(`count:${name}`);
  });
});

describe('parseQuantity', () => {
  test.each([
    ['0.5 ETH', 0.5, 'ETH'],
    ['0.5ETH', 0.5, 'ETH'],
    ['  80%  ', 80, '%'],
    ['2GiB', 2, 'GiB'],
    ['3 blocks/s', 3, 'blocks/s'],
    ['-1.5e3 gwei', -1500, 'gwei'],
    ['.5 ratio', 0.5, 'ratio'],
    ['10m', 600, 's'],
    ['1h30m', 5400, 's'],
    ['500ms', 0.5, 's'],
    ['10 min', 10, 'min'],
    ['10 m', 10, 'm'],
    ['7d', 604_800, 's'],
  ])('%s', (text, value, unit) => {
    expect(parseQuantity(text)).toEqual({ value, unit: parseUnit(unit) });
  });

  test('a bare number has no unit, as text or not', () => {
    expect(parseQuantity(3)).toEqual({ value: 3 });
    expect(parseQuantity('3')).toEqual({ value: 3 });
    expect(parseQuantity('-0.25')).toEqual({ value: -0.25 });
  });

  test.each(['', 'ETH', 'ETH 5', '% 80', '1.2.3 ETH', 'half', '--1 s'])('refuses "%s"', (text) => {
    expect(() => parseQuantity(text)).toThrow(UnitError);
  });

  test('says what it expects', () => {
    expect(() => parseQuantity('lots')).toThrow(
      '"lots" is not a number with a unit, such as 0.5 ETH, 80%, 2GiB or 10m',
    );
  });

  test('text of any kind is read or refused, nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+]?[0-9.]{0,4} ?[a-zA-Z%/ -]{0,5}$/)), (text) => {
        try {
          expect(Number.isNaN(parseQuantity(text).value)).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(UnitError);
        }
      }),
    );
  });
});

describe('convert', () => {
  test.each(pairs)('1 $from is $factor $to', ({ from, to, factor }) => {
    expect(convert({ value: 1, unit: parseUnit(from) }, parseUnit(to))).toBeCloseTo(factor, 12);
    expect(convert({ value: 1, unit: parseUnit(`${from}/s`) }, parseUnit(`${to}/s`)) / factor).toBeCloseTo(1, 12);
    expect(convert({ value: 1, unit: parseUnit(from) }, parseUnit(to)) / factor).toBeCloseTo(1, 12);
  });

  test('there and back again is the same number', () => {
    const value = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000);
    fc.assert(
      fc.property(fc.constantFrom(...pairs), value, ({ from, to }, given) => {
        const there = convert({ value: given, unit: parseUnit(from) }, parseUnit(to));
        expect(convert({ value: there, unit: parseUnit(to) }, parseUnit(from))).toBeCloseTo(given, 9);
      }),
    );
  });

  test('leaves no dust of binary fractions', () => {
    expect(convert(parseQuantity('0.1 ETH'), parseUnit('gwei'))).toBe(100_000_000);
    expect(convert(parseQuantity('30%'), parseUnit('ratio'))).toBe(0.3);
    expect(convert(parseQuantity('0.7 ratio'), parseUnit('%'))).toBe(70);
  });

  test('a bare number will do where things are counted, and only there', () => {
    expect(convert(parseQuantity(3), parseUnit('peers'))).toBe(3);
    expect(() => convert(parseQuantity(0.5), parseUnit('ETH'))).toThrow(
      'the number 0.5 has no unit; write for example "0.5 ETH"',
    );
    expect(() => convert(parseQuantity(5), parseUnit('s'))).toThrow(
      'the number 5 has no unit; write for example "5 s"',
    );
  });

  test.each([
    ['5 ETH', 's', '"ETH" is not a unit of time; expected s, for example "5 s"'],
    ['10m', 'blocks', '"s" is not a unit of blocks; expected blocks, for example "600 blocks"'],
    ['5 blocks', 'peers', '"blocks" is not a unit of peers; expected peers, for example "5 peers"'],
    [
      '5 blocks',
      'blocks/s',
      '"blocks" is not a unit of blocks per second; expected blocks/s, for example "5 blocks/s"',
    ],
    ['5 blocks/s', 'blocks', '"blocks/s" is not a unit of blocks; expected blocks, for example "5 blocks"'],
    ['80%', 'B', '"%" is not a unit of bytes; expected B, for example "80 B"'],
  ])('%s where the alert has %s', (text, unit, message) => {
    expect(() => convert(parseQuantity(text), parseUnit(unit))).toThrow(UnitError);
    expect(() => convert(parseQuantity(text), parseUnit(unit))).toThrow(message);
  });
});

describe('timePower', () => {
  test.each([
    ['s', 1],
    ['min', 1],
    ['d', 1],
    ['s/s', 0],
    ['blocks/s', -1],
    ['B/s', -1],
    ['ETH/s', -1],
    ['ETH', 0],
    ['%', 0],
    ['bool', 0],
    ['blocks', 0],
  ])('time is in %s with power %d', (unit, power) => {
    expect(timePower(parseUnit(unit))).toBe(power);
  });
});

describe('formatQuantity', () => {
  test.each([
    [0.5, 'ETH', '0.5 ETH'],
    [80, '%', '80%'],
    [600, 's', '10m'],
    [90, 'min', '1h30m'],
    [36, 'h', '1d12h'],
    [0, 's', '0 s'],
    [0.5, 's', '0.5 s'],
    [250, 'ms', '250 ms'],
    [-5, 's', '-5 s'],
    [3, 'blocks', '3 blocks'],
    [0.4, 'blocks/s', '0.4 blocks/s'],
    [1, 'bool', '1'],
    [12e9, 'B', '12 GB'],
    [2 ** 29, 'B', '512 MiB'],
    [1.2e6, 'B/s', '1.2 MB/s'],
    [1_234_567, 'B', '1234567 B'],
    [0.05, 's', '50 ms'],
    [1500, 'ms', '1.5 s'],
    [1e-7, 'ETH', '100 gwei'],
    [0.9, 'ratio', '90%'],
    [0, 'ratio', '0 ratio'],
    [-0.5, 'ETH', '-0.5 ETH'],
    [20_000, 'goroutines', '20000 goroutines'],
  ])('%d %s', (value, unit, text) => {
    expect(formatQuantity(value, parseUnit(unit))).toBe(text);
  });

  test('what it writes is read as the same quantity', () => {
    const unit = fc.constantFrom(...unitNames, 'blocks/s', 'B/s');
    fc.assert(
      fc.property(unit, fc.integer({ min: -100_000, max: 100_000 }), (name, thousandths) => {
        const value = thousandths / 1000;
        const read = parseQuantity(formatQuantity(value, parseUnit(name)));
        expect(convert(read, parseUnit(name))).toBeCloseTo(value, 9);
      }),
    );
  });

  test('nor does it lose a byte, a wei or a digit', () => {
    const amount = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.double({ min: 1e-6, max: 1e12, noNaN: true }));
    fc.assert(
      fc.property(fc.constantFrom('B', 'B/s', 'ETH', 'wei', 'ratio'), amount, (name, given) => {
        const value = Number(given.toPrecision(12));
        expect(convert(parseQuantity(formatQuantity(value, parseUnit(name))), parseUnit(name))).toBe(value);
      }),
    );
  });
});
