import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, section, timeseries } from '../../../model/dashboards/panels.ts';
import { watched } from './shared.ts';

const NAMED = 'component="cadvisor", name!=""';

export const containers: DashboardSpec = {
  slug: 'containers',
  title: 'Containers',
  description: 'Containers of the hosts outside the cluster.',
  instancesOf: 'up{component="cadvisor"}',
  sections: [
    section(100, 'Use', [
      timeseries(1, 'CPU', {
        description: 'Cores that each container uses.',
        unit: 'cores',
        queries: [
          query(
            `sum by (instance, name) (rate(container_cpu_usage_seconds_total{${NAMED}}[$__rate_interval]))`,
            '{{name}} {{instance}}',
          ),
        ],
      }),
      timeseries(2, 'Memory', {
        description: 'Memory that cannot be taken from the container without harm.',
        unit: 'B',
        queries: [query(`container_memory_working_set_bytes{${NAMED}}`, '{{name}} {{instance}}')],
        alerts: ['ContainerMemoryNearLimit'],
      }),
      timeseries(3, 'Memory of its limit', {
        description: 'At 100 % the kernel kills a process of the container.',
        unit: 'ratio',
        ...watched('ContainerMemoryNearLimit', '{{name}} {{instance}}'),
      }),
      timeseries(4, 'Throttled', {
        description: 'Share of the periods in which the container wanted more CPU than it may have.',
        unit: 'ratio',
        ...watched('ContainerCpuThrottled', '{{name}} {{instance}}'),
      }),
    ]),
    section(101, 'Trouble', [
      timeseries(10, 'Restarts', {
        description: 'Starts over the window that the alert looks at.',
        unit: 'restarts',
        ...watched('ContainerRestarting', '{{name}} {{instance}}'),
      }),
      timeseries(11, 'Killed for memory', {
        description: 'Times that the kernel killed a process because the container had no memory left.',
        unit: 'events',
        ...watched('ContainerOomKilled', '{{name}} {{instance}}'),
      }),
      timeseries(12, 'Last seen', {
        description: 'Minutes since cAdvisor last saw a container that was there within the hour.',
        unit: 'min',
        ...watched('ContainerGone', '{{name}} {{instance}}'),
      }),
    ]),
  ],
};
