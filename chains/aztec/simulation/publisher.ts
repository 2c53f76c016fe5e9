/** The account on L1 that a sequencer or prover pays from, and its transactions. */
import type { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import type { Heads } from './heads.ts';

/** Ether: what is left when it is topped up, what then comes, what it costs in an hour, and what a fault costs. */
const FLOOR = 4;
const TOP_UP = 3;
const PER_HOUR = 0.04;
const OVERSPENDING = 1;
/** What `publisher-low-funds` leaves: too much for the page about an empty account, too little for a day. */
const LOW = 0.8;

/** What is left. Spends steadily and is topped up in time, so that a simulation may run for years. */
function balanceOf(timeline: Timeline): number {
  if (timeline.isActive('publisher-out-of-funds')) return 0;
  const poor = timeline.during('publisher-low-funds');
  if (poor !== undefined) return Number(Math.max(0, LOW - (poor * PER_HOUR) / 3600).toFixed(6));
  const usual = FLOOR + TOP_UP - (((timeline.now * PER_HOUR) / 3600) % TOP_UP);
  const lost = ((timeline.during('publisher-overspending') ?? 0) * OVERSPENDING) / 3600;
  return Number(Math.max(0, usual - lost).toFixed(6));
}

export function exposePublisher(
  page: Exposition,
  timeline: Timeline,
  heads: Heads,
  { scope, index }: { readonly scope: 'sequencer' | 'prover'; readonly index: number },
): void {
  const address = `0x${(scope === 'sequencer' ? 0xa0 + index : 0xb0 + index).toString(16).padStart(40, '0')}`;
  if (!timeline.isActive('publisher-unknown')) {
    page.gauge('aztec_l1_balance_eth', balanceOf(timeline), { aztec_l1_sender: address });
    page.gauge('aztec_l1_publisher_balance_eth', balanceOf(timeline), { aztec_address_sender: address });
  }
  const perSecond = 1 / 1800;
  const mined = timeline.count({ perSecond, not: ['l1-not-mined', 'publisher-out-of-funds'] });
  const labels = { aztec_l1_tx_scope: scope };
  page
    .gauge('aztec_l1_block_height', heads.l1)
    .gauge('aztec_l1_tx_mined_count', mined, labels)
    .gauge('aztec_l1_tx_reverted_count', timeline.events(600, 'l1-reverts').count, labels)
    .gauge('aztec_l1_tx_not_mined_count', timeline.events(600, 'l1-not-mined').count, labels)
    .gauge('aztec_l1_publisher_blob_tx_success', mined)
    .gauge('aztec_l1_publisher_blob_tx_failure', timeline.events(300, 'blobs-fail').count);
}
