/** Our aggregator, and an agent beside a node that pushes to it. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import type { SimulatedTarget } from '../../simulator.ts';
import { helpOf } from './help.ts';
import { ownService } from './service.ts';

const HOUR = 3600;
const MIB = 2 ** 20;
/** Seconds between two pushes. */
const PUSH = 15;
/** Seconds between two backups that are proven good. */
const BACKUP = 24 * HOUR;

/** One of several replicas: the first leads, and nodes push to it; the others hear of it through their log. */
export function exposeAggregator({ index }: SimulatedTarget, timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  const full = timeline.isActive('aggregator-store-full');
  ownService(page, timeline, {
    route: '/ingest',
    method: 'POST',
    refusing: ['aggregator-store-full'],
    notReady: ['aggregator-store-full'],
  });
  const old = timeline.isActive('backup-old') ? 50 * HOUR : timeline.now % BACKUP;
  page
    .counter(
      'aggregator_ingest_total',
      timeline.count({ perSecond: index === 0 ? 1 : 0, not: ['aggregator-store-full', 'fleet-silent'] }),
      { network: 'fleet-example' },
    )
    .gauge('aggregator_peers', 40)
    .gauge('aggregator_leader', index === 0 && !timeline.isActive('aggregator-leaderless') ? 1 : 0)
    .gauge('aggregator_store_ok', full ? 0 : 1)
    .gauge('aggregator_store_waiting', 0)
    .gauge('aggregator_replication_lag_seconds', timeline.duration(timeline.isActive('replica-behind') ? 300 : 1))
    .gauge('aggregator_backup_last_proven_timestamp_seconds', timeline.wall(timeline.now - old))
    .gauge('aggregator_secret_file_ok', timeline.isActive('aggregator-secret-unreadable') ? 0 : 1, { file: 'token' })
    .counter('bulk_export_total', timeline.events(60, 'exports-refused').count, {
      result: 'refused',
      encryption: 'none',
    });
  // A series of an event exists only once the event has happened.
  const failed = timeline.events(60, 'aggregator-store-full', 'aggregator-writes-fail').count;
  if (failed > 0) page.counter('aggregator_store_errors_total', failed, { reason: 'disk_full' });
  const refused = timeline.events(30, 'fleet-refused').count;
  if (refused > 0) page.counter('aggregator_rejected_total', refused, { reason: 'unauthorized' });
  return page.toString();
}

export function exposeAgent(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  ownService(page, timeline, { route: '/metrics', method: 'GET', refusing: [], notReady: [] });
  const waiting = timeline.during('agent-not-delivering') ?? 0;
  const silent = timeline.during('agent-not-collecting') ?? 0;
  const last = (since: number) => timeline.now - since - ((timeline.now - since) % PUSH);
  const pushes = timeline.count({ perSecond: 1 / PUSH, not: ['agent-not-delivering'] });
  page
    .gauge('agent_peers', 25)
    .gauge('agent_aggregators', 1)
    .gauge('agent_queue_max_bytes', 64 * MIB)
    .gauge('agent_queue_bytes', timeline.isActive('agent-queue-filling') ? 40 * MIB : 0.1 * MIB)
    .gauge('agent_queue_batches', waiting > 0 || timeline.isActive('agent-queue-filling') ? 80 : 0)
    .gauge('agent_last_success_timestamp_seconds', timeline.wall(last(waiting)))
    .gauge('agent_last_collect_timestamp_seconds', timeline.wall(last(silent)))
    .gauge('agent_secret_file_ok', timeline.isActive('agent-secret-unreadable') ? 0 : 1, { file: 'token' })
    .counter('agent_pushed_snapshots_total', 25 * pushes)
    .counter('agent_dropped_snapshots_total', timeline.events(60, 'agent-dropping').count, { reason: 'full' });
  return page.toString();
}
