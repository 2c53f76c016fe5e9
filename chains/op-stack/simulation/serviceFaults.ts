/** What can go wrong with batcher, proposer, challenger and monitor, and with any process as such. */

import { fault, HOUR, MINUTE } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';
import { PROPOSALS_END, SAFE_HEAD_STANDS } from './consequences.ts';

const NODE = ['op-node'];
const GETH = ['op-geth'];
const BATCHER = ['op-batcher'];
const PROPOSER = ['op-proposer'];
const CHALLENGER = ['op-challenger'];
const DISPUTES = ['op-dispute-mon'];
const CONDUCTOR = ['op-conductor'];
const ORACLE = ['gas-oracle'];

export const serviceFaults: readonly Fault[] = [
  // Batcher.
  fault(
    'batcher-stuck',
    BATCHER,
    'a transaction of the batcher is not mined',
    45 * MINUTE,
    ['BatcherBacklogHigh', 'BatcherTxStuck', 'DerivationIdleWhileBehind', 'NoRecentBatchSubmission', 'SafeHeadLagging'],
    ['BatcherDABacklogHigh', ...SAFE_HEAD_STANDS],
  ),
  fault(
    'batcher-stopped',
    BATCHER,
    'the batcher was told to stop',
    45 * MINUTE,
    ['DerivationIdleWhileBehind', 'NoRecentBatchSubmission', 'SafeHeadLagging'],
    SAFE_HEAD_STANDS,
  ),
  fault(
    'batch-failures',
    BATCHER,
    'batch transactions fail',
    10 * MINUTE,
    ['BatchSubmissionFailed'],
    [
      'BatcherBacklogHigh',
      'BatcherDABacklogHigh',
      'DerivationIdleWhileBehind',
      'NoRecentBatchSubmission',
      'SafeHeadLagging',
      ...SAFE_HEAD_STANDS,
    ],
  ),
  fault(
    'batcher-overspending',
    BATCHER,
    'the batcher spends three ether an hour',
    2 * HOUR,
    ['BatcherRunwayLow', 'BatcherRunwayVeryLow'],
    ['BatcherLowETH', 'BatcherVeryLowETH'],
  ),
  fault('da-backlog', BATCHER, 'the chain makes data faster than L1 takes it', 45 * MINUTE, [
    'BatcherBacklogHigh',
    'BatcherDABacklogHigh',
    'BatcherThrottling',
  ]),
  fault('channels-pile-up', BATCHER, 'channels are not confirmed', 8 * MINUTE, ['BatcherChannelQueueHigh']),
  fault('channel-timeouts', BATCHER, 'a channel times out and is sent again', 4 * MINUTE, ['BatcherChannelTimedOut']),
  // Proposer.
  fault('proposer-stuck', PROPOSER, 'a proposal is not mined', 25 * MINUTE, ['ProposerTxStuck'], PROPOSALS_END),
  fault(
    'proposer-stopped',
    PROPOSER,
    'the proposer was told to stop',
    3.25 * HOUR,
    ['ProposerOutputLag'],
    ['ProposerOutputStalled'],
  ),
  fault('proposal-reverted', PROPOSER, 'a proposal reverts', 4 * MINUTE, ['ProposerTxReverted'], PROPOSALS_END),
  // Challenger and dispute games.
  fault('challenger-stalled', CHALLENGER, 'the challenger hangs in one game', 2.75 * HOUR, ['ChallengerStalled']),
  fault('game-going-wrong', DISPUTES, 'nobody counters an invalid claim', 70 * MINUTE, [
    'DisputeGameForecastIncorrect',
  ]),
  fault('game-lost', DISPUTES, 'a game ends with a wrong result', 8 * MINUTE, ['DisputeGameResolvedIncorrectly']),
  fault('bonds-short', DISPUTES, 'a bond contract holds less than it owes', 20 * MINUTE, ['BondCollateralShort']),
  fault('withdrawals-divergent', DISPUTES, 'somebody withdraws another bond than is owed', 20 * MINUTE, [
    'DivergentWithdrawals',
  ]),
  fault('games-unreadable', DISPUTES, 'some games cannot be evaluated', 35 * MINUTE, ['DisputeMonFailedGames']),
  fault('dispute-mon-stale', DISPUTES, 'rounds over the games no longer end', 75 * MINUTE, ['DisputeMonStale']),
  // Processes that are gone.
  fault(
    'op-geth-down',
    GETH,
    'op-geth is not there',
    6 * MINUTE,
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
  fault(
    'op-node-down',
    NODE,
    'op-node is not there',
    12 * MINUTE,
    ['L2BlockProductionSlow', 'L2NodeDown'],
    ['ScrapeTargetDown', ...PROPOSALS_END],
  ),
  fault(
    'batcher-down',
    BATCHER,
    'op-batcher is not there',
    5 * MINUTE,
    ['BatcherDown'],
    ['DerivationIdleWhileBehind', 'SafeHeadLagging', 'ScrapeTargetDown', ...SAFE_HEAD_STANDS],
  ),
  fault('proposer-down', PROPOSER, 'op-proposer is not there', 8 * MINUTE, ['ProposerDown'], ['ScrapeTargetDown']),
  fault(
    'challenger-down',
    CHALLENGER,
    'op-challenger is not there',
    14 * MINUTE,
    ['ChallengerDown'],
    ['ScrapeTargetDown'],
  ),
  fault(
    'dispute-mon-down',
    DISPUTES,
    'op-dispute-mon is not there',
    14 * MINUTE,
    ['DisputeMonDown'],
    ['ScrapeTargetDown'],
  ),
  fault('conductor-down', CONDUCTOR, 'op-conductor is not there', 8 * MINUTE, ['ConductorDown'], ['ScrapeTargetDown']),
  fault(
    'gas-oracle-down',
    ORACLE,
    'the gas oracle bot is not there',
    8 * MINUTE,
    ['GasOracleStale'],
    ['ScrapeTargetDown'],
  ),
  // Processes that answer without what matters.
  fault('gas-oracle-stuck', ORACLE, 'the gas oracle bot cannot set the fee scalar', 8 * MINUTE, ['GasOracleStale']),
  fault('geth-metrics-lost', GETH, 'op-geth answers without the metrics of its chain', 8 * MINUTE, [
    'L2GethMetricsAbsent',
  ]),
  fault('node-metrics-lost', NODE, 'op-node has not reached its engine', 8 * MINUTE, ['L2NodeMetricsAbsent']),
  fault('batcher-metrics-lost', BATCHER, 'op-batcher has not read its balance', 8 * MINUTE, ['BatcherMetricsAbsent']),
  fault('proposer-metrics-lost', PROPOSER, 'op-proposer has not read its balance', 8 * MINUTE, [
    'ProposerMetricsAbsent',
  ]),
  fault('challenger-metrics-lost', CHALLENGER, 'op-challenger has not read its balance', 8 * MINUTE, [
    'ChallengerMetricsAbsent',
  ]),
  fault('dispute-mon-metrics-lost', DISPUTES, 'op-dispute-mon has not ended a round', 20 * MINUTE, [
    'DisputeMonMetricsAbsent',
  ]),
];
