/** The file systems of a machine: how full each is, how fast it fills, and what is wrong with it. */
import type { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';

const GIB = 2 ** 30;
const HOUR = 3600;
const INODES = 64e6;

interface FileSystem {
  readonly device: string;
  readonly mountpoint: string;
  /** Bytes. */
  readonly size: number;
  /** Share that is left while all is well; absent where it is not mounted then. */
  readonly left?: number;
  /** Fault → share that is left while it is mounted for that fault. */
  readonly mounted?: Readonly<Record<string, number>>;
  /** The fault in which it fills steadily, and seconds until nothing is left. */
  readonly fills?: { readonly fault: string; readonly within: number };
  readonly faults?: { readonly readOnly?: string; readonly unreadable?: string; readonly inodes?: string };
}

/** Each is spared what another one is for, so that a fault leads to nothing but its own alerts. */
const FILE_SYSTEMS: readonly FileSystem[] = [
  { device: '/dev/nvme0n1p1', mountpoint: '/', size: 500 * GIB, left: 0.6, faults: { inodes: 'inodes-used-up' } },
  {
    device: '/dev/nvme1n1',
    mountpoint: '/data',
    size: 2000 * GIB,
    left: 0.45,
    fills: { fault: 'disk-filling', within: 36 * HOUR },
    faults: { readOnly: 'disk-read-only', unreadable: 'disk-unreadable' },
  },
  {
    device: '/dev/md0',
    mountpoint: '/archive',
    size: 4000 * GIB,
    left: 0.28,
    fills: { fault: 'disk-filling-fast', within: 6 * HOUR },
  },
  {
    device: '/dev/sdb1',
    mountpoint: '/mnt/import',
    size: 1000 * GIB,
    mounted: { 'disk-low': 0.12, 'disk-nearly-full': 0.03 },
  },
];

export function fileSystems(page: Exposition, timeline: Timeline): void {
  for (const each of FILE_SYSTEMS) {
    const left = shareLeft(each, timeline);
    if (left !== undefined) show(page, timeline, each, left);
  }
}

function shareLeft({ left, mounted = {}, fills }: FileSystem, timeline: Timeline): number | undefined {
  if (left === undefined) return Object.entries(mounted).find(([fault]) => timeline.isActive(fault))?.[1];
  const filling = fills === undefined ? 0 : (timeline.during(fills.fault) ?? 0) / fills.within;
  return left * Math.max(0, 1 - filling);
}

function show(page: Exposition, timeline: Timeline, each: FileSystem, left: number): void {
  const { device, mountpoint, size, faults = {} } = each;
  const is = (fault: string | undefined) => fault !== undefined && timeline.isActive(fault);
  const unreadable = is(faults.unreadable);
  const labels = { device, fstype: 'ext4', mountpoint, device_error: unreadable ? 'input/output error' : '' };
  page
    .gauge('node_filesystem_device_error', unreadable ? 1 : 0, labels)
    .gauge('node_filesystem_readonly', is(faults.readOnly) ? 1 : 0, labels);
  // Of what cannot be read the exporter says no more.
  if (unreadable) return;
  const bytes = Math.floor(left * size);
  page
    .gauge('node_filesystem_size_bytes', size, labels)
    .gauge('node_filesystem_avail_bytes', bytes, labels)
    .gauge('node_filesystem_free_bytes', bytes + 0.02 * size, labels)
    .gauge('node_filesystem_files', INODES, labels)
    .gauge('node_filesystem_files_free', INODES * (is(faults.inodes) ? 0.04 : 0.9), labels);
}
