/**
 * Units of thresholds, windows and settings: what `0.5 ETH`, `80%`, `2GiB`, `10m` and `3 blocks/s` mean.
 *
 * Every alert names the unit of the value that its threshold is compared with; a threshold in a stack file must be of the
 * same dimension and is converted. Dimensions that contain time are what time compression acts on.
 */
import { formatDuration, parseDuration } from './duration.ts';

/** `time`, `ether`, `bytes` and `fraction` have several units; everything else is a count of named things, `bool` has no threshold. */
export type Dimension = 'time' | 'ether' | 'bytes' | 'fraction' | 'bool' | `count:${string}`;

export interface Unit {
  /** As written: `ETH`, `s`, `blocks/s`. */
  readonly name: string;
  readonly dimension: Dimension;
  /** How many base units one of these is: base is second, ether, byte, ratio, thing. */
  readonly factor: number;
  /** True for `…/s`. */
  readonly perSecond: boolean;
}

export interface Quantity {
  readonly value: number;
  /** Absent for a bare number. */
  readonly unit?: Unit;
}

export class UnitError extends Error {}

const KNOWN: ReadonlyMap<string, readonly [Dimension, number]> = new Map(
  Object.entries<[Dimension, number]>({
    ns: ['time', 1e-9],
    us: ['time', 1e-6],
    ms: ['time', 1e-3],
    s: ['time', 1],
    min: ['time', 60],
    m: ['time', 60],
    h: ['time', 3600],
    d: ['time', 86_400],
    w: ['time', 604_800],
    wei: ['ether', 1e-18],
    gwei: ['ether', 1e-9],
    ETH: ['ether', 1],
    B: ['bytes', 1],
    kB: ['bytes', 1e3],
    MB: ['bytes', 1e6],
    GB: ['bytes', 1e9],
    TB: ['bytes', 1e12],
    KiB: ['bytes', 2 ** 10],
    MiB: ['bytes', 2 ** 20],
    GiB: ['bytes', 2 ** 30],
    TiB: ['bytes', 2 ** 40],
    ratio: ['fraction', 1],
    '%': ['fraction', 0.01],
    bool: ['bool', 1],
  }),
);

/** The unit that a name stands for; an unknown word is a count of such things. @throws UnitError if it is no word at all. */
export function parseUnit(name: string): Unit {
  const perSecond = name.endsWith('/s');
  const base = perSecond ? name.slice(0, -2) : name;
  const known = KNOWN.get(base);
  if (known) return { name, dimension: known[0], factor: known[1], perSecond };
  if (!/^[A-Za-z][A-Za-z_ -]*$/.test(base)) throw new UnitError(`"${name}" is not a unit`);
  return { name, dimension: `count:${base}`, factor: 1, perSecond };
}

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)$/;

/**
 * `0.5 ETH`, `80%`, `2GiB`, `3 blocks/s`, `10m` (minutes), `1h30m`, or a bare number.
 * @throws UnitError with what is wrong.
 */
export function parseQuantity(input: string | number): Quantity {
  if (typeof input === 'number') return { value: input };
  const text = input.trim();
  if (/^(\d+(ms|[smhdwy]))+$/.test(text)) return { value: parseDuration(text), unit: parseUnit('s') };
  const match = QUANTITY.exec(text);
  const number = match?.[1];
  const unit = match?.[2]?.trim();
  if (number === undefined || unit === undefined) {
    throw new UnitError(`"${input}" is not a number with a unit, such as 0.5 ETH, 80%, 2GiB or 10m`);
  }
  return unit === '' ? { value: Number(number) } : { value: Number(number), unit: parseUnit(unit) };
}

/** Rounds away what binary fractions add (0.1 × 3), keeping 15 significant digits. */
function tidy(value: number): number {
  return Number(value.toPrecision(15));
}

/**
 * The number of `to` that `quantity` is. A bare number is taken as it is only where `to` counts things; everything else must
 * carry its unit, because 0.5 may be ether or gwei.
 * @throws UnitError naming the unit expected, with an example.
 */
export function convert(quantity: Quantity, to: Unit): number {
  const { value, unit } = quantity;
  if (!unit) {
    if (to.dimension.startsWith('count:') || to.dimension === 'bool') return value;
    throw new UnitError(`the number ${value} has no unit; write for example "${value} ${to.name}"`);
  }
  if (unit.dimension !== to.dimension || unit.perSecond !== to.perSecond) {
    throw new UnitError(
      `"${unit.name}" is not a unit of ${describe(to)}; expected ${to.name}, for example "${value} ${to.name}"`,
    );
  }
  return tidy((value * unit.factor) / to.factor);
}

function describe(unit: Unit): string {
  const what = unit.dimension.startsWith('count:') ? unit.dimension.slice('count:'.length) : unit.dimension;
  return unit.perSecond ? `${what} per second` : what;
}

/** +1 for a quantity of time, -1 for one per time, 0 where time plays no part: the power with which compression divides it. */
export function timePower(unit: Unit): 1 | 0 | -1 {
  if (unit.dimension === 'time') return unit.perSecond ? 0 : 1;
  return unit.perSecond ? -1 : 0;
}

/** Units that a number may be shown in, whatever of the dimension it is kept in. */
const SHOWN: Readonly<Partial<Record<Dimension, readonly string[]>>> = {
  time: ['ns', 'us', 'ms', 's'],
  ether: ['wei', 'gwei', 'ETH'],
  bytes: ['B', 'kB', 'MB', 'GB', 'TB', 'KiB', 'MiB', 'GiB', 'TiB'],
  fraction: ['%'],
};

/**
 * For people: `0.5 ETH`, `80%`, `10m`, `3 blocks`, `12 GB`. In the unit that makes it shortest, and exact: read again by
 * `parseQuantity` it is the same.
 */
export function formatQuantity(value: number, unit: Unit): string {
  if (unit.dimension === 'bool') return String(value);
  const base = value * unit.factor;
  const seconds = tidy(base);
  if (unit.dimension === 'time' && !unit.perSecond && Number.isInteger(seconds) && seconds > 0)
    return formatDuration(seconds);
  const own = withUnit(value, unit.name);
  if (value === 0 || !Number.isFinite(value)) return own;
  const others = (SHOWN[unit.dimension] ?? []).flatMap((name) => {
    const shown = parseUnit(unit.perSecond ? `${name}/s` : name);
    const number = tidy(base / shown.factor);
    return convert({ value: number, unit: shown }, unit) === tidy(value) ? withUnit(number, shown.name) : [];
  });
  const plain = [own, ...others].filter((text) => !/\de[+-]/.test(text));
  return plain.reduce((best, text) => (text.length < best.length ? text : best), plain[0] ?? own);
}

function withUnit(value: number, unit: string): string {
  return unit.startsWith('%') ? `${value}${unit}` : `${value} ${unit}`;
}
