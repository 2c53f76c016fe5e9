/** Reads, and phones at the gateway. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';
import { rates } from './shared.ts';

export const gateway: DashboardSpec = {
  slug: 'gateway',
  title: 'Gateway and mobile cache',
  description: 'What is read, what is denied, and what phones leave behind.',
  instancesOf: 'up{component="tb-node"}',
  sections: [
    section(100, 'Reads', [
      rates(1, 'Reads denied', 'read_denied_total', ['reason'], {
        description: 'By reason; this version knows only the limit.',
        unit: 'reads/s',
        alerts: ['ReadDeniedSpike'],
      }),
      timeseries(2, 'Denials against their usual rate', {
        description: 'As a multiple of the rate of the last hours.',
        unit: 'ratio',
        queries: [reading('ReadDeniedSpike', '{{instance}}')],
        limits: ['ReadDeniedSpike'],
      }),
    ]),
    section(101, 'Mobile cache', [
      timeseries(10, 'Requests that the cache answers', {
        description: 'Share of all that are asked of it.',
        unit: 'ratio',
        queries: [reading('MobileCacheHitRatioLow', '{{instance}}')],
        limits: ['MobileCacheHitRatioLow'],
      }),
      timeseries(11, 'Entries refused', {
        description: 'Too large, or the cache is full.',
        unit: 'entries/s',
        queries: [reading('MobileCacheRejects', '{{instance}}')],
        limits: ['MobileCacheRejects'],
      }),
      timeseries(12, 'Sweeps', {
        description: 'Share of those that the interval asks for.',
        unit: 'ratio',
        queries: [reading('MobileCacheSweepStalled', '{{instance}}')],
        limits: ['MobileCacheSweepStalled'],
      }),
      timeseries(13, 'Queued transactions', {
        description: 'Left by phones while offline. They drain after a reconnect.',
        unit: 'txs',
        queries: [query('mobile_tx_queue_depth', '{{instance}}')],
        limits: ['MobileQueueHigh', 'MobileQueueFull'],
      }),
      timeseries(14, 'Bytes held', {
        description: 'In the cache and in the queue.',
        unit: 'B',
        queries: [
          query('mobile_cache_entry_bytes', 'cache {{instance}}'),
          query('mobile_cache_queue_bytes', 'queue {{instance}}'),
        ],
      }),
    ]),
  ],
};
