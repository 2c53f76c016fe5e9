/** A machine as node_exporter shows it: memory, cores, clock, network, units, and the exporter itself. Its disks: disks.ts. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { fileSystems } from './disks.ts';
import { helpOf } from './help.ts';
import { machineProcess } from './process.ts';

const GIB = 2 ** 30;
const MEMORY = 32 * GIB;
const CORES = ['0', '1'] as const;
/** Seconds in each second that a core spends in a mode, usually and when something keeps it busy. */
const MODES = {
  idle: [0.8, 0.02],
  iowait: [0.02, 0.02],
  irq: [0, 0],
  nice: [0, 0],
  softirq: [0, 0],
  steal: [0, 0],
  system: [0.05, 0.06],
  user: [0.13, 0.9],
} as const;
const COLLECTORS = [
  'conntrack',
  'cpu',
  'filefd',
  'filesystem',
  'meminfo',
  'netdev',
  'stat',
  'systemd',
  'textfile',
  'time',
  'timex',
  'vmstat',
] as const;
const UNITS = ['backup.service', 'node.service'] as const;
const STATES = ['activating', 'active', 'deactivating', 'failed', 'inactive'] as const;
/** A share of what the kernel allows, and of what it allows when nearly all is used. */
const USED = { usual: 0.02, nearlyAll: 0.9 } as const;
const HOUR = 3600;

export function exposeHost(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  memory(page, timeline);
  cores(page, timeline);
  kernel(page, timeline);
  clock(page, timeline);
  network(page, timeline);
  units(page, timeline);
  collectors(page, timeline);
  fileSystems(page, timeline);
  raid(page, timeline);
  machineProcess(page, timeline, 30e6);
  return page.toString();
}

function memory(page: Exposition, timeline: Timeline): void {
  const usual = 0.5 + 0.1 * timeline.noise('memory', 60);
  const left = timeline.isActive('memory-exhausted') ? 0.015 : timeline.isActive('memory-short') ? 0.06 : usual;
  const available = Math.floor(left * MEMORY);
  page
    .gauge('node_memory_MemTotal_bytes', MEMORY)
    .gauge('node_memory_MemAvailable_bytes', available)
    .gauge('node_memory_MemFree_bytes', Math.floor(available / 2))
    .gauge('node_memory_Cached_bytes', Math.floor(available / 2))
    .gauge('node_memory_Buffers_bytes', 0.1 * GIB)
    .gauge('node_memory_SwapTotal_bytes', 0)
    .gauge('node_memory_SwapFree_bytes', 0);
}

function cores(page: Exposition, timeline: Timeline): void {
  for (const cpu of CORES)
    for (const [mode, [usual, busy]] of Object.entries(MODES)) {
      const spent = timeline.count({ perSecond: usual, not: ['cpu-busy'], plus: { 'cpu-busy': busy } });
      page.counter('node_cpu_seconds_total', timeline.duration(spent), { cpu, mode });
    }
  const load = timeline.isActive('cpu-busy') ? 4 : 0.4;
  page.gauge('node_load1', load).gauge('node_load5', load).gauge('node_load15', load);
}

function kernel(page: Exposition, timeline: Timeline): void {
  const share = (fault: string) => (timeline.isActive(fault) ? USED.nearlyAll : USED.usual);
  const stalled = timeline.count({ perSecond: 0.01, not: ['disks-overloaded'], plus: { 'disks-overloaded': 0.8 } });
  page
    .untyped('node_vmstat_oom_kill', timeline.events(240, 'out-of-memory').count)
    .counter('node_pressure_io_stalled_seconds_total', timeline.duration(stalled))
    .counter('node_pressure_io_waiting_seconds_total', timeline.duration(2 * stalled))
    .gauge('node_nf_conntrack_entries_limit', 262_144)
    .gauge('node_nf_conntrack_entries', Math.floor(262_144 * share('connections-pile-up')))
    .gauge('node_filefd_maximum', 1e6)
    .gauge('node_filefd_allocated', 1e6 * share('files-pile-up'))
    .counter('node_context_switches_total', timeline.count({ perSecond: 4000 }))
    .counter('node_forks_total', timeline.count({ perSecond: 5 }))
    .gauge('node_procs_running', 2)
    .gauge('node_procs_blocked', timeline.isActive('disks-overloaded') ? 40 : 0);
}

function clock(page: Exposition, timeline: Timeline): void {
  const loose = timeline.isActive('clock-unsynchronised');
  page
    .gauge('node_boot_time_seconds', timeline.wall(timeline.startedAt))
    .gauge('node_time_seconds', timeline.wall(timeline.now))
    .gauge('node_timex_sync_status', loose ? 0 : 1)
    // What the kernel gives up at is no limit that a stack file tunes, and so is as long as ever in compressed time.
    .gauge('node_timex_maxerror_seconds', loose ? 16 : 0.05)
    .gauge('node_timex_offset_seconds', timeline.duration(timeline.isActive('clock-off') ? -0.2 : 0.0004));
}

function network(page: Exposition, timeline: Timeline): void {
  const device = { device: 'eth0' };
  const packets = timeline.count({ perSecond: 900 });
  const broken = timeline.count({ perSecond: 0, plus: { 'network-errors': 45 } });
  page
    .gauge('node_network_up', 1, device)
    .counter('node_network_receive_packets_total', packets, device)
    .counter('node_network_transmit_packets_total', packets, device)
    .counter('node_network_receive_bytes_total', 700 * packets, device)
    .counter('node_network_transmit_bytes_total', 500 * packets, device)
    .counter('node_network_receive_errs_total', broken, device)
    .counter('node_network_transmit_errs_total', 0, device)
    .counter('node_network_receive_drop_total', 0, device)
    .counter('node_network_transmit_drop_total', 0, device);
}

function units(page: Exposition, timeline: Timeline): void {
  for (const name of UNITS) {
    const usual = name === 'backup.service' ? 'inactive' : 'active';
    const now = name === 'backup.service' && timeline.isActive('unit-failed') ? 'failed' : usual;
    for (const state of STATES)
      page.gauge('node_systemd_unit_state', state === now ? 1 : 0, { name, state, type: 'simple' });
  }
}

function collectors(page: Exposition, timeline: Timeline): void {
  const failing = timeline.isActive('collector-failing') ? 'timex' : undefined;
  for (const collector of COLLECTORS)
    page
      .gauge('node_scrape_collector_success', collector === failing ? 0 : 1, { collector })
      .gauge('node_scrape_collector_duration_seconds', timeline.duration(0.002), { collector });
  const stale = timeline.isActive('textfile-forgotten') ? 27 * HOUR : timeline.now % 300;
  page
    .gauge('node_textfile_scrape_error', timeline.isActive('textfile-broken') ? 1 : 0)
    .gauge('node_textfile_mtime_seconds', timeline.wall(timeline.now - stale), {
      file: '/var/lib/metrics/backup.prom',
    });
}

function raid(page: Exposition, timeline: Timeline): void {
  const device = 'md0';
  const lost = timeline.isActive('raid-degraded') ? 1 : 0;
  page
    .gauge('node_md_disks_required', 2, { device })
    .gauge('node_md_disks', 2 - lost, { device, state: 'active' })
    .gauge('node_md_disks', lost, { device, state: 'failed' })
    .gauge('node_md_disks', 0, { device, state: 'spare' });
}
