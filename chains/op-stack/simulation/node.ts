/** op-node's exposition: heads, derivation, sequencing, gossip, its requests to L1 and to the engine. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import type { SimulatedTarget } from '../../simulator.ts';
import { type Head, hashOf, headsOf, L2_BLOCK, originOf, SEQUENCER_FAULTS } from './heads.ts';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const REORG_DEPTHS = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 20.5, 50.5, 100.5];
const TXS_PER_BLOCK = 9;

export function exposeNode({ index }: SimulatedTarget, timeline: Timeline): string {
  const page = new Exposition();
  const sequencer = index === 0;
  page.gauge('op_node_default_info', 1, { version: 'v1.13.5' }).gauge('op_node_default_up', 1);
  heads(page, timeline);
  derivation(page, timeline);
  gossip(page, timeline);
  requests(page, timeline);
  if (sequencer) sequencing(page, timeline);
  page.gauge('op_node_default_transactions_sequenced_total', sequencer ? sequencedTxs(timeline) : 0);
  process(page, timeline);
  return page.toString();
}

function heads(page: Exposition, timeline: Timeline): void {
  const { l1Head, l1Finalized, l1Derived, unsafe, safe, finalized } = headsOf(timeline);
  const forked = timeline.isActive('heads-disagree');
  const record = (layer: string, type: string, head: Head, ownHash: boolean) => {
    const labels = { layer, type };
    page.gauge('op_node_default_refs_number', head.number, labels);
    page.gauge('op_node_default_refs_time', timeline.wall(head.time), labels);
    page.gauge('op_node_default_refs_hash', hashOf(head, ownHash && forked), labels);
    // Written once, when the block is first seen: it says how late the block came, not how old it is.
    page.gauge('op_node_default_refs_latency', -timeline.duration(0.4 + timeline.noise(type, 12) / 2), labels);
  };
  record('l1', 'l1_head', l1Head, false);
  record('l1', 'l1_finalized', l1Finalized, false);
  record('l1', 'l1_derived', l1Derived, false);
  for (const [type, head] of [
    ['l2_unsafe', unsafe],
    ['l2_safe', safe],
    ['l2_finalized', finalized],
  ] as const) {
    record('l2', type, head, true);
    const origin = originOf(head);
    page.gauge('op_node_default_refs_number', origin.number, { layer: 'l1_origin', type });
    page.gauge('op_node_default_refs_seqnr', ((head.time - origin.time) / L2_BLOCK) % 6, { type });
  }
}

function derivation(page: Exposition, timeline: Timeline): void {
  // Busy in the moments after a batch, or when it hangs; else it waits for L1.
  const busy = timeline.isActive('derivation-errors') || timeline.now % 300 < 6;
  const errors = Math.floor(timeline.total('derivation-errors') / 5);
  const resets = timeline.occurrences('l1-reorg') + Math.floor(timeline.total('pipeline-resets') / 120);
  page
    .gauge('op_node_default_derivation_idle', busy ? 0 : 1)
    .counter('op_node_default_derivation_errors_total', errors)
    .counter('op_node_default_pipeline_resets_total', resets)
    .counter('op_node_default_sequencing_errors_total', Math.floor(timeline.total('sequencing-errors') / 30))
    .counter('op_node_default_publishing_errors_total', Math.floor(timeline.total('gossip-errors') / 30))
    .gauge(
      'op_node_default_unsafe_payloads_buffer_len',
      timeline.isActive('node-stuck') ? 120 : Math.floor(timeline.noise('buffer', 4) * 3),
    )
    .gauge('op_node_default_protocol_version_delta', timeline.isActive('protocol-outdated') ? -1 : 0, {
      type: 'local_required',
    })
    .gauge('op_node_default_protocol_version_delta', 0, { type: 'local_recommended' })
    .counter('op_node_default_events_emitted', errors, { event_type: 'l1-temporary-error', emitter: 'pipeline' })
    .counter('op_node_default_events_emitted', timeline.count(0.5, ...SEQUENCER_FAULTS), {
      event_type: 'forkchoice-update',
      emitter: 'engine',
    });
  const deep = timeline.occurrences('l1-reorg');
  const shallow = Math.floor(timeline.now / 86_400);
  page.histogram('op_node_default_l1_reorg_depth', REORG_DEPTHS, {
    count: shallow + deep,
    below: (bound) => (bound < 1 ? 0 : bound < 6 ? shallow / Math.max(1, shallow + deep) : 1),
    sum: shallow + deep * 6,
  });
}

function gossip(page: Exposition, timeline: Timeline): void {
  const peers = timeline.isActive('no-peers')
    ? 0
    : timeline.isActive('few-peers')
      ? 2
      : 12 + Math.floor(timeline.noise('peers', 600) * 8);
  page
    .gauge('op_node_default_p2p_peer_count', peers)
    .gauge('op_node_default_p2p_bandwidth_bytes_total', timeline.count(9000, 'no-peers'), { direction: 'in' })
    .gauge('op_node_default_p2p_bandwidth_bytes_total', timeline.count(14_000, 'no-peers'), { direction: 'out' });
}

function requests(page: Exposition, timeline: Timeline): void {
  const call = (method: string, perSecond: number, fault: string) => {
    const failed = Math.floor(perSecond * 0.5 * timeline.total(fault));
    page.counter('op_node_default_rpc_client_requests_total', timeline.count(perSecond), { method });
    page.counter('op_node_default_rpc_client_responses_total', timeline.count(perSecond) - failed, {
      method,
      error: '<nil>',
    });
    if (failed > 0)
      page.counter('op_node_default_rpc_client_responses_total', failed, {
        method,
        error: 'context deadline exceeded',
      });
  };
  call('eth_getBlockByNumber', 0.4, 'l1-rpc-errors');
  call('eth_getBlockReceipts', 0.1, 'l1-rpc-errors');
  call('engine_forkchoiceUpdatedV3', 1, 'engine-errors');
  call('engine_newPayloadV4', 0.5, 'engine-errors');
  latency(page, timeline, 'op_node_default_l1_request_seconds', { request: 'receipts' }, 0.4, 'l1-rpc-slow', 0.08, 6);
}

function sequencing(page: Exposition, timeline: Timeline): void {
  latency(page, timeline, 'op_node_default_sequencer_sealing_seconds', {}, 0.5, 'sealing-slow', 0.05, 1.4);
  page.counter('op_node_default_sequencer_sealing_total', timeline.count(0.5, ...SEQUENCER_FAULTS));
}

function sequencedTxs(timeline: Timeline): number {
  const blocks = timeline.count(1 / L2_BLOCK, ...SEQUENCER_FAULTS);
  const empty = Math.floor(timeline.total('no-transactions') / L2_BLOCK);
  // One deposit in each block, even where nobody sends anything.
  return blocks + (blocks - empty) * (TXS_PER_BLOCK - 1);
}

/** A histogram whose observations take `usual` seconds, and `slow` ones while the fault lasts. */
function latency(
  page: Exposition,
  timeline: Timeline,
  name: string,
  labels: Readonly<Record<string, string>>,
  perSecond: number,
  fault: string,
  usual: number,
  slow: number,
): void {
  const count = timeline.count(perSecond);
  const slowCount = Math.floor(perSecond * timeline.total(fault));
  const below = (bound: number) => {
    const fast = bound >= timeline.duration(usual) ? count - slowCount : 0;
    return (fast + (bound >= timeline.duration(slow) ? slowCount : 0)) / Math.max(1, count);
  };
  page.histogram(
    name,
    SECONDS,
    { count, below, sum: timeline.duration((count - slowCount) * usual + slowCount * slow) },
    labels,
  );
}

export function process(page: Exposition, timeline: Timeline): void {
  page
    .gauge('process_start_time_seconds', timeline.wall(timeline.start - 3600))
    .counter('process_cpu_seconds_total', timeline.duration(timeline.count(0.3)))
    .gauge('process_resident_memory_bytes', 300e6 + Math.floor(timeline.noise('memory', 60) * 50e6))
    .gauge('process_open_fds', 60)
    .gauge('process_max_fds', 1_048_576);
}
