/** op-geth's exposition. Its exporter writes counters and meters as gauges, and timers as summaries in nanoseconds. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import type { SimulatedTarget } from '../../simulator.ts';
import { headsOf } from './heads.ts';

const NANO = 1e9;

export function exposeGeth(_target: SimulatedTarget, timeline: Timeline): string {
  const page = new Exposition();
  const { unsafe, safe, finalized } = headsOf(timeline);
  // An engine that does not follow its op-node: the op-node's heads go on, this one's do not.
  const head = timeline.isActive('engine-stuck')
    ? unsafe.number - Math.floor((timeline.during('engine-stuck') ?? 0) / 2)
    : unsafe.number;
  const reorgs = timeline.occurrences('l2-reorg');
  page
    .gauge('chain_head_block', head)
    .gauge('chain_head_header', head)
    .gauge('chain_head_receipt', head)
    .gauge('chain_head_safe', safe.number)
    .gauge('chain_head_finalized', finalized.number)
    .gauge('chain_reorg_executes', reorgs)
    .gauge('chain_reorg_add', reorgs * 4)
    .gauge('chain_reorg_drop', reorgs * 4);
  peers(page, timeline);
  rpc(page, timeline);
  txpool(page, timeline);
  machine(page, timeline);
  return page.toString();
}

function peers(page: Exposition, timeline: Timeline): void {
  page
    .gauge('p2p_peers', timeline.isActive('no-peers') ? 0 : 18 + Math.floor(timeline.noise('p2p', 300) * 7))
    .gauge('p2p_dials', timeline.count(0.05))
    .gauge('p2p_dials_success', timeline.count(0.02, 'no-peers'))
    .gauge('p2p_serves', timeline.count(0.03));
}

function rpc(page: Exposition, timeline: Timeline): void {
  const requests = timeline.count(40);
  const failures = timeline.count(0.2) + Math.floor(20 * timeline.total('rpc-failures'));
  const slow = timeline.isActive('rpc-slow') ? 60 : 1;
  const nanoseconds = (milliseconds: number) => timeline.duration((milliseconds / 1000) * slow) * NANO;
  page
    .gauge('rpc_requests', requests)
    .gauge('rpc_failure', failures)
    .gauge('rpc_success', requests - failures)
    .summary(
      'rpc_duration_all',
      {
        '0.5': nanoseconds(4),
        '0.75': nanoseconds(9),
        '0.95': nanoseconds(40),
        '0.99': nanoseconds(120),
        '0.999': nanoseconds(200),
        '0.9999': nanoseconds(250),
      },
      requests,
    );
}

function txpool(page: Exposition, timeline: Timeline): void {
  const full = timeline.isActive('txpool-full');
  const dropped = Math.floor(6 * timeline.total('txpool-full'));
  page
    .gauge('txpool_pending', full ? 5100 : 120 + Math.floor(timeline.noise('pending', 6) * 80))
    .gauge('txpool_queued', full ? 1020 : 30 + Math.floor(timeline.noise('queued', 6) * 20))
    .gauge('txpool_local', 0)
    .gauge('txpool_slots', full ? 6100 : 180)
    .gauge('txpool_overflowed', dropped)
    .gauge('txpool_underpriced', timeline.count(0.01) + dropped)
    .gauge('txpool_pending_ratelimit', 0)
    .gauge('txpool_queued_ratelimit', 0)
    .gauge('txpool_valid', timeline.count(4))
    .gauge('txpool_known', timeline.count(1));
}

function machine(page: Exposition, timeline: Timeline): void {
  // The database grows by 20 kB a second and is compacted every two days, so that months of simulation do not fill a disk.
  const chaindata = 120e9 + ((20_000 * timeline.now) % (172_800 * 20_000));
  const stalled = Math.floor(timeline.total('disk-slow') * 0.4);
  page
    .gauge('system_cpu_procload', timeline.isActive('cpu-busy') ? 780 : 60 + Math.floor(timeline.noise('cpu', 10) * 40))
    .gauge('system_cpu_goroutines', 310)
    .gauge('system_memory_held', timeline.isActive('memory-leak') ? 14e9 : 4e9)
    .gauge('system_memory_used', timeline.isActive('memory-leak') ? 13e9 : 3e9)
    .gauge('eth_db_chaindata_disk_size', Math.floor(chaindata))
    .gauge('eth_db_chaindata_ancient_size', 300e9)
    .gauge('eth_db_chaindata_compact_writedelay_duration', timeline.duration(stalled) * NANO);
}
