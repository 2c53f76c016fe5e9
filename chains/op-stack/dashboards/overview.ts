/** Read in ten seconds: is it healthy, since when, what is wrong; then how far the heads are and how long the money lasts. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { UP_DOWN } from '../../../model/dashboards/common.ts';
import { networkOverview, type OverviewFacts, panelsWith } from '../../../model/dashboards/networkOverview.ts';
import { type Panel, query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';
import { DOWN_ALERTS, peersQuery } from './shared.ts';

export function overview({ engine, has }: OverviewFacts): DashboardSpec {
  const only = panelsWith({ has });
  return networkOverview({
    engine,
    instancesOf: 'up{component=~"op-.*"}',
    healthy: [
      processes(engine),
      ...only('op-node', headAges()),
      ...only('op-batcher', batcherNow()),
      ...only('op-proposer', proposerNow()),
      ...only('op-node', [peers()]),
    ],
    sections: [
      section(102, 'Heads', [...only('op-node', headCourses()), ...only('op-geth', [production()])]),
      section(103, 'L1 and money', [...only('op-node', [l1Age()]), ...only('op-batcher', [l1Fees(), balance()])]),
    ],
  });
}

function processes(engine: OverviewFacts['engine']): Panel {
  return stat(10, 'Processes', {
    description:
      'Whether every process answers its scrape. Without op-geth or op-node on the sequencer no block is made.',
    unit: 'bool',
    queries: [query('min by (component) (up{component=~"op-.*"})', '{{component}}')],
    mappings: UP_DOWN,
    alerts: DOWN_ALERTS,
    width: engine === 'grafana' ? 24 : 12,
  });
}

function headAges(): Panel[] {
  return [
    stat(11, 'Unsafe head age', {
      description:
        'Age of the newest L2 block on the best node. A block is due every few seconds: more means that the sequencer stopped.',
      unit: 's',
      queries: [reading('UnsafeHeadStalled', 'unsafe')],
      limits: ['UnsafeHeadStalled'],
      width: 3,
    }),
    stat(12, 'Safe head age', {
      description:
        'Age of the newest L2 block found on L1. It grows between batches; if it only grows, batches do not land.',
      unit: 's',
      queries: [reading('SafeHeadStalled', 'safe')],
      limits: ['SafeHeadLagging', 'SafeHeadStalled'],
      width: 3,
    }),
    stat(13, 'Finalized head age', {
      description: 'Age of the newest L2 block that L1 has finalized: a quarter of an hour more than the safe head.',
      unit: 's',
      queries: [reading('FinalizedHeadStalled', 'finalized')],
      limits: ['FinalizedHeadStalled'],
      width: 3,
    }),
  ];
}

function batcherNow(): Panel[] {
  return [
    stat(14, 'Last batch', {
      description: 'Time since a batch was last confirmed on L1.',
      unit: 's',
      queries: [reading('NoRecentBatchSubmission', 'last batch')],
      limits: ['NoRecentBatchSubmission'],
      alerts: ['BatchSubmissionFailed'],
      width: 3,
    }),
    stat(15, 'Batcher runway', {
      description: 'How long the funds last at the spending of the last hours, blob fees included.',
      unit: 'h',
      queries: [query('min(instance:op_batcher_default_balance:runway_hours)', 'runway')],
      limits: ['BatcherRunwayLow', 'BatcherRunwayVeryLow'],
      noValue: 'not yet',
      width: 3,
    }),
  ];
}

function proposerNow(): Panel[] {
  return [
    stat(16, 'Last output', {
      description: 'Age of the newest L2 block whose output was proposed on L1. New withdrawals wait for the next one.',
      unit: 's',
      queries: [reading('ProposerOutputStalled', 'last output')],
      limits: ['ProposerOutputLag', 'ProposerOutputStalled'],
      width: 3,
    }),
    stat(17, 'Proposer runway', {
      description: 'How long the funds last at the spending of the last day, bonds included.',
      unit: 'h',
      queries: [query('min(instance:op_proposer_default_balance:runway_hours)', 'runway')],
      limits: ['ProposerRunwayLow', 'ProposerRunwayVeryLow'],
      noValue: 'not yet',
      width: 3,
    }),
  ];
}

function peers(): Panel {
  return stat(18, 'Fewest peers', {
    description: 'Gossip peers of the op-node that has fewest. Nodes with P2P switched off do not count.',
    unit: 'peers',
    queries: [query(`min(${peersQuery})`, 'peers')],
    limits: ['LowPeerCount', 'NoPeers'],
    noValue: 'P2P off',
    width: 3,
  });
}

function headCourses(): Panel[] {
  const head = (type: string, legend: string) =>
    query(`max(op_node_default_refs_number{layer="l2", type="${type}"})`, legend);
  return [
    timeseries(20, 'Heads', {
      description:
        'Block numbers of the three heads on the best node. Three lines that rise in parallel are a healthy chain.',
      unit: 'number',
      queries: [head('l2_unsafe', 'unsafe'), head('l2_safe', 'safe'), head('l2_finalized', 'finalized')],
      alerts: ['UnsafeHeadStalled', 'SafeHeadStalled', 'FinalizedHeadStalled'],
    }),
    timeseries(21, 'Gaps between heads', {
      description:
        'Blocks that are not on L1 yet (unsafe to safe) and that L1 has not finalized yet (safe to finalized).',
      unit: 'blocks',
      queries: [
        reading('UnsafeSafeGapHigh', 'unsafe – safe {{instance}}'),
        reading('SafeFinalizedGapHigh', 'safe – finalized {{instance}}'),
      ],
      limits: ['UnsafeSafeGapHigh', 'SafeFinalizedGapHigh'],
    }),
  ];
}

function production(): Panel {
  return timeseries(22, 'Block production', {
    description: 'L2 blocks per second that the fastest op-geth gains; 0.5 with blocks of two seconds.',
    unit: 'blocks/s',
    queries: [reading('L2BlockProductionSlow', 'blocks')],
    limits: ['L2BlockProductionSlow'],
  });
}

function l1Age(): Panel {
  return timeseries(30, 'L1 head age', {
    description: 'Age of the newest L1 block that the best node knows; an L1 block comes every 12 s.',
    unit: 's',
    queries: [reading('L1HeadStalled', 'L1 head')],
    limits: ['L1HeadStalled'],
  });
}

function l1Fees(): Panel {
  return timeseries(31, 'L1 fees', {
    description: 'What the batcher last saw on L1: base fee of gas, and of blobs.',
    unit: 'gwei',
    queries: [reading('HighL1GasPrice', 'gas'), reading('HighL1BlobBaseFee', 'blob gas')],
    limits: ['HighL1GasPrice'],
    alerts: ['HighL1BlobBaseFee'],
  });
}

function balance(): Panel {
  return timeseries(32, 'Batcher balance', {
    description: 'Ether left in the account that pays for batches.',
    unit: 'ETH',
    queries: [query('op_batcher_default_balance', '{{instance}}')],
    limits: ['BatcherLowETH', 'BatcherVeryLowETH'],
  });
}
