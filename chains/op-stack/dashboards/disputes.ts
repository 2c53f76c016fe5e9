/** Dispute games: who plays them and who watches them; and the conductor, which only clusters of sequencers have. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';
import { fundsPanels, processPanels, transactionPanels } from './shared.ts';

export const challenger: DashboardSpec = {
  slug: 'op-challenger',
  title: 'op-challenger',
  description: 'Counters invalid claims on L1.',
  instancesOf: 'up{component="op-challenger"}',
  sections: [
    section(100, 'Process', [
      upPanel(1, 'op-challenger', ['ChallengerDown', 'ChallengerMetricsAbsent'], 8),
      stat(2, 'Games tracked', {
        description:
          'Dispute games in view, by what became of them. The challenger winning one means that an invalid output was proposed.',
        unit: 'games',
        queries: [query('sum by (status) (op_challenger_tracked_games)', '{{status}}')],
        width: 16,
      }),
    ]),
    section(101, 'Games', [
      timeseries(10, 'Progress', {
        description: 'Highest L1 block for which all games were acted on. A flat line is a challenger that hangs.',
        unit: 'number',
        queries: [query('op_challenger_highest_acted_l1_block', '{{instance}}')],
        alerts: ['ChallengerStalled'],
        width: 12,
      }),
      timeseries(11, 'Moves and steps', {
        description: 'What the challenger played. Quiet is good.',
        unit: 'moves/s',
        queries: [
          query('rate(op_challenger_moves[$__rate_interval])', 'moves {{instance}}'),
          query('rate(op_challenger_steps[$__rate_interval])', 'steps {{instance}}'),
        ],
        width: 12,
      }),
    ]),
    section(
      102,
      'Funds',
      fundsPanels(20, 'op_challenger_balance', {
        low: ['ChallengerLowETH', 'ChallengerVeryLowETH'],
        runway: ['ChallengerRunwayLow'],
      }),
    ),
    section(103, 'Transactions on L1', transactionPanels(30, 'op_challenger', {})),
    section(104, 'Machine', processPanels(40, 'op-challenger')),
  ],
};

export const disputeMon: DashboardSpec = {
  slug: 'op-dispute-mon',
  title: 'op-dispute-mon',
  description: 'Forecasts how dispute games end.',
  instancesOf: 'up{component="op-dispute-mon"}',
  sections: [
    section(100, 'Process', [
      upPanel(1, 'op-dispute-mon', ['DisputeMonDown', 'DisputeMonMetricsAbsent'], 8),
      stat(2, 'Oldest reading', {
        description: 'Age of the oldest game that was looked at in the last round.',
        unit: 's',
        queries: [reading('DisputeMonStale', '{{instance}}')],
        limits: ['DisputeMonStale'],
        width: 8,
      }),
      stat(3, 'Games not read', {
        description: 'Games that could not be looked at, mostly because an endpoint failed.',
        unit: 'games',
        queries: [query('op_dispute_mon_failed_games', '{{instance}}')],
        limits: ['DisputeMonFailedGames'],
        width: 8,
      }),
    ]),
    section(101, 'Games', [
      timeseries(10, 'Games by forecast and result', {
        description: 'Correct and incorrect ones. An incorrect forecast must be countered before its clock runs out.',
        unit: 'games',
        queries: [
          query(
            'max by (completion, result_correctness, status) (op_dispute_mon_games_agreement)',
            '{{completion}} {{result_correctness}} {{status}}',
          ),
        ],
        alerts: ['DisputeGameForecastIncorrect', 'DisputeGameResolvedIncorrectly'],
        width: 24,
      }),
      timeseries(11, 'Collateral missing', {
        description: 'Ether that the bond contracts owe beyond what they hold.',
        unit: 'ETH',
        queries: [reading('BondCollateralShort', '{{delayedWETH}}')],
        limits: ['BondCollateralShort'],
        width: 12,
      }),
      timeseries(12, 'Divergent withdrawals', {
        description:
          'Withdrawals of bonds that do not match the credits of their game: somebody takes what is not theirs.',
        unit: 'requests',
        queries: [reading('DivergentWithdrawals', '{{delayedWETH}}')],
        limits: ['DivergentWithdrawals'],
        width: 12,
      }),
    ]),
    section(102, 'Machine', processPanels(20, 'op-dispute-mon')),
  ],
};

export const conductor: DashboardSpec = {
  slug: 'op-conductor',
  title: 'op-conductor',
  description: 'Chooses which sequencer makes blocks.',
  instancesOf: 'up{component="op-conductor"}',
  sections: [
    section(100, 'Process', [upPanel(1, 'op-conductor', ['ConductorDown'], 24)]),
    section(101, 'Sequencers', [
      timeseries(10, 'Failed health checks', {
        description:
          'Checks of the own sequencer that failed, over the window that the alert looks at. It gives up leadership.',
        unit: 'checks',
        queries: [reading('ConductorHealthchecksFailing', '{{instance}}')],
        limits: ['ConductorHealthchecksFailing'],
        noValue: 'none',
        width: 12,
      }),
      timeseries(11, 'Changes of state', {
        description: 'Leader, healthy, active. Each change is a hand-over; many are a quarrel.',
        unit: 'changes/s',
        queries: [
          query(
            'sum by (instance, leader, healthy, active) (rate(op_conductor_state_changes_count[$__rate_interval]))',
            'leader {{leader}}, healthy {{healthy}}, active {{active}} {{instance}}',
          ),
        ],
        width: 12,
      }),
    ]),
    section(102, 'Machine', processPanels(20, 'op-conductor')),
  ],
};
