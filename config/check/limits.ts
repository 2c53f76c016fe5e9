/** Limits and times that can be read and yet make no sense: an alert of which would never fire, or always. */
import { formatDuration } from '../duration.ts';
import type { Fault, Path } from '../faults.ts';
import type { AlertFacts } from '../knowledge.ts';
import type { Tuning } from '../networks.ts';
import { formatQuantity, type Unit } from '../units.ts';

/** Things of which there may be a part of one. GEN is a currency. */
const DIVISIBLE: readonly string[] = ['cores', 'GEN'];
/** Whoever waits longer than that has switched the alert off, or mistaken the unit. */
const LONGEST_WAIT = 30 * 86_400;

/** @param value in the alert's unit. What the pack's own limit does is possible. */
export function limitFault(value: number, { unit, threshold }: AlertFacts): string | undefined {
  if (!threshold) return undefined;
  const { value: own, op = '' } = threshold;
  const said = formatQuantity(value, unit);
  if (value < 0 && own >= 0) return `${said} is less than nothing: ${whatOf(unit)} cannot be negative`;
  if (value === 0 && own !== 0) {
    const effect = effectOfNothing(unit, op);
    if (effect) return `${said} would ${effect} fire: the alert compares with "${op}", so say a limit above nothing`;
  }
  if (unit.dimension === 'fraction' && !unit.perSecond && value * unit.factor > 1 && own * unit.factor <= 1)
    return `${said} is more than the whole, which is ${formatQuantity(1 / unit.factor, unit)}${meant(value, unit)}`;
  if (isWhole(unit) && !Number.isInteger(value) && Number.isInteger(own))
    return `there is no part of one among ${whatOf(unit)}: say a whole number, such as "${Math.max(1, Math.round(value))} ${unit.name}"`;
  return undefined;
}

function whatOf({ name, dimension, perSecond }: Unit): string {
  const words: Readonly<Record<string, string>> = {
    time: 'a time',
    ether: 'an amount of ether',
    bytes: 'an amount of bytes',
  };
  if (perSecond) return `a number of ${name}`;
  if (dimension === 'fraction') return 'a share of a whole';
  return words[dimension] ?? name;
}

/** `80` where 80% was meant. */
function meant(value: number, unit: Unit): string {
  return unit.name === 'ratio' && value <= 100 ? `; did you mean "${value}%"?` : '';
}

function isWhole({ dimension, perSecond }: Unit): boolean {
  return dimension.startsWith('count:') && !perSecond && !DIVISIBLE.includes(dimension.slice('count:'.length));
}

/** More than no error there may well be; more than no time, and more than no price, there always is. */
function effectOfNothing({ dimension, perSecond }: Unit, op: string): 'never' | 'always' | undefined {
  if (op === '<') return 'never';
  if (op === '>=') return 'always';
  return op === '>' && !perSecond && (dimension === 'time' || dimension === 'ether') ? 'always' : undefined;
}

export function waitFaults(tuning: Tuning, path: Path): Fault[] {
  return (['for', 'keepFiringFor'] as const).flatMap((field) => {
    const seconds = tuning[field];
    if (seconds === undefined || seconds <= LONGEST_WAIT) return [];
    const message = `${formatDuration(seconds)} is longer than 30d: nobody would hear of it in time (m is minutes, d is days)`;
    return [{ path: [...path, field], message }];
  });
}
