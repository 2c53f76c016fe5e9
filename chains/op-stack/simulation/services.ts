/** op-batcher and op-proposer: what they post to L1, what it costs, what is left. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { BATCH_FAULTS, BATCH_INTERVAL, headsOf, L2_BLOCK, SEQUENCER_FAULTS, step } from './heads.ts';
import { process } from './node.ts';

const GWEI = 1e9;
const PROPOSAL_INTERVAL = 3600;

export function exposeBatcher(timeline: Timeline): string {
  const page = new Exposition();
  page.gauge('op_batcher_default_info', 1, { version: 'v1.14.0' }).gauge('op_batcher_default_up', 1);
  account(page, timeline, 'op_batcher_default', {
    fund: 10,
    perHour: 0.01,
    empty: 'batcher-out-of-funds',
    low: 'batcher-low-funds',
    spending: 'batcher-overspending',
  });
  batches(page, timeline);
  backlog(page, timeline);
  page
    .gauge(
      'op_batcher_default_txmgr_basefee_wei',
      (timeline.isActive('l1-gas-spike') ? 180 : 8 + timeline.noise('fee', 24) * 6) * GWEI,
    )
    .gauge('op_batcher_default_txmgr_blob_basefee_wei', (timeline.isActive('l1-gas-spike') ? 60 : 0.5) * GWEI)
    .gauge('op_batcher_default_txmgr_tipcap_wei', 1.5 * GWEI);
  transactions(page, timeline, 'op_batcher_default', 'batcher');
  process(page, timeline);
  return page.toString();
}

function batches(page: Exposition, timeline: Timeline): void {
  const stopped = [...BATCH_FAULTS, 'l1-halt'];
  const sent = timeline.count(1 / BATCH_INTERVAL, ...stopped);
  const lastSuccess = step(timeline.held(...stopped) - 24, BATCH_INTERVAL);
  page
    .counter('op_batcher_default_batcher_tx_total', sent + failures(timeline), { stage: 'submitted' })
    .counter('op_batcher_default_batcher_tx_total', sent, { stage: 'success' })
    .gauge('op_batcher_default_last_batcher_tx_unix', timeline.wall(lastSuccess), { stage: 'success' })
    .counter('op_batcher_default_txmgr_confirm_total', sent, { status: 'success' })
    .gauge('op_batcher_default_txmgr_last_confirm_unix', timeline.wall(lastSuccess), { status: 'success' });
  // A series of an event exists only once the event has happened.
  if (failures(timeline) === 0) return;
  const lastFailure = step(timeline.now - (timeline.isActive('batch-failures') ? 0 : BATCH_INTERVAL), 60);
  page
    .counter('op_batcher_default_batcher_tx_total', failures(timeline), { stage: 'failed' })
    .gauge('op_batcher_default_last_batcher_tx_unix', timeline.wall(Math.min(lastFailure, lastFailureOf(timeline))), {
      stage: 'failed',
    });
}

function failures(timeline: Timeline): number {
  return Math.floor(timeline.total('batch-failures') / 60);
}

/** While failures go on the last is new; after their end a success follows, so what matters is only that it is older. */
function lastFailureOf(timeline: Timeline): number {
  return timeline.isActive('batch-failures') ? timeline.now : timeline.now - BATCH_INTERVAL - 60;
}

function backlog(page: Exposition, timeline: Timeline): void {
  const { unsafe } = headsOf(timeline);
  const waiting = timeline.during(...BATCH_FAULTS, 'l1-halt') ?? 0;
  const added = unsafe.number - Math.floor((waiting + 30) / L2_BLOCK);
  page
    .gauge('op_batcher_default_refs_number', unsafe.number, { layer: 'l2', type: 'loaded' })
    .gauge('op_batcher_default_refs_number', added, { layer: 'l2', type: 'added' })
    .gauge('op_batcher_default_pending_da_bytes', 20_000 + Math.floor(waiting * 4000))
    .gauge('op_batcher_default_channel_queue_length', 1 + Math.floor(waiting / 120))
    .gauge('op_batcher_default_throttle_intensity', waiting > 1800 ? 0.6 : 0, { type: 'step' });
  const channels = timeline.count(1 / BATCH_INTERVAL, ...BATCH_FAULTS, 'l1-halt');
  for (const stage of ['opened', 'closed', 'fully_submitted'])
    page.counter('op_batcher_default_channel_total', channels, { stage });
}

export function exposeProposer(timeline: Timeline): string {
  const page = new Exposition();
  page.gauge('op_proposer_default_info', 1, { version: 'v1.10.0' }).gauge('op_proposer_default_up', 1);
  account(page, timeline, 'op_proposer_default', {
    fund: 8,
    perHour: 0.004,
    empty: 'proposer-out-of-funds',
    low: 'proposer-low-funds',
    spending: 'proposer-overspending',
  });
  const stopped = ['proposer-stuck', 'l1-halt', ...SEQUENCER_FAULTS];
  const proposed = step(timeline.held(...stopped), PROPOSAL_INTERVAL);
  page
    .gauge('op_proposer_default_refs_number', proposed / L2_BLOCK, { layer: 'l2', type: 'proposed' })
    .gauge('op_proposer_default_refs_time', timeline.wall(proposed), { layer: 'l2', type: 'proposed' })
    .counter('op_proposer_default_txmgr_confirm_total', timeline.count(1 / PROPOSAL_INTERVAL, ...stopped), {
      status: 'success',
    })
    .gauge('op_proposer_default_txmgr_last_confirm_unix', timeline.wall(proposed), { status: 'success' });
  const reverted = timeline.during('proposal-reverted');
  if (reverted !== undefined) {
    page.gauge('op_proposer_default_txmgr_last_confirm_unix', timeline.wall(timeline.now - (reverted % 600)), {
      status: 'failed',
    });
  }
  transactions(page, timeline, 'op_proposer_default', 'proposer');
  process(page, timeline);
  return page.toString();
}

interface Account {
  /** Ether. */
  readonly fund: number;
  readonly perHour: number;
  readonly empty: string;
  readonly low: string;
  readonly spending: string;
}

/** Spends steadily and is topped up when a fifth is gone, so that a simulation may run for months. */
function account(
  page: Exposition,
  timeline: Timeline,
  prefix: string,
  { fund, perHour, empty, low, spending }: Account,
): void {
  const usual = fund - (((timeline.now * perHour) / 3600) % (fund / 5));
  const extra = Math.min(usual - 1.5, ((timeline.during(spending) ?? 0) * fund * 0.3) / 3600);
  const balance = timeline.isActive(empty) ? 0.03 : timeline.isActive(low) ? Math.min(fund * 0.03, 0.3) : usual - extra;
  page.gauge(`${prefix}_balance`, balance);
}

/** What the transaction manager of both exposes. */
function transactions(page: Exposition, timeline: Timeline, prefix: string, who: string): void {
  const stuck = timeline.isActive(`${who}-stuck`, `${who}-tx-stuck`);
  const publishErrors = Math.floor(timeline.total(`${who}-publish-errors`) / 60);
  page
    .gauge(`${prefix}_txmgr_pending_txs`, stuck ? 3 : 0)
    .gauge(`${prefix}_txmgr_current_nonce`, timeline.count(1 / BATCH_INTERVAL))
    .counter(`${prefix}_txmgr_rpc_error_count`, Math.floor(timeline.total(`${who}-rpc-errors`) / 30))
    .counter(`${prefix}_txmgr_publish_total`, timeline.count(1 / BATCH_INTERVAL));
  if (publishErrors > 0)
    page.counter(`${prefix}_txmgr_tx_publish_error_count`, publishErrors, { error: 'insufficient_funds' });
}
