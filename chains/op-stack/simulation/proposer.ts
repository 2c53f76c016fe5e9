/** op-proposer's exposition: outputs proposed on L1, and the account that pays for them and their bonds. */
import { stretchAt, ticksBefore } from '../../simulation/stretches.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { balance, transactions } from './account.ts';
import { SimulatedChain } from './heads.ts';
import { programPage } from './process.ts';

const P = 'op_proposer_default';
const PROPOSAL_INTERVAL = 3600;
/** Until a proposal is confirmed. */
const CONFIRMATION = 48;
const NO_PROPOSALS = [
  'proposer-down',
  'proposer-stuck',
  'proposer-stopped',
  'proposal-reverted',
  'proposer-out-of-funds',
];

export function exposeProposer(timeline: Timeline): string {
  const page = programPage(timeline, P, 'v1.10.0');
  const chain = new SimulatedChain(timeline);
  // Ether: gas and a bond per proposal; the bond comes back after a week, as part of the top-up.
  balance(page, timeline, P, 'proposer', { floor: 40, topUp: 20, perHour: 0.09, low: 0.9, overspending: 4 });
  const without = timeline.anybody(...NO_PROPOSALS, 'l1-halt');
  const { count, last } = timeline.rounds(PROPOSAL_INTERVAL, without, CONFIRMATION);
  if (last !== undefined) {
    const proposed = chain.batched(chain.l1.when(chain.finality(last)));
    page
      .gauge(`${P}_refs_number`, proposed.number, { layer: 'l2', type: 'proposed' })
      .gauge(`${P}_refs_time`, timeline.wall(proposed.time), { layer: 'l2', type: 'proposed' })
      .gauge(`${P}_refs_number`, chain.originOf(proposed).number, { layer: 'l1_origin', type: 'proposed' });
  }
  const reverted = timeline.events(600, 'proposal-reverted');
  const stuck = timeline.isActive('proposer-stuck');
  const waiting = timeline.now % PROPOSAL_INTERVAL < CONFIRMATION && !stretchAt(without, timeline.now);
  transactions(page, timeline, P, 'proposer', {
    confirmed: count,
    lastConfirmed: last === undefined ? undefined : last + CONFIRMATION,
    reverted: reverted.count,
    lastReverted: reverted.last,
    nonce: ticksBefore(PROPOSAL_INTERVAL, without, timeline.now),
    pending: stuck || waiting ? 1 : 0,
    feeGwei: 2_500_000,
  });
  return page.toString();
}
