/**
 * Stretches of time: when faults are active, joined where they overlap; and what happens in or outside of them.
 *
 * What has happened by a moment lies before it, never in it: in that very moment a fault may still begin or end, and what was
 * counted once must not be taken back.
 */
import type { FaultInterval } from '../simulator.ts';

/** From `from` on, before `to`; `to` is Infinity while it lasts. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Sorted, overlapping and touching ones joined, empty ones left out. */
export function join(stretches: readonly Stretch[]): Stretch[] {
  const joined: Stretch[] = [];
  const sorted = stretches.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from);
  for (const stretch of sorted) {
    const last = joined.at(-1);
    if (last && stretch.from <= last.to)
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, stretch.to) };
    else joined.push(stretch);
  }
  return joined;
}

/** When at least one of the faults is active, for the intervals that `concerns` lets through; moved by `shift` seconds. */
export function stretchesOf(
  intervals: readonly FaultInterval[],
  faults: readonly string[],
  concerns: (interval: FaultInterval) => boolean,
  shift = 0,
): Stretch[] {
  return join(
    intervals
      .filter((interval) => faults.includes(interval.fault) && concerns(interval))
      .map(({ from, to }) => ({ from: from + shift, to: to === undefined ? Infinity : to + shift })),
  );
}

/** The stretch that `time` lies in. */
export function stretchAt(stretches: readonly Stretch[], time: number): Stretch | undefined {
  return stretches.find(({ from, to }) => from <= time && time < to);
}

/** Seconds of the stretches that lie before `until`. */
export function secondsBefore(stretches: readonly Stretch[], until: number): number {
  return stretches.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, until) - from), 0);
}

/**
 * Seconds since 0 and before `until` that lie in none of the stretches. Added up gap by gap, since a difference of two sums
 * that both grow would tremble in its last digit, and what is counted by it would fall now and then.
 *
 * @param stretches joined
 */
export function secondsOutside(stretches: readonly Stretch[], until: number): number {
  let sum = 0;
  let gapFrom = 0;
  for (const { from, to } of stretches) {
    if (from >= until) break;
    sum += Math.max(0, from - gapFrom);
    gapFrom = to;
  }
  return sum + Math.max(0, until - gapFrom);
}

/** Something that happens at the start of every stretch and then every `period` seconds until its end. */
export function eventsBefore(
  stretches: readonly Stretch[],
  period: number,
  until: number,
): { readonly count: number; readonly last: number | undefined } {
  let count = 0;
  let last: number | undefined;
  for (const { from, to } of stretches) {
    // Events at `from`, `from + period`, … below both `to` and `until`.
    const happened = Math.ceil((Math.min(to, until) - from) / period);
    if (happened <= 0) continue;
    count += happened;
    last = from + (happened - 1) * period;
  }
  return { count, last };
}

/** The last multiple of `period` before `time` that lies in none of the stretches. */
export function lastTickBefore(period: number, stretches: readonly Stretch[], time: number): number {
  let tick = lastMultipleBelow(period, time);
  for (;;) {
    const blocked = stretchAt(stretches, tick);
    if (!blocked) return tick;
    tick = lastMultipleBelow(period, blocked.from);
  }
}

/** How many multiples of `period` lie after 0, before `time`, and in none of the stretches. */
export function ticksBefore(period: number, stretches: readonly Stretch[], time: number): number {
  const below = (end: number) => Math.max(0, lastMultipleBelow(period, end) / period);
  const blocked = stretches.reduce(
    (sum, { from, to }) => sum + Math.max(0, below(Math.min(to, time)) - below(from)),
    0,
  );
  return below(time) - blocked;
}

function lastMultipleBelow(period: number, end: number): number {
  return (Math.ceil(end / period) - 1) * period;
}
