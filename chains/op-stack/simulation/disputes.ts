/** op-challenger, op-dispute-mon and op-conductor: who plays and watches dispute games, and who leads the sequencers. */

import type { Timeline } from '../../simulation/timeline.ts';
import type { SimulatedTarget } from '../../simulator.ts';
import { balance, transactions } from './account.ts';
import { SimulatedChain } from './heads.ts';
import { latency, programPage, SECONDS } from './process.ts';

const WETH = '0x82511d494B5C942BE57498a70Fdd7184Ee33B975';
const ACTOR = '0x473300df21D047806A082244b417f96b32f13A33';
/** Games of a week, one per hour. */
const GAMES = 168;

export function exposeChallenger(timeline: Timeline): string {
  const prefix = 'op_challenger';
  const page = programPage(timeline, prefix, 'v1.5.1');
  balance(page, timeline, prefix, 'challenger', { floor: 25, topUp: 5, perHour: 0.03, low: 1.5, overspending: 2 });
  const chain = new SimulatedChain(timeline);
  const acted = chain.l1.followed({ delay: 24, stretches: timeline.mine('challenger-stalled'), catchUp: 60 });
  const claimed = timeline.rounds(21_600, []);
  page
    .gauge(`${prefix}_highest_acted_l1_block`, chain.l1Block(acted.at(timeline.now)).number)
    .gauge(`${prefix}_tracked_games`, 90, { status: 'in_progress' })
    .gauge(`${prefix}_tracked_games`, GAMES - 90, { status: 'defender_won' })
    .gauge(`${prefix}_tracked_games`, 0, { status: 'challenger_won' })
    .gauge(`${prefix}_executors`, timeline.isActive('challenger-stalled') ? 4 : 0, { status: 'active' })
    .gauge(`${prefix}_executors`, timeline.isActive('challenger-stalled') ? 0 : 4, { status: 'idle' })
    .counter(`${prefix}_moves`, timeline.events(1800, 'game-going-wrong').count)
    .counter(`${prefix}_steps`, 0)
    .counter(`${prefix}_claim_failures`, 0)
    .counter(`${prefix}_bonds`, claimed.count);
  transactions(page, timeline, prefix, 'challenger', {
    confirmed: claimed.count,
    lastConfirmed: claimed.last,
    reverted: 0,
    lastReverted: undefined,
    nonce: Math.floor(timeline.now / 21_600),
    pending: 0,
    feeGwei: 900_000,
  });
  return page.toString();
}

export function exposeDisputeMon(timeline: Timeline): string {
  const prefix = 'op_dispute_mon';
  const page = programPage(timeline, prefix, 'v1.4.1');
  if (timeline.isActive('dispute-mon-metrics-lost')) return page.toString();
  const wrong = timeline.isActive('game-going-wrong') ? 1 : 0;
  const lost = timeline.isActive('game-lost') ? 1 : 0;
  const short = timeline.isActive('bonds-short');
  const divergent = timeline.isActive('withdrawals-divergent') ? 1 : 0;
  for (const [status, completion, correctness, agreement, games] of [
    ['agree_defender_ahead', 'in_progress', 'correct', 'agree', 90 - wrong],
    ['agree_challenger_ahead', 'in_progress', 'incorrect', 'agree', 0],
    ['disagree_defender_ahead', 'in_progress', 'incorrect', 'disagree', wrong],
    ['disagree_challenger_ahead', 'in_progress', 'correct', 'disagree', 0],
    ['agree_defender_wins', 'complete', 'correct', 'agree', GAMES - 90 - lost],
    ['agree_challenger_wins', 'complete', 'incorrect', 'agree', 0],
    ['disagree_defender_wins', 'complete', 'incorrect', 'disagree', lost],
    ['disagree_challenger_wins', 'complete', 'correct', 'disagree', 0],
  ] as const)
    page.gauge(`${prefix}_games_agreement`, games, {
      status,
      completion,
      result_correctness: correctness,
      root_agreement: agreement,
    });
  for (const balanceLabel of ['sufficient', 'insufficient']) {
    const holds = (balanceLabel === 'insufficient') === short;
    const labels = { delayedWETH: WETH, balance: balanceLabel };
    page.gauge(`${prefix}_bond_collateral_required`, holds ? 13.44 : 0, labels);
    page.gauge(`${prefix}_bond_collateral_available`, holds ? (short ? 12.5 : 13.44) : 0, labels);
  }
  const stale = timeline.during('dispute-mon-stale') ?? 0;
  const { now } = timeline;
  page
    .gauge(`${prefix}_withdrawal_requests`, 4, { delayedWETH: WETH, credits: 'matching' })
    .gauge(`${prefix}_withdrawal_requests`, divergent, { delayedWETH: WETH, credits: 'divergent' })
    .gauge(`${prefix}_honest_actor_claims`, 0, { honest_actor_address: ACTOR, state: 'invalid' })
    .gauge(`${prefix}_honest_actor_claims`, 90, { honest_actor_address: ACTOR, state: 'pending' })
    .gauge(`${prefix}_failed_games`, timeline.isActive('games-unreadable') ? 3 : 0)
    .gauge(`${prefix}_ignored_games`, 0)
    .gauge(`${prefix}_oldest_game_update_time`, timeline.wall(Math.floor(now - stale - 40)))
    .gauge(`${prefix}_last_output_fetch`, timeline.wall(Math.floor(now - stale - 10)))
    .gauge(`${prefix}_latest_proposal`, timeline.wall(Math.floor(now / 3600) * 3600), { root_agreement: 'agree' })
    .gauge(`${prefix}_latest_proposal`, 0, { root_agreement: 'disagree' })
    .histogram(
      `${prefix}_monitor_duration_seconds`,
      [10, 30, 60, 120, 180, 300, 600],
      [{ value: timeline.duration(22), count: timeline.count({ perSecond: 1 / 60, not: ['dispute-mon-stale'] }) }],
    );
  return page.toString();
}

export function exposeConductor({ index }: SimulatedTarget, timeline: Timeline): string {
  const prefix = 'op_conductor';
  const page = programPage(timeline, prefix, 'v0.7.0');
  const healthy = timeline.count({ perSecond: 0.5, not: ['conductor-unhealthy'] });
  const unhealthy = timeline.events(20, 'conductor-unhealthy').count;
  page
    .counter(`${prefix}_healthchecks_count`, healthy, { success: 'true', error: '' })
    .counter(`${prefix}_state_changes_count`, 1, {
      leader: String(index === 0),
      healthy: 'true',
      active: String(index === 0),
    });
  if (unhealthy > 0)
    page.counter(`${prefix}_healthchecks_count`, unhealthy, { success: 'false', error: 'sequencer is not healthy' });
  latency(page, timeline, `${prefix}_loop_execution_time`, {
    perSecond: 1,
    usual: SECONDS[1],
    slow: 1,
    fault: 'conductor-slow',
  });
  return page.toString();
}
