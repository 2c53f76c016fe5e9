/** Our receiver: what it is sent, what it stores, and when it last heard the alert that always fires. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';
import { ownService } from './service.ts';

const GIB = 2 ** 30;
const COMMIT_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2];
const BATCHES = [1, 2, 5, 10, 20, 50, 100, 500, 2000];
/** Seconds between two visits of the alert that always fires. */
const WATCHDOG = 60;

export function exposeReceiver(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  const full = timeline.isActive('receiver-store-full');
  ownService(page, timeline, {
    route: '/alertmanager',
    method: 'POST',
    refusing: ['receiver-store-full'],
    notReady: ['receiver-store-full'],
  });
  received(page, timeline);
  store(page, timeline, full);
  const silence = timeline.during('watchdog-lost') ?? 0;
  page.gauge(
    'receiver_watchdog_last_seen_timestamp_seconds',
    timeline.wall(timeline.now - silence - ((timeline.now - silence) % WATCHDOG)),
  );
  const unreadable = timeline.isActive('secret-unreadable');
  page.gauge('receiver_secret_file_ok', unreadable ? 0 : 1, { file: 'token' }).gauge('receiver_event_clients', 1);
  return page.toString();
}

function received(page: Exposition, timeline: Timeline): void {
  for (const status of ['firing', 'resolved'])
    page.counter('receiver_alerts_received_total', timeline.count({ perSecond: 0.02 }), {
      source: 'alertmanager',
      channel: 'chainwatch',
      status,
    });
  page.counter('receiver_truncated_alerts_total', timeline.events(120, 'sender-truncates').count, {
    source: 'alertmanager',
  });
  // A series of an event exists only once the event has happened.
  const refused = timeline.events(30, 'requests-refused').count;
  if (refused > 0) page.counter('receiver_rejected_total', refused, { reason: 'unauthorized' });
}

function store(page: Exposition, timeline: Timeline, full: boolean): void {
  const failed = timeline.events(60, 'receiver-store-full', 'writes-fail').count;
  if (failed > 0) page.counter('receiver_store_errors_total', failed, { reason: 'disk_full' });
  const quick = timeline.count({ perSecond: 0.5, not: ['commits-slow', 'receiver-store-full'] });
  const slow = timeline.count({ perSecond: 0, plus: { 'commits-slow': 0.5 } });
  page
    .gauge('receiver_store_ok', full ? 0 : 1)
    .gauge(
      'receiver_store_free_bytes',
      timeline.isActive('receiver-disk-low', 'receiver-store-full') ? 0.5 * GIB : 40 * GIB,
    )
    .gauge('receiver_store_size_bytes', 0.1 * GIB)
    .gauge('receiver_store_waiting_alerts', 0)
    // The share that is quick is judged by the edge of a bucket, which compressed time does not move.
    .histogram('receiver_commit_duration_seconds', COMMIT_SECONDS, [
      { value: 0.004, count: quick },
      { value: 0.3, count: slow },
    ])
    .histogram('receiver_commit_batch_size', BATCHES, [{ value: 1, count: quick + slow }]);
}
