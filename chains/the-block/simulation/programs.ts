/** What runs beside the nodes: phones, the aggregator, the synthetic probe. */
import type { Timeline } from '../../simulation/timeline.ts';
import { Page } from './page.ts';

export function exposeLightClient(timeline: Timeline): string {
  if (timeline.isActive('light-client-silent')) return '';
  const status = (field: string, value: number) =>
    page.gauge('the_block_light_client_device_status', value, { field, freshness: 'fresh' });
  const page = new Page(timeline);
  status('wifi', timeline.isActive('light-client-no-wifi') ? 0 : 1);
  status('charging', timeline.isActive('light-client-unplugged') ? 0 : 1);
  status('battery', timeline.isActive('light-client-battery') ? 0.1 : 0.9);
  return page.toString();
}

export function exposeAggregator(timeline: Timeline): string {
  return new Page(timeline)
    .counter('aggregator_ingest_total', { perSecond: 0.5, not: ['aggregator-ingest-stalled'] })
    .counter('aggregator_retention_pruned_total', { perSecond: 0.1 })
    .counter('bulk_export_total', { perSecond: 1 / 86_400 })
    .gauge('cluster_peer_active_total', timeline.isActive('aggregator-peers-dropped') ? 40 : 100)
    .gauge('aggregator_replication_lag_seconds', timeline.duration(timeline.isActive('aggregator-lag') ? 300 : 0.2))
    .toString();
}

export function exposeProbe(timeline: Timeline): string {
  if (timeline.isActive('probe-silent')) return '';
  const failing = timeline.isActive('synthetic-failing');
  const page = new Page(timeline)
    .gauge('synthetic_success_total', failing ? 0 : 1)
    .gauge('synthetic_convergence_seconds', timeline.duration(timeline.isActive('synthetic-slow') ? 60 : 4))
    .gauge('probe_success', failing ? 0 : 1)
    .gauge('probe_duration_seconds', timeline.duration(0.05));
  for (const step of ['mine', 'gossip', 'tip'])
    page.gauge('synthetic_fail_total', failing && step === 'gossip' ? 1 : 0, { step });
  return page.toString();
}
