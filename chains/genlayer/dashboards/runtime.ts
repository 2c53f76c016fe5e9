/** The Go runtime of the nodes in depth: memory, garbage collection, goroutines. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';
import { WHO } from './shared.ts';

const of = (metric: string) => `max by (instance, validator_name) (${metric}{validator_name!=""})`;
const level = (metric: string) => query(of(metric), WHO);
const pace = (counter: string) =>
  query(`max by (instance, validator_name) (rate(${counter}{validator_name!=""}[$__rate_interval]))`, WHO);

export const runtime: DashboardSpec = {
  slug: 'runtime',
  title: 'Go runtime',
  description: 'Memory, garbage collection and goroutines of each node: where a leak is, and since when.',
  instancesOf: 'up{validator_name!=""}',
  sections: [
    section(100, 'Memory', [
      timeseries(1, 'Live heap', {
        description:
          'Bytes of live objects. Several validators above 1, 2 or 3 GB at once are what the fleet alerts tell.',
        unit: 'B',
        queries: [query('instance:genlayer_validator:alloc_bytes', WHO)],
        alerts: [
          'HighMemory3Validators1GB',
          'HighMemory3Validators2GB',
          'HighMemory3Validators3GB',
          'GenLayerGoMetricsDropped',
        ],
      }),
      timeseries(2, 'Heap in use', {
        description: 'Spans that hold objects: live heap and what lies between.',
        unit: 'B',
        queries: [level('go_memstats_heap_inuse_bytes')],
      }),
      timeseries(3, 'Heap objects', {
        description: 'Live objects. If they rise and bytes do not, something small is kept for ever.',
        unit: 'amount',
        queries: [level('go_memstats_heap_objects')],
      }),
      timeseries(4, 'Allocation', {
        description: 'Bytes allocated each second: what the collector has to clear away.',
        unit: 'B/s',
        queries: [pace('go_memstats_alloc_bytes_total')],
      }),
      timeseries(5, 'Resident memory', {
        description: 'What the kernel counts for the node.',
        unit: 'B',
        queries: [level('process_resident_memory_bytes')],
      }),
      timeseries(6, 'Reserved from the system', {
        description: 'All memory that Go has asked for, what it gave back included.',
        unit: 'B',
        queries: [level('go_memstats_sys_bytes')],
      }),
    ]),
    section(101, 'Garbage collection', [
      timeseries(10, 'Time in pauses', {
        description: 'Share of the time that the node stands still for its collector.',
        unit: 'ratio',
        queries: [reading('GenLayerGcPausesHigh', WHO)],
        limits: ['GenLayerGcPausesHigh'],
      }),
      timeseries(11, 'Next collection', {
        description: 'Heap at which the next collection begins: twice the live heap unless GOGC says otherwise.',
        unit: 'B',
        queries: [level('go_memstats_next_gc_bytes')],
      }),
      timeseries(12, 'Time since the last collection', {
        description: 'Minutes at most. Seconds all the time are a heap at its limit.',
        unit: 's',
        queries: [query(`time() - ${of('go_memstats_last_gc_time_seconds')}`, WHO)],
      }),
    ]),
    section(102, 'Concurrency', [
      timeseries(20, 'Goroutines', {
        description: 'A line that only rises is a leak.',
        unit: 'goroutines',
        queries: [level('go_goroutines')],
        limits: ['GenLayerGoroutinesHigh'],
      }),
      timeseries(21, 'Threads', {
        description: 'Threads of the system. Many are calls that block.',
        unit: 'threads',
        queries: [level('go_threads')],
      }),
      timeseries(22, 'Open files', {
        description: 'File descriptors in use, connections among them.',
        unit: 'files',
        queries: [level('process_open_fds')],
      }),
      timeseries(23, 'CPU', {
        description: 'Cores that the node itself uses, without GenVM.',
        unit: 'cores',
        queries: [pace('process_cpu_seconds_total')],
      }),
    ]),
  ],
};
