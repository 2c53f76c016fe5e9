import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import {
  gauge,
  type Panel,
  query,
  reading,
  section,
  stat,
  table,
  timeseries,
} from '../../../model/dashboards/panels.ts';
import { watched } from './shared.ts';

/** File systems that are a disk. */
const DISKS = 'component="node-exporter", fstype!~"tmpfs|overlay|squashfs|ramfs"';
const FREE = `node_filesystem_avail_bytes{${DISKS}} / node_filesystem_size_bytes{${DISKS}}`;
const DEVICES = 'component="node-exporter", device!~"lo|veth.*|docker.*|br-.*"';

/** Each is shown as it is now, and as it went. */
const CPU = {
  description: 'Share of all cores that is busy; waiting for the disk does not count.',
  unit: 'ratio',
  ...watched('HostCpuBusy', '{{instance}}'),
} as const;
const MEMORY = {
  description: 'Share of the memory that no program could still get.',
  unit: 'ratio',
  queries: [reading('HostMemoryExhausted', '{{instance}}')],
  limits: ['HostMemoryHigh', 'HostMemoryExhausted'],
} as const;

export const hosts: DashboardSpec = {
  slug: 'hosts',
  title: 'Hosts',
  description: 'CPU, memory, disk and network of the hosts outside the cluster, and how many days their disks last.',
  instancesOf: 'up{component="node-exporter"}',
  sections: [
    section(100, 'Now', [
      upPanel(1, 'node-exporter', ['HostDown'], 12),
      stat(2, 'Last start', {
        description: 'Time since the host was booted.',
        unit: 'min',
        ...watched('HostRestarted', '{{instance}}'),
        width: 12,
      }),
      gauge(3, 'CPU', { ...CPU, width: 8 }),
      gauge(4, 'Memory', { ...MEMORY, width: 8 }),
      gauge(5, 'Space left on the fullest disk', {
        description: 'Share that is free of the file system that has least.',
        unit: 'ratio',
        queries: [query(`min by (instance) (${FREE})`, '{{instance}}')],
        limits: ['HostDiskSpaceLow', 'HostDiskSpaceCritical'],
        width: 8,
      }),
    ]),
    section(101, 'CPU and memory', load()),
    section(102, 'Disk', disk()),
    section(103, 'Network and kernel', kernel()),
    section(104, 'Units and collectors', units()),
  ],
};

function load(): Panel[] {
  return [
    timeseries(10, 'CPU', CPU),
    timeseries(11, 'Memory', MEMORY),
    timeseries(12, 'Killed for memory', {
      description: 'Processes that the kernel killed because memory ran out.',
      unit: 'events',
      ...watched('HostOomKill', '{{instance}}'),
    }),
  ];
}

function disk(): Panel[] {
  return [
    timeseries(20, 'Space left', {
      description: 'Share of each file system that is free.',
      unit: 'ratio',
      queries: [query(FREE, '{{instance}} {{mountpoint}}')],
      limits: ['HostDiskSpaceLow', 'HostDiskSpaceCritical'],
    }),
    timeseries(21, 'Days left', {
      description:
        'Days until a file system is full at the growth of the last hours. No line: it does not grow, or is half empty.',
      unit: 'd',
      ...watched('HostDiskDaysLeft', '{{instance}} {{mountpoint}}'),
      alerts: ['HostDiskFullSoon'],
    }),
    timeseries(22, 'Inodes left', {
      description: 'Share of the inodes that is free. Without one no file can be made, however much space there is.',
      unit: 'ratio',
      ...watched('HostInodesLow', '{{instance}} {{mountpoint}}'),
    }),
    timeseries(23, 'Waiting for the disk', {
      description: 'Share of the time in which every task waited for the disk.',
      unit: 'ratio',
      ...watched('HostIoPressure', '{{instance}}'),
    }),
    table(24, 'Read-only or unreadable', {
      description: 'File systems that cannot be written, or that node_exporter cannot read.',
      unit: 'number',
      queries: [
        query(`node_filesystem_readonly{${DISKS}} == 1 or node_filesystem_device_error{${DISKS}} == 1`, 'state'),
      ],
      columns: ['instance', 'mountpoint', 'device', 'fstype'],
      alerts: ['HostFilesystemReadOnly', 'HostFilesystemError'],
      noValue: 'none',
      width: 8,
    }),
    timeseries(25, 'Disks missing from a RAID', {
      description: 'Disks that an array lacks.',
      unit: 'disks',
      ...watched('HostRaidDegraded', '{{instance}} {{device}}'),
    }),
  ];
}

function kernel(): Panel[] {
  return [
    timeseries(30, 'Network traffic', {
      description: 'Bytes received and sent by the real interfaces.',
      unit: 'B/s',
      queries: [
        query(
          `sum by (instance) (rate(node_network_receive_bytes_total{${DEVICES}}[$__rate_interval]))`,
          'in {{instance}}',
        ),
        query(
          `sum by (instance) (rate(node_network_transmit_bytes_total{${DEVICES}}[$__rate_interval]))`,
          'out {{instance}}',
        ),
      ],
    }),
    timeseries(31, 'Network errors', {
      description: 'Share of the packets that were damaged or lost at the interface.',
      unit: 'ratio',
      ...watched('HostNetworkErrors', '{{instance}} {{device}}'),
    }),
    timeseries(32, 'Tracked connections', {
      description: 'Share of the table of connections that is used. A full one drops new connections.',
      unit: 'ratio',
      ...watched('HostConntrackNearLimit', '{{instance}}'),
    }),
    timeseries(33, 'Open files', {
      description: 'Share of the files that the host may hold open.',
      unit: 'ratio',
      ...watched('HostFileDescriptorsNearLimit', '{{instance}}'),
    }),
    timeseries(34, 'Clock offset', {
      description: 'How far the clock is off. Block times and tokens depend on it.',
      unit: 's',
      ...watched('HostClockOffset', '{{instance}}'),
      alerts: ['HostClockNotSynchronised'],
    }),
  ];
}

function units(): Panel[] {
  return [
    table(40, 'Failed units', {
      description: 'Units of systemd that failed.',
      unit: 'number',
      queries: [query('node_systemd_unit_state{component="node-exporter", state="failed"} == 1', 'failed')],
      columns: ['instance', 'name'],
      alerts: ['HostSystemdUnitFailed'],
      noValue: 'none',
      width: 8,
    }),
    table(41, 'Failed collectors', {
      description: 'Parts of node_exporter that could not read: what they measure is missing everywhere.',
      unit: 'number',
      queries: [query('node_scrape_collector_success{component="node-exporter"} == 0', 'success')],
      columns: ['instance', 'collector'],
      alerts: ['HostCollectorFailing', 'HostTextfileError'],
      noValue: 'none',
      width: 8,
    }),
    timeseries(42, 'Age of text files', {
      description:
        'Hours since a text file of the collector was written. It is as old as the job that writes it is dead.',
      unit: 'h',
      ...watched('HostTextfileStale', '{{instance}} {{file}}'),
    }),
  ];
}
