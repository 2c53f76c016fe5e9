import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';

export const machine: DashboardSpec = {
  slug: 'machine',
  title: 'Machine',
  description: 'The machine that the EQ service runs on, and its containers.',
  instancesOf: 'up{component="eq-host"}',
  sections: [
    section(100, 'Machine', [
      timeseries(1, 'Memory in use', {
        description: 'The share of the memory in use, caches not counted.',
        unit: 'ratio',
        queries: [reading('EqServiceHighMemoryUsage', '{{instance}}')],
        limits: ['EqServiceHighMemoryUsage'],
      }),
      timeseries(2, 'CPU', {
        description: 'The share of the time that the cores are busy, waiting for disks not counted.',
        unit: 'ratio',
        queries: [reading('EqServiceHighCpuUsage', '{{instance}}')],
        limits: ['EqServiceHighCpuUsage'],
      }),
      timeseries(3, 'Disk space left', {
        description: 'The share of each disk that is left for ordinary users.',
        unit: 'ratio',
        queries: [reading('EqServiceDiskSpaceLow', '{{mountpoint}} {{device}} {{fstype}} {{instance}}')],
        limits: ['EqServiceDiskSpaceLow', 'EqServiceDiskSpaceCritical'],
      }),
    ]),
    section(101, 'Containers', [
      timeseries(10, 'Memory', {
        description: 'What each container really needs, caches not counted.',
        unit: 'B',
        queries: [
          query(
            'sum by (instance, name) (container_memory_working_set_bytes{component="eq-containers", name!=""})',
            '{{name}} {{instance}}',
          ),
        ],
        alerts: ['EqServiceContainerMemoryHigh'],
      }),
      timeseries(11, 'Memory of the limit', {
        description: 'The share of its limit that each container uses; at all of it the kernel kills it.',
        unit: 'ratio',
        queries: [reading('EqServiceContainerMemoryHigh', '{{name}} {{instance}}')],
        limits: ['EqServiceContainerMemoryHigh'],
      }),
      timeseries(12, 'Restarts', {
        description: 'Starts of each container within the last hour.',
        unit: 'restarts',
        queries: [reading('EqServiceContainerRestarting', '{{name}} {{instance}}')],
        limits: ['EqServiceContainerRestarting'],
      }),
    ]),
  ],
};
