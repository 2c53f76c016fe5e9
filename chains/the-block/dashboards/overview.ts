/** Read in ten seconds: is it healthy, since when, what is wrong; then blocks, peers, money and work. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { UP_DOWN } from '../../../model/dashboards/common.ts';
import { networkOverview, type OverviewFacts, panelsWith } from '../../../model/dashboards/networkOverview.ts';
import { type Panel, query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';

export function overview({ engine, has }: OverviewFacts): DashboardSpec {
  const only = panelsWith({ has });
  return networkOverview({
    engine,
    instancesOf: 'up{component="tb-node"}',
    healthy: [
      processes(engine),
      ...only('tb-node', nodesNow()),
      ...only('probe', [synthetic()]),
      ...only('aggregator', [cluster()]),
    ],
    sections: [
      section(102, 'Blocks and peers', only('tb-node', chainCourses())),
      section(103, 'Work and money', only('tb-node', work())),
    ],
  });
}

function processes(engine: OverviewFacts['engine']): Panel {
  return stat(10, 'Processes', {
    description: 'Share of the processes of each kind that answer their scrape. Below 100% at least one is down.',
    unit: 'ratio',
    queries: [query('avg by (component) (up{component=~"tb-node|light-client|aggregator|probe"})', '{{component}}')],
    limits: ['TheBlockFleetDown'],
    alerts: ['TheBlockNodeDown', 'TheBlockMetricsAbsent'],
    width: engine === 'grafana' ? 24 : 12,
  });
}

function nodesNow(): Panel[] {
  return [
    stat(11, 'Blocks mined', {
      description: 'By our nodes together. The network aims at a block each second, of which ours is a share.',
      unit: 'blocks/s',
      queries: [reading('NoBlocksMined', 'blocks')],
      limits: ['NoBlocksMined'],
      width: 3,
    }),
    stat(12, 'Slow convergences', {
      description: 'Share of convergences on a tip that took more than 10 s, where the histogram ends.',
      unit: 'ratio',
      queries: [reading('ConvergenceLag', 'beyond 10 s')],
      limits: ['ConvergenceLag'],
      width: 3,
    }),
    stat(13, 'Fewest peers', {
      description: 'Active peers of the node that has fewest.',
      unit: 'peers',
      queries: [query('min(sum by (instance) (overlay_peer_total))', 'peers')],
      limits: ['PeersLow', 'PeersLost'],
      width: 3,
    }),
    stat(14, 'Settlements failing', {
      description: 'Share of the changes of the ledger that were refused.',
      unit: 'ratio',
      queries: [reading('SettlementFailureRatioHigh', 'failing')],
      limits: ['SettlementFailureRatioHigh'],
      alerts: ['SettlementFailing'],
      noValue: 'none',
      width: 3,
    }),
    stat(15, 'Fee against comfort', {
      description: 'p90 of consumer fees as a multiple of what governance calls comfortable. Above 1 it hurts.',
      unit: 'ratio',
      queries: [
        query(
          'max(consumer_fee_p90) / (max(param_change_active{key="consumer_fee_comfort_p90_microunits"}) or vector(2500))',
          'fee',
        ),
      ],
      limits: ['ConsumerFeeComfortBreached'],
      width: 3,
    }),
  ];
}

function synthetic(): Panel {
  return stat(16, 'Synthetic check', {
    description: 'Whether the last run went through mining, gossip and tip.',
    unit: 'bool',
    queries: [query('min(synthetic_success_total{component="probe"})', 'last run')],
    mappings: UP_DOWN,
    alerts: ['SyntheticCheckFailing', 'SyntheticCheckAbsent'],
    width: 3,
  });
}

function cluster(): Panel {
  return stat(17, 'Peers of the fleet', {
    description: 'Peers that nodes report to the aggregator.',
    unit: 'peers',
    queries: [query('max(cluster_peer_active_total{component="aggregator"})', 'peers')],
    alerts: ['AggregatorPeersDropped', 'AggregatorIngestStalled'],
    width: 3,
  });
}

function chainCourses(): Panel[] {
  return [
    timeseries(20, 'Blocks mined by node', {
      description: 'A node that falls to nothing while others go on is cut off or stopped.',
      unit: 'blocks/s',
      queries: [query('rate(block_mined_total[10m])', '{{instance}}')],
      alerts: ['NoBlocksMined', 'BlockApplyFailing'],
      width: 12,
    }),
    timeseries(21, 'Peers by node', {
      description: 'Active peers of the overlay.',
      unit: 'peers',
      queries: [reading('PeersLow', '{{instance}}')],
      limits: ['PeersLow', 'PeersLost'],
      alerts: ['NetworkPartitioned'],
      width: 12,
    }),
  ];
}

function work(): Panel[] {
  return [
    timeseries(30, 'Matches', {
      description: 'Jobs matched with providers, by lane; those of a dry run pay nobody.',
      unit: 'matches/s',
      queries: [query('sum by (lane, dry_run) (rate(matches_total[10m]))', '{{lane}}, dry run {{dry_run}}')],
      alerts: ['MatchesStopped', 'SettlementStalled'],
    }),
    timeseries(31, 'Subsidised bytes', {
      description: 'What the chain pays for: reads, storage, output of compute.',
      unit: 'B/s',
      queries: [query('sum by (type) (rate(subsidy_bytes_total[10m]))', '{{type}}')],
      alerts: ['SubsidyGrowthSpike'],
    }),
    timeseries(32, 'Rent escrow', {
      description: 'Deposits held for stored data.',
      unit: 'CT',
      queries: [query('rent_escrow_locked_ct_total', '{{instance}}')],
      alerts: ['RentEscrowLockedSpike'],
    }),
  ];
}
