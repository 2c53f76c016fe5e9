/** One of two Alertmanagers: what is active there, what it sends, whom of its cluster it sees. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import type { SimulatedTarget } from '../../simulator.ts';
import { helpOf } from './help.ts';
import { machineProcess } from './process.ts';

/** As `alertmanager_config_hash` shows one. */
const HASH = 2.146_314_217_8e14;
const REASONS = ['clientError', 'contextCanceled', 'contextDeadlineExceeded', 'other', 'serverError'] as const;
const CHANNELS = [
  { integration: 'webhook', receiver_name: 'chainwatch' },
  { integration: 'telegram', receiver_name: 'on-call' },
] as const;
/** Seconds between two messages by one channel. */
const MESSAGE = 30;

export function exposeAlertmanager({ index }: SimulatedTarget, timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  const replica = (fault: string) =>
    timeline.replicas(fault).some(({ from, to }) => from <= timeline.now && timeline.now < to);
  const refused = replica('alertmanager-config-refused');
  page
    .gauge('alertmanager_config_last_reload_successful', refused ? 0 : 1)
    .gauge('alertmanager_config_last_reload_success_timestamp_seconds', timeline.wall(timeline.startedAt))
    .gauge('alertmanager_config_hash', index > 0 && replica('alertmanager-configs-differ') ? HASH + 1 : HASH)
    .gauge('alertmanager_cluster_enabled', 1)
    .gauge('alertmanager_cluster_members', timeline.isActive('cluster-split') ? 1 : 2)
    .gauge('alertmanager_cluster_failed_peers', timeline.isActive('cluster-split') ? 1 : 0);
  alerts(page, timeline);
  messages(page, timeline);
  machineProcess(page, timeline, 60e6);
  return page.toString();
}

function alerts(page: Exposition, timeline: Timeline): void {
  const silenced = timeline.isActive('all-silenced');
  const active = timeline.isActive('alert-flood') ? 160 : 2;
  page
    .gauge('alertmanager_alerts', silenced ? 0 : active, { state: 'active' })
    .gauge('alertmanager_alerts', silenced ? active : 0, { state: 'suppressed' })
    .gauge('alertmanager_alerts', 0, { state: 'unprocessed' })
    .gauge('alertmanager_silences', silenced ? 1 : 0, { state: 'active' })
    .gauge('alertmanager_silences', 0, { state: 'expired' })
    .gauge('alertmanager_silences', 0, { state: 'pending' })
    .counter('alertmanager_alerts_invalid_total', timeline.events(120, 'invalid-alerts').count, { version: 'v2' });
  for (const status of ['firing', 'resolved'])
    page.counter('alertmanager_alerts_received_total', timeline.count({ perSecond: 0.05 }), { status, version: 'v2' });
}

function messages(page: Exposition, timeline: Timeline): void {
  const sent = timeline.count({ perSecond: 1 / MESSAGE });
  for (const labels of CHANNELS) {
    page.counter('alertmanager_notifications_total', sent, labels);
    const failed =
      labels.integration === 'telegram'
        ? timeline.count({
            perSecond: 0,
            plus: { 'messages-failing': 0.2 / MESSAGE, 'messages-lost': 0.9 / MESSAGE },
          })
        : 0;
    for (const reason of REASONS)
      page.counter('alertmanager_notifications_failed_total', reason === 'serverError' ? failed : 0, {
        ...labels,
        reason,
      });
  }
}
