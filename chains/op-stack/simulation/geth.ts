/** op-geth's exposition. Its exporter writes counters and meters as gauges, and timers as summaries in nanoseconds. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { executed, L2_BLOCK, SimulatedChain } from './heads.ts';

const NANO = 1e9;
const DAY = 86_400;

export function exposeGeth(timeline: Timeline): string {
  const page = new Exposition({ geth: true });
  const chain = new SimulatedChain(timeline);
  if (!timeline.isActive('geth-metrics-lost')) blocks(page, timeline, chain);
  peers(page, timeline);
  rpc(page, timeline);
  txpool(page, timeline);
  machine(page, timeline);
  database(page, timeline);
  return page.toString();
}

function blocks(page: Exposition, timeline: Timeline, chain: SimulatedChain): void {
  const head = executed(timeline, chain);
  const safe = chain.batched(timeline.now);
  const reorgs = timeline.events(600, 'l2-reorg').count;
  page
    .gauge('chain_head_block', head.number)
    .gauge('chain_head_header', head.number)
    .gauge('chain_head_receipt', head.number)
    .gauge('chain_head_safe', Math.min(head.number, safe.number))
    .gauge('chain_head_finalized', chain.batched(chain.l1.when(chain.finality(timeline.now))).number)
    .gauge('chain_reorg_executes', reorgs)
    .gauge('chain_reorg_add', reorgs * 4)
    .gauge('chain_reorg_drop', reorgs * 4);
  const executions = timeline.count({ perSecond: 1 / L2_BLOCK, not: ['engine-stuck'] });
  for (const [name, milliseconds] of [
    ['chain_execution', 45],
    ['chain_inserts', 80],
    ['chain_validation', 4],
    ['chain_write', 9],
  ] as const)
    summary(page, timeline, name, milliseconds, executions);
}

/** Quantiles around a median of so many milliseconds, with a long tail. */
function summary(page: Exposition, timeline: Timeline, name: string, milliseconds: number, count: number): void {
  const wobble = 0.9 + 0.2 * timeline.noise(name, 30);
  const nano = (factor: number) => Math.round(timeline.duration((milliseconds / 1000) * factor * wobble) * NANO);
  const quantiles = {
    '0.5': nano(1),
    '0.75': nano(1.6),
    '0.95': nano(4),
    '0.99': nano(9),
    '0.999': nano(20),
    '0.9999': nano(25),
  };
  page.summary(name, quantiles, count);
}

function peers(page: Exposition, timeline: Timeline): void {
  const alone = timeline.isActive('no-peers');
  const inbound = alone ? 0 : timeline.around('inbound', 8, 4, 300);
  const outbound = alone ? 0 : timeline.around('outbound', 12, 4, 300);
  page
    .gauge('p2p_peers', inbound + outbound)
    .gauge('p2p_peers_inbound', inbound)
    .gauge('p2p_peers_outbound', outbound)
    .gauge('p2p_dials', 10 + timeline.count({ perSecond: 0.05, plus: { 'no-peers': 0.2 } }))
    .gauge('p2p_dials_success', 10 + timeline.count({ perSecond: 0.02, not: ['no-peers'] }))
    .gauge('p2p_serves', timeline.count({ perSecond: 0.03, not: ['no-peers'] }))
    .gauge('p2p_ingress', timeline.count({ perSecond: 4000, not: ['no-peers'] }))
    .gauge('p2p_egress', timeline.count({ perSecond: 6000, not: ['no-peers'] }));
}

function rpc(page: Exposition, timeline: Timeline): void {
  // What is a sum of two is counted as one: a difference would fall where both round differently.
  const failures = timeline.count({ perSecond: 0.4, plus: { 'rpc-failures': 20 } });
  const successes = timeline.count({ perSecond: 39.6, not: ['rpc-failures'], plus: { 'rpc-failures': 19.6 } });
  const requests = successes + failures;
  page.gauge('rpc_requests', requests).gauge('rpc_failure', failures).gauge('rpc_success', successes);
  summary(page, timeline, 'rpc_duration_all', timeline.isActive('rpc-slow') ? 600 : 4, requests);
}

function txpool(page: Exposition, timeline: Timeline): void {
  const full = timeline.isActive('txpool-full');
  const pending = full ? timeline.around('pending', 5050, 60, 6) : timeline.around('pending', 120, 80, 6);
  const queued = full ? timeline.around('queued', 1000, 20, 6) : timeline.around('queued', 30, 20, 6);
  page
    .gauge('txpool_pending', pending)
    .gauge('txpool_queued', queued)
    .gauge('txpool_local', 0)
    .gauge('txpool_slots', pending + queued)
    .gauge('txpool_overflowed', timeline.count({ perSecond: 0, plus: { 'txpool-full': 4 } }))
    .gauge('txpool_underpriced', timeline.count({ perSecond: 0.01, plus: { 'txpool-full': 6 } }))
    .gauge('txpool_pending_ratelimit', timeline.count({ perSecond: 0, plus: { 'txpool-full': 0.5 } }))
    .gauge('txpool_queued_ratelimit', timeline.count({ perSecond: 0.005, plus: { 'txpool-full': 0.5 } }))
    .gauge('txpool_pending_discard', timeline.count({ perSecond: 0, plus: { 'txpool-full': 2 } }))
    .gauge('txpool_pending_replace', timeline.count({ perSecond: 0.02 }))
    .gauge('txpool_queued_nofunds', timeline.count({ perSecond: 0.01 }))
    .gauge('txpool_invalid', timeline.count({ perSecond: 0.1 }))
    .gauge('txpool_valid', timeline.count({ perSecond: 4, not: ['no-transactions'] }))
    .gauge('txpool_known', timeline.count({ perSecond: 1 }));
}

function machine(page: Exposition, timeline: Timeline): void {
  const busy = timeline.isActive('cpu-busy');
  const load = busy ? timeline.around('cpu', 760, 60, 10) : timeline.around('cpu', 60, 40, 10);
  const leak = timeline.isActive('memory-leak');
  const held = leak ? 14e9 : timeline.around('held', 5e9, 4e8, 300);
  page
    .gauge('system_cpu_procload', load)
    .gauge('system_cpu_sysload', load + timeline.around('other', 20, 15, 10))
    .gauge('system_cpu_procload_total', timeline.duration(timeline.count({ perSecond: 0.8, plus: { 'cpu-busy': 7 } })))
    .gauge('system_cpu_goroutines', timeline.around('goroutines', 300, 60))
    .gauge('system_memory_held', held)
    .gauge('system_memory_used', Math.floor(held * 0.8))
    .gauge('system_disk_readbytes', timeline.count({ perSecond: 2e6 }))
    .gauge('system_disk_writebytes', timeline.count({ perSecond: 4e6 }));
}

function database(page: Exposition, timeline: Timeline): void {
  // It grows by 20 kB a second and is pruned every month, so that years of simulation do not fill a disk.
  const growth = (20_000 * timeline.now) % (30 * DAY * 20_000);
  const flood = 20e6 * (timeline.during('chaindata-flood') ?? 0);
  const stalls = timeline.count({ perSecond: 0, plus: { 'disk-slow': 400 } });
  page
    .gauge('eth_db_chaindata_disk_size', Math.floor(120e9 + growth + flood))
    .gauge('eth_db_chaindata_ancient_size', 300e9)
    .gauge('eth_db_chaindata_disk_write', timeline.count({ perSecond: 3e6 }))
    .gauge('eth_db_chaindata_compact_output', timeline.count({ perSecond: 2e6 }))
    // 400 ms of every second while the disk is slow.
    .gauge('eth_db_chaindata_compact_writedelay_duration', timeline.duration(stalls / 1000) * NANO)
    .gauge('eth_db_chaindata_compact_writedelay_counter', Math.floor(stalls / 50))
    .gauge('eth_db_chaindata_memory_manualalloc', 1_073_741_824);
}
