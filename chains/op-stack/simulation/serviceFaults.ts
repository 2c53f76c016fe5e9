/** What can go wrong with batcher, proposer, challenger and monitor, and with any process as such. */

import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';
import { BATCHES_END, PROPOSALS_END, SAFE_HEAD_STANDS } from './consequences.ts';

const node = faultsOf('op-node');
const geth = faultsOf('op-geth');
const batcher = faultsOf('op-batcher');
const proposer = faultsOf('op-proposer');
const challenger = faultsOf('op-challenger');
const disputes = faultsOf('op-dispute-mon');
const conductor = faultsOf('op-conductor');
const oracle = faultsOf('gas-oracle');

export const serviceFaults: readonly Fault[] = [
  // Batcher.
  batcher(
    'batcher-stuck',
    'a transaction of the batcher is not mined',
    45,
    ['BatcherBacklogHigh', 'BatcherTxStuck', 'DerivationIdleWhileBehind', 'NoRecentBatchSubmission', 'SafeHeadLagging'],
    ['BatcherDABacklogHigh', ...SAFE_HEAD_STANDS],
  ),
  batcher(
    'batcher-stopped',
    'the batcher was told to stop',
    45,
    ['DerivationIdleWhileBehind', 'NoRecentBatchSubmission', 'SafeHeadLagging'],
    SAFE_HEAD_STANDS,
  ),
  batcher('batch-failures', 'batch transactions fail', 10, ['BatchSubmissionFailed'], BATCHES_END),
  batcher(
    'batcher-overspending',
    'the batcher spends three ether an hour',
    120,
    ['BatcherRunwayLow', 'BatcherRunwayVeryLow'],
    ['BatcherLowETH', 'BatcherVeryLowETH'],
  ),
  batcher('da-backlog', 'the chain makes data faster than L1 takes it', 45, [
    'BatcherBacklogHigh',
    'BatcherDABacklogHigh',
    'BatcherThrottling',
  ]),
  batcher('channels-pile-up', 'channels are not confirmed', 8, ['BatcherChannelQueueHigh']),
  batcher('channel-timeouts', 'a channel times out and is sent again', 4, ['BatcherChannelTimedOut']),
  // Proposer.
  proposer('proposer-stuck', 'a proposal is not mined', 25, ['ProposerTxStuck'], PROPOSALS_END),
  proposer('proposer-stopped', 'the proposer was told to stop', 195, ['ProposerOutputLag'], ['ProposerOutputStalled']),
  proposer('proposal-reverted', 'a proposal reverts', 4, ['ProposerTxReverted'], PROPOSALS_END),
  // Challenger and dispute games.
  challenger('challenger-stalled', 'the challenger hangs in one game', 165, ['ChallengerStalled']),
  disputes('game-going-wrong', 'nobody counters an invalid claim', 70, ['DisputeGameForecastIncorrect']),
  disputes('game-lost', 'a game ends with a wrong result', 8, ['DisputeGameResolvedIncorrectly']),
  disputes('bonds-short', 'a bond contract holds less than it owes', 20, ['BondCollateralShort']),
  disputes('withdrawals-divergent', 'somebody withdraws another bond than is owed', 20, ['DivergentWithdrawals']),
  disputes('games-unreadable', 'some games cannot be evaluated', 35, ['DisputeMonFailedGames']),
  disputes('dispute-mon-stale', 'rounds over the games no longer end', 75, ['DisputeMonStale']),
  // Processes that are gone.
  geth(
    'op-geth-down',
    'op-geth is not there',
    6,
    ['L2GethDown', 'UnsafeHeadStalled'],
    [
      'DerivationIdleWhileBehind',
      'FinalizedHeadStalled',
      'SafeHeadLagging',
      'SafeHeadStalled',
      'ScrapeTargetDown',
      'SequencingWindowClosing',
      ...PROPOSALS_END,
    ],
  ),
  node(
    'op-node-down',
    'op-node is not there',
    12,
    ['L2BlockProductionSlow', 'L2NodeDown'],
    ['ScrapeTargetDown', ...PROPOSALS_END],
  ),
  batcher(
    'batcher-down',
    'op-batcher is not there',
    5,
    ['BatcherDown'],
    ['DerivationIdleWhileBehind', 'SafeHeadLagging', 'ScrapeTargetDown', ...SAFE_HEAD_STANDS],
  ),
  proposer('proposer-down', 'op-proposer is not there', 8, ['ProposerDown'], ['ScrapeTargetDown']),
  challenger('challenger-down', 'op-challenger is not there', 14, ['ChallengerDown'], ['ScrapeTargetDown']),
  disputes('dispute-mon-down', 'op-dispute-mon is not there', 14, ['DisputeMonDown'], ['ScrapeTargetDown']),
  conductor('conductor-down', 'op-conductor is not there', 8, ['ConductorDown'], ['ScrapeTargetDown']),
  oracle('gas-oracle-down', 'the gas oracle bot is not there', 8, ['GasOracleStale'], ['ScrapeTargetDown']),
  // Processes that answer without what matters.
  oracle('gas-oracle-stuck', 'the gas oracle bot cannot set the fee scalar', 8, ['GasOracleStale']),
  geth('geth-metrics-lost', 'op-geth answers without the metrics of its chain', 8, ['L2GethMetricsAbsent']),
  node('node-metrics-lost', 'op-node has not reached its engine', 8, ['L2NodeMetricsAbsent']),
  batcher('batcher-metrics-lost', 'op-batcher has not read its balance', 8, ['BatcherMetricsAbsent']),
  proposer('proposer-metrics-lost', 'op-proposer has not read its balance', 8, ['ProposerMetricsAbsent']),
  challenger('challenger-metrics-lost', 'op-challenger has not read its balance', 8, ['ChallengerMetricsAbsent']),
  disputes('dispute-mon-metrics-lost', 'op-dispute-mon has not ended a round', 20, ['DisputeMonMetricsAbsent']),
];
