/** What any program exports of its own process. */
import type { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';

/** As Go and Node.js programs expose it. @param memory bytes */
export function machineProcess(page: Exposition, timeline: Timeline, memory: number, leak?: string): void {
  const leaking = leak !== undefined && timeline.isActive(leak);
  page
    .gauge('process_start_time_seconds', timeline.wall(timeline.startedAt))
    .counter('process_cpu_seconds_total', timeline.duration(timeline.count({ perSecond: 0.05 })))
    .gauge('process_resident_memory_bytes', timeline.around('resident', memory, memory / 10))
    .gauge('process_virtual_memory_bytes', 10 * memory)
    .gauge('process_max_fds', 1024)
    .gauge('process_open_fds', leaking ? 950 : timeline.around('fds', 30, 10));
}
