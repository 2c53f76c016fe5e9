/** Stretches of time: when faults are active, joined where they overlap. */
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

/** Something that happens at the start of every stretch and then every `period` seconds until its end. */
export function eventsUntil(
  stretches: readonly Stretch[],
  period: number,
  until: number,
): { readonly count: number; readonly last: number | undefined } {
  let count = 0;
  let last: number | undefined;
  for (const { from, to } of stretches) {
    // Events at `from`, `from + period`, … below `to`, and not after `until`.
    const beforeEnd = to === Infinity ? Infinity : Math.ceil((to - from) / period);
    const happened = Math.min(beforeEnd, Math.floor((until - from) / period) + 1);
    if (happened <= 0) continue;
    count += happened;
    last = from + (happened - 1) * period;
  }
  return { count, last };
}

/** The last multiple of `period`, not after `time`, that lies in none of the stretches. */
export function lastTick(period: number, stretches: readonly Stretch[], time: number): number {
  let tick = Math.floor(time / period) * period;
  for (;;) {
    const blocked = stretchAt(stretches, tick);
    if (!blocked) return tick;
    tick = (Math.ceil(blocked.from / period) - 1) * period;
  }
}

/** How many multiples of `period` lie after 0, not after `time`, and in none of the stretches. */
export function ticksUntil(period: number, stretches: readonly Stretch[], time: number): number {
  const upTo = (end: number) => Math.max(0, Math.floor(end / period));
  const below = (end: number) => Math.max(0, Math.ceil(end / period) - 1);
  const blocked = stretches.reduce((sum, { from, to }) => {
    const last = to > time ? upTo(time) : below(to);
    return sum + Math.max(0, last - below(from));
  }, 0);
  return upTo(time) - blocked;
}
