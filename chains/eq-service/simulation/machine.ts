/** The machine that the service runs on, as node_exporter and cAdvisor show it, and what a blackbox exporter finds. */
import { Exposition } from '../../simulation/exposition.ts';
import { lastStart } from '../../simulation/restarts.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';

const GIB = 2 ** 30;
const MEMORY = 32 * GIB;
const DISK = 500 * GIB;
const LIMIT = 8 * GIB;
const CORES = ['0', '1'] as const;
/** Seconds in each second that a core spends in a mode, usually and when something keeps it busy. */
const MODES = { idle: [0.8, 0.02], iowait: [0.02, 0.02], system: [0.05, 0.06], user: [0.13, 0.9] } as const;

export function exposeHost(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  const available = timeline.isActive('eq-memory-short') ? 0.05 : 0.5 + 0.1 * timeline.noise('memory', 60);
  const left = timeline.isActive('eq-disk-full') ? 0.03 : timeline.isActive('eq-disk-filling') ? 0.12 : 0.6;
  page
    .gauge('node_memory_MemTotal_bytes', MEMORY)
    .gauge('node_memory_MemAvailable_bytes', Math.floor(available * MEMORY));
  for (const cpu of CORES)
    for (const [mode, [usual, busy]] of Object.entries(MODES)) {
      const spent = timeline.count({ perSecond: usual, not: ['eq-cpu-busy'], plus: { 'eq-cpu-busy': busy } });
      page.counter('node_cpu_seconds_total', timeline.duration(spent), { cpu, mode });
    }
  const disk = { device: '/dev/nvme0n1p1', fstype: 'ext4', mountpoint: '/', device_error: '' };
  return page
    .gauge('node_filesystem_size_bytes', DISK, disk)
    .gauge('node_filesystem_avail_bytes', Math.floor(left * DISK), disk)
    .toString();
}

export function exposeContainers(timeline: Timeline): string {
  const labels = { id: '/docker/5f1c', image: 'eq-service:latest', name: 'eq-service' };
  const used = timeline.isActive('eq-container-memory') ? 0.95 : 0.3 + 0.1 * timeline.noise('container', 60);
  return new Exposition({ help: helpOf })
    .gauge('container_memory_working_set_bytes', Math.floor(used * LIMIT), labels)
    .gauge('container_spec_memory_limit_bytes', LIMIT, labels)
    .gauge('container_start_time_seconds', timeline.wall(lastStart(timeline, 'eq-container-restarting')), labels)
    .toString();
}

/** @param fault the one in which nobody answers */
export function exposeProbe(timeline: Timeline, fault: string): string {
  const fails = timeline.isActive(fault);
  return new Exposition({ help: helpOf })
    .gauge('probe_success', fails ? 0 : 1)
    .gauge('probe_duration_seconds', timeline.duration(fails ? 5 : 0.02 + 0.01 * timeline.noise('probe', 60)))
    .toString();
}
