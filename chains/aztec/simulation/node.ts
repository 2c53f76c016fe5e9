/** What every node of Aztec tells: how far it has come, peers, pool, world state, and its process. */
import type { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import type { Heads } from './heads.ts';

export function exposeNode(page: Exposition, timeline: Timeline, heads: Heads): void {
  archiver(page, timeline, heads);
  peers(page, timeline);
  const { block, provenBlock } = heads;
  page
    .gauge('aztec_mempool_tx_count', timeline.around('pool', 20, 30), { aztec_status: 'pending' })
    .gauge('aztec_world_state_unfinalized_height', block)
    .gauge('aztec_world_state_finalized_height', provenBlock)
    // While it lasts: what ends it is a restart, which empties the count.
    .gauge('aztec_world_state_critical_error_count', timeline.isActive('world-state-broken') ? 1 : 0, {
      aztec_error_type: 'synch_pending_block',
    })
    .gauge('aztec_node_receive_tx_count', timeline.count({ perSecond: 0.2 }), { aztec_ok: 'true' })
    .gauge('aztec_json_rpc_server_request_count', timeline.count({ perSecond: 2 }));
}

function archiver(page: Exposition, timeline: Timeline, heads: Heads): void {
  const prunes = (type: string, count: number) =>
    page.gauge('aztec_archiver_prune_count', count, { aztec_archiver_prune_type: type });
  prunes('unproven', timeline.events(1800, 'prune').count);
  prunes('uncheckpointed', 0);
  prunes('l1_conflict', 0);
  page
    .gauge('aztec_archiver_l1_block_height', heads.archived)
    .gauge('aztec_archiver_block_height', heads.block, { aztec_status: 'proposed' })
    .gauge('aztec_archiver_block_height', heads.block)
    .gauge('aztec_archiver_block_height', heads.provenBlock, { aztec_status: 'proven' })
    .gauge('aztec_archiver_checkpoint_height', heads.checkpoint)
    .gauge('aztec_archiver_checkpoint_height', heads.provenCheckpoint, { aztec_status: 'proven' });
}

function peers(page: Exposition, timeline: Timeline): void {
  const usual = timeline.around('peers', 30, 20, 600);
  const count = timeline.isActive('no-peers') ? 0 : timeline.isActive('few-peers') ? 3 : usual;
  const state = (name: string, peers: number) =>
    page.gauge('aztec_p2p_peer_state_count_peers', peers, { aztec_p2p_peer_score_state: name });
  state('Healthy', count);
  state('Disconnect', 0);
  state('Banned', 0);
  page.gauge('aztec_peer_manager_peer_count_peers', count).gauge('aztec_peer_manager_healthy_peer_count_peers', count);
}

/** Of any process of Aztec: Node.js, and the host metrics of OpenTelemetry. */
export function exposeProcess(page: Exposition, timeline: Timeline): void {
  const busy = timeline.isActive('cpu-busy');
  const delay = timeline.duration(timeline.isActive('event-loop-slow') ? 0.09 : 0.011);
  page
    .gauge('process_cpu_utilization', busy ? 0.7 : 0.12 + timeline.noise('cpu', 60) / 10, { process_cpu_state: 'user' })
    .gauge('process_cpu_utilization', busy ? 0.2 : 0.02, { process_cpu_state: 'system' })
    .counter('process_cpu_time_seconds_total', timeline.duration(timeline.count({ perSecond: 0.8 })), {
      process_cpu_state: 'user',
    })
    .gauge('process_memory_usage', timeline.isActive('memory-high') ? 9e9 : timeline.around('memory', 3e9, 1e9))
    .gauge('nodejs_memory_v8_heap_usage_bytes', timeline.around('heap', 4e8, 2e8))
    .gauge('nodejs_eventloop_delay_p90_nanoseconds', Math.round(delay * 1e9))
    .gauge('nodejs_eventloop_utilization', busy ? 0.9 : 0.1 + timeline.noise('loop', 60) / 10);
}
