/** op-batcher's exposition: what it has posted to L1, what waits, what it costs. */
import type { Exposition } from '../../simulation/exposition.ts';
import { stretchAt, ticksBefore } from '../../simulation/stretches.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { balance, transactions } from './account.ts';
import { BATCH_INCLUSION, BATCH_INTERVAL, type Head, L2_BLOCK, l2Block, SimulatedChain } from './heads.ts';
import { programPage } from './process.ts';

const P = 'op_batcher_default';

export function exposeBatcher(timeline: Timeline): string {
  const page = programPage(timeline, P, 'v1.14.0');
  const chain = new SimulatedChain(timeline);
  balance(page, timeline, P, 'batcher', { floor: 10, topUp: 4, perHour: 0.03, low: 0.3, overspending: 3 });
  batches(page, timeline, chain);
  backlog(page, timeline, chain);
  return page.toString();
}

function batches(page: Exposition, timeline: Timeline, chain: SimulatedChain): void {
  const { count, last } = timeline.rounds(BATCH_INTERVAL, chain.noBatches, BATCH_INCLUSION);
  const failures = timeline.events(120, 'batch-failures', 'batcher-out-of-funds');
  const success = last === undefined ? undefined : last + BATCH_INCLUSION;
  const stuck = timeline.isActive('batcher-stuck', 'batcher-out-of-funds');
  const waiting = timeline.now % BATCH_INTERVAL < BATCH_INCLUSION && !stretchAt(chain.noBatches, timeline.now);
  const happened = (name: string, total: number, at: number | undefined, stage: string) => {
    // A series of an event exists only once the event has happened.
    if (at === undefined) return;
    page.counter(`${P}_${name}_total`, total, { stage });
    page.gauge(`${P}_last_${name}_unix`, timeline.wall(at), { stage });
  };
  happened('batcher_tx', count + failures.count, later(success, failures.last), 'submitted');
  happened('batcher_tx', count, success, 'success');
  happened('batcher_tx', failures.count, failures.last, 'failed');
  for (const stage of ['opened', 'closed', 'fully_submitted']) happened('channel', count, success, stage);
  const lost = timeline.events(900, 'channel-timeouts');
  happened('channel', lost.count, lost.last, 'timed_out');
  transactions(page, timeline, P, 'batcher', {
    confirmed: count,
    lastConfirmed: success,
    reverted: 0,
    lastReverted: undefined,
    nonce: ticksBefore(BATCH_INTERVAL, chain.noBatches, timeline.now),
    pending: stuck || waiting ? 1 : 0,
    feeGwei: 400_000,
  });
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b);
}

function backlog(page: Exposition, timeline: Timeline, chain: SimulatedChain): void {
  const { now } = timeline;
  // Stopped, it loads nothing; stuck, or with more data than L1 takes, it loads and cannot pass on.
  const loading = chain.unsafe.followed({ stretches: timeline.mine('batcher-stopped'), catchUp: 20 });
  const adding = loading.followed({
    delay: 20,
    stretches: timeline.mine('batcher-stuck', 'batch-failures', 'batcher-out-of-funds', 'da-backlog'),
    catchUp: 20,
  });
  const loaded = l2Block(loading.at(now));
  const added = l2Block(adding.at(now));
  const blocks = loaded.number - added.number;
  const flood = timeline.isActive('da-backlog');
  ref(page, timeline, chain, 'loaded', loaded);
  ref(page, timeline, chain, 'added', added);
  const latest = chain.l1Block(chain.l1.at(now));
  page
    .gauge(`${P}_refs_number`, latest.number, { layer: 'l1', type: 'latest' })
    .gauge(`${P}_refs_time`, timeline.wall(latest.time), { layer: 'l1', type: 'latest' })
    .gauge(`${P}_pending_blocks_count`, blocks, { stage: 'added' })
    .gauge(`${P}_pending_blocks_bytes_current`, blocks * 2500)
    .gauge(`${P}_pending_da_bytes`, blocks * (flood ? 6000 : 900))
    .gauge(`${P}_unsafe_da_bytes`, blocks * (flood ? 8000 : 1100) + 200_000)
    .gauge(`${P}_throttle_intensity`, flood && blocks > 600 ? 0.6 : 0, { type: 'quadratic' })
    .gauge(`${P}_channel_queue_length`, timeline.isActive('channels-pile-up') ? 25 : timeline.around('queue', 1, 3, 30))
    .counter(`${P}_input_bytes_total`, timeline.count({ perSecond: 2500 / L2_BLOCK, not: ['batcher-stuck'] }))
    .counter(`${P}_output_bytes_total`, timeline.count({ perSecond: 900 / L2_BLOCK, not: ['batcher-stuck'] }));
}

function ref(page: Exposition, timeline: Timeline, chain: SimulatedChain, type: string, head: Head): void {
  page
    .gauge(`${P}_refs_number`, head.number, { layer: 'l2', type })
    .gauge(`${P}_refs_time`, timeline.wall(head.time), { layer: 'l2', type })
    .gauge(`${P}_refs_number`, chain.originOf(head).number, { layer: 'l1_origin', type });
}
