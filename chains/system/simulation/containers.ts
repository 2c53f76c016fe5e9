/** The containers of a machine as cAdvisor shows them. */
import { Exposition } from '../../simulation/exposition.ts';
import { lastStart } from '../../simulation/restarts.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';

const GIB = 2 ** 30;
const LIMIT = 8 * GIB;

interface Container {
  readonly name: string;
  /** The faults that are about it; each container has its own. */
  readonly faults: Partial<Record<'gone' | 'restarting' | 'outOfMemory' | 'memory' | 'throttled', string>>;
}

const CONTAINERS: readonly Container[] = [
  { name: 'node', faults: { memory: 'container-memory', outOfMemory: 'container-out-of-memory' } },
  { name: 'proxy', faults: { gone: 'container-gone', restarting: 'container-restarting' } },
  { name: 'indexer', faults: { throttled: 'container-throttled' } },
];

export function exposeContainers(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  page
    .gauge('machine_cpu_cores', 2)
    .gauge('machine_memory_bytes', 32 * GIB)
    .gauge('machine_swap_bytes', 0);
  for (const [index, container] of CONTAINERS.entries()) show(page, timeline, container, index);
  return page.toString();
}

function show(page: Exposition, timeline: Timeline, { name, faults }: Container, index: number): void {
  const is = (fault: string | undefined) => fault !== undefined && timeline.isActive(fault);
  if (is(faults.gone)) return;
  const labels = { id: `/docker/${index}c1f`, image: `${name}:1`, name };
  const { restarting, throttled = '', outOfMemory = '' } = faults;
  const started = restarting === undefined ? timeline.startedAt : lastStart(timeline, restarting);
  const used = is(faults.memory) ? 0.95 : 0.3 + 0.1 * timeline.noise(name, 60);
  const slices = timeline.count({ perSecond: 10 });
  const held = timeline.count({ perSecond: 0.1, plus: { [throttled]: 8 } });
  page
    .gauge('container_last_seen', timeline.wall(timeline.now), labels)
    .gauge('container_start_time_seconds', timeline.wall(started), labels)
    .counter('container_oom_events_total', timeline.events(240, outOfMemory).count, labels)
    .gauge('container_memory_working_set_bytes', Math.floor(used * LIMIT), labels)
    .gauge('container_memory_usage_bytes', Math.floor(1.1 * used * LIMIT), labels)
    .gauge('container_spec_memory_limit_bytes', LIMIT, labels)
    .counter('container_cpu_cfs_periods_total', slices, labels)
    .counter('container_cpu_cfs_throttled_periods_total', held, labels)
    .counter('container_cpu_usage_seconds_total', timeline.duration(timeline.count({ perSecond: 0.2 })), {
      ...labels,
      cpu: 'total',
    })
    .gauge('container_threads', 12, labels);
}
