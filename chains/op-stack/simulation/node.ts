/** op-node's exposition: heads, derivation, sequencing, gossip, its requests to L1 and to the engine. */
import type { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import type { SimulatedTarget } from '../../simulator.ts';
import { BATCH_INTERVAL, type Head, hashOf, headsOf, L2_BLOCK, SimulatedChain } from './heads.ts';
import { latency, programPage } from './process.ts';

const REORG_DEPTHS = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 20.5, 50.5, 100.5];
const TXS_PER_BLOCK = 9;
const P = 'op_node_default';
const NO_BLOCKS = ['sequencer-stall', 'op-geth-down'];

export function exposeNode({ index }: SimulatedTarget, timeline: Timeline): string {
  const page = programPage(timeline, P, 'v1.13.5');
  const chain = new SimulatedChain(timeline);
  heads(page, timeline, chain);
  derivation(page, timeline);
  errors(page, timeline, index === 0);
  gossip(page, timeline);
  requests(page, timeline);
  sequencing(page, timeline, index === 0);
  return page.toString();
}

function heads(page: Exposition, timeline: Timeline, chain: SimulatedChain): void {
  const { l1Head, l1Safe, l1Finalized, l1Derived, unsafe, safe, finalized } = headsOf(timeline, chain);
  const { now } = timeline;
  const fork = timeline.replicas('heads-disagree').some(({ from, to }) => from <= now && now < to);
  const record = (layer: string, type: string, head: Head, forked = false) => {
    const labels = { layer, type };
    page.gauge(`${P}_refs_number`, head.number, labels);
    page.gauge(`${P}_refs_time`, timeline.wall(head.time), labels);
    page.gauge(`${P}_refs_hash`, hashOf(head, forked), labels);
    // Written when a block is first seen: how late it came, not how old it is.
    page.gauge(
      `${P}_refs_latency`,
      -timeline.duration(0.4 + timeline.noise(`${type}/${head.number}`, 1e9) / 2),
      labels,
    );
  };
  record('l1', 'l1_head', l1Head);
  record('l1', 'l1_safe', l1Safe);
  record('l1', 'l1_finalized', l1Finalized);
  record('l1', 'l1_derived', l1Derived);
  if (timeline.isActive('node-metrics-lost')) return;
  for (const [type, head] of [
    ['l2_unsafe', unsafe],
    ['l2_safe', safe],
    ['l2_finalized', finalized],
  ] as const) {
    record('l2', type, head, fork && type !== 'l2_unsafe');
    const origin = chain.originOf(head);
    page.gauge(`${P}_refs_number`, origin.number, { layer: 'l1_origin', type });
    page.gauge(`${P}_refs_hash`, hashOf(origin, false), { layer: 'l1_origin', type });
    page.gauge(`${P}_refs_seqnr`, Math.max(0, Math.floor((head.time - origin.time) / L2_BLOCK) % 6), { type });
  }
}

function derivation(page: Exposition, timeline: Timeline): void {
  // Busy in the moments after a batch, or when it hangs; else it waits for L1.
  const busy = timeline.isActive('derivation-stuck', 'derivation-errors') || timeline.now % BATCH_INTERVAL < 6;
  const batches = timeline.rounds(BATCH_INTERVAL, timeline.anybody('batches-lost'));
  const stuck = timeline.replicas('node-stuck').some(({ from, to }) => from <= timeline.now && timeline.now < to);
  page
    .gauge(`${P}_derivation_idle`, busy ? 0 : 1)
    .gauge(
      `${P}_unsafe_payloads_buffer_len`,
      stuck || timeline.isActive('payloads-stuck') ? 120 : timeline.around('buffer', 0, 3, 4),
    )
    .counter(`${P}_unsafe_payloads_total`, timeline.count({ perSecond: 1 / L2_BLOCK, not: NO_BLOCKS }))
    .counter(`${P}_head_channel_total`, batches.count)
    .counter(`${P}_frame_added_total`, batches.count * 3)
    .counter(`${P}_channel_timeout_total`, 0);
  if (batches.last !== undefined)
    page
      .counter(`${P}_derived_batches_total`, batches.count, { type: 'span' })
      .gauge(`${P}_last_derived_batches_unix`, timeline.wall(batches.last), { type: 'span' });
  const behind = timeline.isActive('protocol-outdated');
  for (const [type, delta] of [
    ['local_required', behind ? -3 : 0],
    ['engine_required', behind ? -3 : 0],
    ['local_recommended', behind ? -3 : 0],
    ['engine_recommended', behind ? -3 : 0],
  ] as const)
    page.gauge(`${P}_protocol_version_delta`, delta, { type });
}

function errors(page: Exposition, timeline: Timeline, sequencer: boolean): void {
  const reorgs = timeline.events(1200, 'l1-reorg').count;
  const shallow = timeline.count({ perSecond: 1 / 86_400 });
  const forSequencer = (fault: string, period: number) => (sequencer ? timeline.events(period, fault).count : 0);
  page
    .counter(`${P}_derivation_errors_total`, 0)
    .counter(`${P}_pipeline_resets_total`, 1 + reorgs + timeline.events(240, 'pipeline-resets').count)
    .counter(`${P}_sequencing_errors_total`, forSequencer('sequencing-errors', 30))
    .counter(`${P}_publishing_errors_total`, forSequencer('gossip-errors', 20))
    .counter(`${P}_sequencer_resets_total`, forSequencer('l1-reorg', 1200))
    .counter(`${P}_events_emitted`, timeline.count({ perSecond: 0.5, not: NO_BLOCKS }), {
      event_type: 'forkchoice-update',
      emitter: 'engine',
    })
    .histogram(`${P}_l1_reorg_depth`, REORG_DEPTHS, [
      { value: 0, count: shallow },
      { value: 6, count: reorgs },
    ]);
  // A series of an event exists only once the event has happened.
  const failed = timeline.events(15, 'derivation-errors').count + timeline.count({ perSecond: 1 / 7200 });
  if (failed > 0)
    page.counter(`${P}_events_emitted`, failed, { event_type: 'engine-temporary-error', emitter: 'pipeline' });
}

function gossip(page: Exposition, timeline: Timeline): void {
  const few = timeline.isActive('few-peers') ? 2 : timeline.around('peers', 12, 8, 600);
  page
    .gauge(`${P}_p2p_peer_count`, timeline.isActive('no-peers') ? 0 : few)
    .gauge(`${P}_p2p_stream_count`, timeline.isActive('no-peers') ? 0 : few * 4)
    .gauge(`${P}_p2p_bandwidth_bytes_total`, timeline.count({ perSecond: 9000, not: ['no-peers'] }), {
      direction: 'in',
    })
    .gauge(`${P}_p2p_bandwidth_bytes_total`, timeline.count({ perSecond: 14_000, not: ['no-peers'] }), {
      direction: 'out',
    });
}

function requests(page: Exposition, timeline: Timeline): void {
  const call = (method: string, perSecond: number, fault: string, error: string, missing = 0) => {
    const answered = (name: string, count: number) => {
      if (count > 0) page.counter(`${P}_rpc_client_responses_total`, count, { method, error: name });
    };
    page.counter(`${P}_rpc_client_requests_total`, timeline.count({ perSecond }), { method });
    answered(
      '<nil>',
      timeline.count({ perSecond: perSecond * (1 - missing), not: [fault], plus: { [fault]: perSecond / 2 } }),
    );
    answered('<not found>', timeline.count({ perSecond: perSecond * missing, not: [fault] }));
    answered(error, timeline.count({ perSecond: 0, plus: { [fault]: perSecond / 2 } }));
    latency(page, timeline, `${P}_rpc_client_request_duration_seconds`, {
      perSecond,
      usual: 0.04,
      slow: 6,
      fault: method.startsWith('engine_') ? 'engine-slow' : 'l1-rpc-slow',
      labels: { method },
    });
  };
  // Asking for a block that is not there yet is how the next one is awaited.
  call('eth_getBlockByNumber', 0.4, 'l1-rpc-errors', 'http_429', 0.2);
  call('eth_getBlockReceipts', 0.1, 'l1-rpc-errors', 'http_429');
  call('engine_forkchoiceUpdatedV3', 1, 'engine-errors', '<unknown>');
  call('engine_newPayloadV3', 0.5, 'engine-errors', '<unknown>');
  for (const [request, perSecond, usual] of [
    ['L1BlockRefByNumber', 0.3, 0.06],
    ['FetchReceipts', 0.1, 0.15],
  ] as const)
    latency(page, timeline, `${P}_l1_request_seconds`, {
      perSecond,
      usual,
      slow: 6,
      fault: 'l1-rpc-slow',
      labels: { request },
    });
}

/** The first op-node is the sequencer; the others expose the same metrics and never count. */
function sequencing(page: Exposition, timeline: Timeline, sequencer: boolean): void {
  const perSecond = sequencer ? 1 / L2_BLOCK : 0;
  latency(page, timeline, `${P}_sequencer_sealing_seconds`, {
    perSecond,
    usual: 0.03,
    slow: 1.4,
    fault: 'sealing-slow',
    not: NO_BLOCKS,
  });
  page.counter(`${P}_sequencer_sealing_total`, timeline.count({ perSecond, not: NO_BLOCKS }));
  // One deposit in each block, even where nobody sends anything.
  const deposits = timeline.count({ perSecond, not: NO_BLOCKS });
  const users = timeline.count({ perSecond: perSecond * (TXS_PER_BLOCK - 1), not: [...NO_BLOCKS, 'no-transactions'] });
  page.gauge(`${P}_transactions_sequenced_total`, deposits + users);
}
