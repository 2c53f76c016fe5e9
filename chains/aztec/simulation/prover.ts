/** What the prover's node, broker and agents tell. */
import type { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';

export function exposeProverNode(page: Exposition, timeline: Timeline): void {
  page
    .gauge('aztec_prover_node_active_epoch_sessions', 1, { aztec_epoch_session_kind: 'full' })
    .gauge('aztec_prover_node_rewards_total', timeline.count({ perSecond: 1 / 2304 }) * 10);
}

export function exposeBroker(page: Exposition, timeline: Timeline): void {
  const working = timeline.isActive('agents-gone') ? 0 : 8;
  const waiting = timeline.isActive('queue-long') ? 800 : timeline.around('queue', 20, 60, 300);
  const jobs = (outcome: string, count: number) => page.gauge(`aztec_proving_queue_${outcome}_jobs_count`, count);
  page.gauge('aztec_proving_queue_size', waiting);
  jobs('active', working);
  jobs('enqueued', timeline.count({ perSecond: 0.5 }));
  jobs('resolved', timeline.count({ perSecond: 0.5, not: ['agents-gone'] }));
  jobs('rejected', timeline.events(600, 'jobs-rejected').count);
  jobs('timed_out', timeline.events(120, 'jobs-time-out').count);
  jobs('retried', timeline.events(120, 'jobs-time-out').count);
}

export function exposeAgent(page: Exposition, timeline: Timeline): void {
  const jobs = timeline.count({ perSecond: 0.06 });
  page.histogram(
    'aztec_proving_queue_agent_idle_seconds',
    [1, 5, 10, 30, 60],
    [{ value: timeline.duration(2), count: jobs }],
  );
}
