/** Processes that end and are started anew again and again. */

import type { FaultInterval } from '../simulator.ts';
import { stretchAt } from './stretches.ts';
import type { Timeline } from './timeline.ts';

/** Seconds. */
const PERIOD = 600;
/** Into each period, so that who looks every minute does not meet the very second. */
const LATE = 30;

/** A loop as the many times that the process is gone for a second. @param time seconds of simulated time, until when */
export function asGone(intervals: readonly FaultInterval[], loop: string, down: string, time: number): FaultInterval[] {
  return intervals
    .filter(({ fault }) => fault === loop)
    .flatMap(({ from, to = Infinity, instance }) => {
      const starts = Math.max(0, Math.ceil((Math.min(to, time) - from - LATE) / PERIOD));
      return Array.from({ length: starts }, (_, index) => {
        const at = from + LATE + index * PERIOD;
        return { fault: down, from: at, to: at + 1, ...(instance === undefined ? {} : { instance }) };
      });
    });
}

/** When it last started, in seconds of the chain's life, where its start is all that it tells. */
export function lastStart(timeline: Timeline, loop: string): number {
  const present = stretchAt(timeline.mine(loop), timeline.now);
  const last =
    present ??
    timeline
      .mine(loop)
      .filter(({ to }) => to <= timeline.now)
      .at(-1);
  if (!last) return timeline.startedAt;
  const until = Math.min(last.to, timeline.now);
  return Math.max(timeline.startedAt, last.from + Math.floor((until - last.from) / PERIOD) * PERIOD);
}
