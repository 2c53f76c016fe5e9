/** What a node tells of its machine and of its own process: parts, disks, and the Go runtime. */
import type { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';

const GB = 1e9;
const PARTS = { node: 0.6 * GB, 'genvm-llm': 0.4 * GB, 'genvm-web': 0.3 * GB } as const;

export function machine(page: Exposition, timeline: Timeline, node: string): void {
  const P = 'genlayer_node';
  for (const [component, usual] of Object.entries(PARTS)) {
    const held = timeline.around(`rss-${component}`, usual, usual / 10);
    const genvm = component.startsWith('genvm');
    page
      .gauge(`${P}_cpu_usage_percent`, genvm && timeline.isActive('cpu-busy') ? 98 : cpu(timeline, component), {
        component,
      })
      .gauge(`${P}_memory_rss_bytes`, held, { component })
      .gauge(`${P}_memory_vms_bytes`, 4 * held, { component })
      .gauge(`${P}_memory_percent`, genvm && timeline.isActive('memory-full') ? 96 : timeline.around('share', 20, 10), {
        component,
        node,
      })
      .gauge(`${P}_memory_peak_bytes`, 1.5 * usual, { component, node })
      .gauge(`${P}_uptime_seconds`, timeline.duration(timeline.now - timeline.startedAt), { component, node });
  }
  const component = 'webdriver';
  page
    .gauge(`${P}_cpu_usage_percent`, cpu(timeline, component), { component })
    .gauge(`${P}_memory_usage_bytes`, timeline.around('webdriver', 0.5 * GB, 0.1 * GB), { component })
    .gauge(`${P}_memory_limit_bytes`, 2 * GB, { component })
    .counter(`${P}_network_rx_bytes_total`, timeline.count({ perSecond: 20_000 }), { component, node })
    .counter(`${P}_network_tx_bytes_total`, timeline.count({ perSecond: 5000 }), { component, node });
  disks(page, timeline, node);
}

function cpu(timeline: Timeline, part: string): number {
  return timeline.around(`cpu-${part}`, 10, 20);
}

const DISK = 500 * GB;
const FREE = 300 * GB;
const DIRECTORIES = { 'genlayer.db': 120 * GB, keystore: 0.001 * GB, logs: 4 * GB } as const;

function disks(page: Exposition, timeline: Timeline, node: string): void {
  const P = 'genlayer_node_disk';
  const lost = timeline.isActive('disk-full')
    ? 285 * GB
    : Math.min(FREE - 2 * GB, 8e6 * (timeline.during('disk-filling') ?? 0));
  for (const [directory, size] of Object.entries(DIRECTORIES)) {
    const labels = { component: 'node', directory, node };
    page
      .gauge(`${P}_free_bytes`, FREE - lost, labels)
      .gauge(`${P}_total_bytes`, DISK, labels)
      .gauge(`${P}_usage_bytes`, size + (directory === 'logs' ? lost : 0), labels)
      .gauge(`${P}_usage_percent`, (100 * (DISK - FREE + lost)) / DISK, labels);
  }
}

/** Collections a minute of the chain's time, and how long each stops the node. */
const COLLECTIONS = 0.1;
const PAUSE = 0.0004;
/** Live ones, at any time when all is well. */
const USUAL_OBJECTS = 2_000_000;

export function runtime(page: Exposition, timeline: Timeline): void {
  const leaked = Math.min(3.2 * GB, 1.5e6 * (timeline.during('memory-leak') ?? 0));
  const alloc = timeline.around('alloc', 0.35 * GB, 0.1 * GB, 15) + leaked;
  const collections = timeline.count({ perSecond: COLLECTIONS, plus: { 'gc-thrash': 10 } });
  const paused = timeline.count({ perSecond: COLLECTIONS, not: ['gc-thrash'] }) * PAUSE;
  const thrashed = timeline.count({ perSecond: 0, plus: { 'gc-thrash': 10 } }) * 0.01;
  const allocated = timeline.count({ perSecond: 2e7 });
  const objects = timeline.count({ perSecond: 2e5 });
  const live = Math.floor(alloc / 200);
  const pauses = { '0': PAUSE / 4, '0.25': PAUSE / 2, '0.5': PAUSE, '0.75': PAUSE, '1': 4 * PAUSE };
  page
    .gauge('go_memstats_alloc_bytes', alloc)
    .counter('go_memstats_alloc_bytes_total', allocated)
    .gauge('go_memstats_heap_alloc_bytes', alloc)
    .gauge('go_memstats_heap_inuse_bytes', Math.floor(1.15 * alloc))
    .gauge('go_memstats_heap_idle_bytes', 0.2 * GB)
    .gauge('go_memstats_heap_released_bytes', 0.1 * GB)
    .gauge('go_memstats_heap_sys_bytes', Math.floor(1.15 * alloc) + 0.2 * GB)
    .gauge('go_memstats_heap_objects', live)
    .gauge('go_memstats_sys_bytes', Math.floor(1.3 * alloc) + 0.3 * GB)
    .gauge('go_memstats_next_gc_bytes', Math.floor(1.6 * alloc))
    .gauge('go_memstats_last_gc_time_seconds', timeline.wall(timeline.now - 5))
    // Only grows, though what lives comes and goes: how many live just now is a gauge of its own.
    .counter('go_memstats_mallocs_total', objects + USUAL_OBJECTS)
    .counter('go_memstats_frees_total', objects)
    .gauge('go_goroutines', goroutines(timeline))
    .gauge('go_threads', timeline.around('threads', 20, 6))
    .gauge('go_info', 1, { version: 'go1.25.1' })
    .summary('go_gc_duration_seconds', pauses, collections, timeline.duration(paused + thrashed));
  processOf(page, timeline);
}

function goroutines(timeline: Timeline): number {
  return timeline.around('goroutines', 300, 100) + Math.min(20_000, 10 * (timeline.during('goroutine-leak') ?? 0));
}

function processOf(page: Exposition, timeline: Timeline): void {
  // The process ends and is there again between two scrapes; what it counts is not part of that story.
  const restarted = timeline.events(600, 'crash-loop').last ?? timeline.startedAt;
  page
    .gauge('process_start_time_seconds', timeline.wall(restarted))
    .counter('process_cpu_seconds_total', timeline.duration(timeline.count({ perSecond: 0.4 })))
    .gauge('process_resident_memory_bytes', timeline.around('resident', 0.8 * GB, 0.1 * GB))
    .gauge('process_virtual_memory_bytes', 4 * GB)
    .gauge('process_open_fds', timeline.around('fds', 120, 40))
    .gauge('process_max_fds', 65_536)
    .counter('process_network_receive_bytes_total', timeline.count({ perSecond: 30_000 }))
    .counter('process_network_transmit_bytes_total', timeline.count({ perSecond: 12_000 }))
    .counter('promhttp_metric_handler_requests_total', timeline.count({ perSecond: 1 / 15 }), { code: '200' })
    .gauge('promhttp_metric_handler_requests_in_flight', 1);
}
