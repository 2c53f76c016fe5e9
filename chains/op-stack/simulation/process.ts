/** What every op-* program exports of its process, and how its pages are made. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';

/** A page that has begun: version, readiness and process, which every program of the family exposes alike. */
export function programPage(timeline: Timeline, prefix: string, version: string): Exposition {
  const page = new Exposition({ help: helpOf }).gauge(`${prefix}_info`, 1, { version }).gauge(`${prefix}_up`, 1);
  return processOf(page, timeline);
}

/** What the library for Go exports of any process. */
export function processOf(page: Exposition, timeline: Timeline): Exposition {
  return page
    .gauge('process_start_time_seconds', timeline.wall(timeline.startedAt))
    .counter('process_cpu_seconds_total', timeline.duration(timeline.count({ perSecond: 0.3 })))
    .gauge('process_resident_memory_bytes', timeline.around('memory', 300e6, 50e6))
    .gauge('process_open_fds', timeline.around('fds', 55, 10))
    .gauge('go_goroutines', timeline.around('goroutines', 120, 40));
}

/** Bounds of the histograms of the op-service library. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/**
 * A histogram of latencies: usually most take `usual` seconds and a few three times as long; while the fault lasts all take `slow`.
 */
export function latency(
  page: Exposition,
  timeline: Timeline,
  name: string,
  {
    perSecond,
    usual,
    slow,
    fault,
    not = [],
    labels = {},
  }: {
    readonly perSecond: number;
    readonly usual: number;
    readonly slow: number;
    readonly fault: string;
    readonly not?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
  },
): void {
  const count = (growth: Parameters<Timeline['count']>[0]) => timeline.count(growth);
  page.histogram(
    name,
    SECONDS,
    [
      { value: timeline.duration(usual), count: count({ perSecond: perSecond * 0.9, not: [fault, ...not] }) },
      { value: timeline.duration(usual * 3), count: count({ perSecond: perSecond * 0.1, not: [fault, ...not] }) },
      { value: timeline.duration(slow), count: count({ perSecond: 0, plus: { [fault]: perSecond } }) },
    ],
    labels,
  );
}
