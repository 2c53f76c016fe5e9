import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { type Panel, query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';
import { peersQuery, processPanels } from './shared.ts';

/** Ages count to the moment of the scrape, as in the alerts: the time between two scrapes is no lag. */
const age = (type: string) =>
  `timestamp(op_node_default_refs_time{type="${type}"}) - on (network, instance) op_node_default_refs_time{type="${type}"}`;

export const node: DashboardSpec = {
  slug: 'op-node',
  title: 'op-node',
  description: 'Heads, derivation from L1, sequencing, gossip, engine.',
  instancesOf: 'up{component="op-node"}',
  sections: [
    section(100, 'Process', process()),
    section(101, 'Heads', heads()),
    section(102, 'Derivation', derivation()),
    section(103, 'Sequencer', sequencer()),
    section(104, 'Gossip', gossip()),
    section(105, 'Machine', processPanels(60, 'op-node')),
  ],
};

function process(): Panel[] {
  return [
    upPanel(1, 'op-node', ['L2NodeDown', 'L2NodeMetricsAbsent'], 8),
    stat(2, 'Version', {
      description: 'What runs: nodes of one network should agree.',
      unit: 'number',
      queries: [query('count by (version) (op_node_default_info)', '{{version}}')],
      width: 8,
    }),
    stat(3, 'Protocol versions behind', {
      description:
        'Negative: the chain requires or recommends a newer release than the one that runs. Upgrade before the fork.',
      unit: 'number',
      queries: [query('min by (type) (op_node_default_protocol_version_delta)', '{{type}}')],
      alerts: ['ProtocolVersionOutdated'],
      noValue: 'not told',
      width: 8,
    }),
  ];
}

function heads(): Panel[] {
  return [
    timeseries(10, 'Unsafe head age', {
      description:
        'Age of the newest L2 block of each node. All high: the sequencer stopped. One high: that node is behind.',
      unit: 's',
      queries: [query(age('l2_unsafe'), '{{instance}}')],
      limits: ['UnsafeHeadStalled'],
      alerts: ['ReplicaBehindFleet'],
    }),
    timeseries(11, 'Safe head age', {
      description: 'Age of the newest L2 block that each node found on L1. It falls with each batch.',
      unit: 's',
      queries: [query(age('l2_safe'), '{{instance}}')],
      limits: ['SafeHeadLagging', 'SafeHeadStalled'],
      alerts: ['DerivationIdleWhileBehind'],
    }),
    timeseries(12, 'Finalized head age', {
      description: 'Age of the newest L2 block that L1 has finalized.',
      unit: 's',
      queries: [query(age('l2_finalized'), '{{instance}}')],
      limits: ['FinalizedHeadStalled'],
    }),
    timeseries(13, 'Gaps between heads', {
      description: 'Blocks not on L1 yet, and blocks on L1 that it has not finalized yet.',
      unit: 'blocks',
      queries: [
        reading('UnsafeSafeGapHigh', 'unsafe – safe {{instance}}'),
        reading('SafeFinalizedGapHigh', 'safe – finalized {{instance}}'),
      ],
      limits: ['UnsafeSafeGapHigh', 'SafeFinalizedGapHigh'],
    }),
    timeseries(14, 'Sequencing window', {
      description:
        'L1 blocks since the origin of the safe head. At the window of the chain, unbatched blocks are dropped.',
      unit: 'blocks',
      queries: [reading('SequencingWindowClosing', 'best node')],
      limits: ['SequencingWindowClosing'],
    }),
    timeseries(15, 'Different heads at the same height', {
      description:
        'Hashes that nodes report for the highest safe and finalized block. More than one: a node follows another chain.',
      unit: 'heads',
      queries: [reading('HeadsDisagree', '{{type}}')],
      limits: ['HeadsDisagree'],
    }),
  ];
}

function derivation(): Panel[] {
  return [
    timeseries(20, 'Behind L1', {
      description: 'L1 blocks that are known but not derived from yet.',
      unit: 'blocks',
      queries: [reading('L2NotSynced', '{{instance}}')],
      limits: ['L2NotSynced'],
    }),
    timeseries(21, 'Errors', {
      description: 'Temporary and critical errors of derivation and engine, over the window that the alert looks at.',
      unit: 'errors',
      queries: [reading('DerivationErrors', '{{instance}}')],
      limits: ['DerivationErrors'],
    }),
    timeseries(22, 'Resets of the pipeline', {
      description: 'Each throws away what was derived since the last safe block. An L1 reorganisation costs one.',
      unit: 'resets',
      queries: [reading('DerivationPipelineResets', '{{instance}}')],
      limits: ['DerivationPipelineResets'],
    }),
    timeseries(23, 'Idle', {
      description: '1 while there is nothing to derive. Right when the safe head is young; wrong when it is old.',
      unit: 'bool',
      queries: [query('op_node_default_derivation_idle', '{{instance}}')],
      alerts: ['DerivationIdleWhileBehind'],
    }),
    timeseries(24, 'Unsafe payloads waiting', {
      description: 'Blocks from gossip that wait for their parent. Many: the node misses a stretch of the chain.',
      unit: 'payloads',
      queries: [query('op_node_default_unsafe_payloads_buffer_len', '{{instance}}')],
      limits: ['UnsafePayloadsBuffered'],
    }),
    timeseries(25, 'Engine API errors', {
      description: 'Share of the calls to op-geth that failed.',
      unit: 'ratio',
      queries: [reading('EngineApiErrorsHigh', '{{instance}}')],
      limits: ['EngineApiErrorsHigh'],
      noValue: 'no error',
    }),
  ];
}

function sequencer(): Panel[] {
  return [
    timeseries(30, 'Errors', {
      description: 'Failures while a block was built, over the window that the alert looks at.',
      unit: 'errors',
      queries: [reading('SequencingErrors', '{{instance}}')],
      limits: ['SequencingErrors'],
    }),
    timeseries(31, 'Sealing time', {
      description:
        'Time within which 95 of 100 blocks were sealed. Much of the block time means that blocks come late.',
      unit: 's',
      queries: [reading('SequencerSealingSlow', '{{instance}}')],
      limits: ['SequencerSealingSlow'],
    }),
    timeseries(32, 'Transactions sequenced', {
      description: 'Transactions in blocks per second, the deposit of each block included.',
      unit: 'txs/s',
      queries: [query('deriv(op_node_default_transactions_sequenced_total[$__rate_interval])', '{{instance}}')],
      alerts: ['LowTransactionActivity'],
    }),
  ];
}

function gossip(): Panel[] {
  return [
    timeseries(40, 'Peers', {
      description: 'Gossip peers of each node that takes part in P2P.',
      unit: 'peers',
      queries: [query(peersQuery, '{{instance}}')],
      limits: ['LowPeerCount', 'NoPeers'],
    }),
    timeseries(41, 'Bandwidth', {
      description: 'P2P traffic in each direction.',
      unit: 'B/s',
      queries: [
        query('deriv(op_node_default_p2p_bandwidth_bytes_total[$__rate_interval])', '{{direction}} {{instance}}'),
      ],
    }),
    timeseries(42, 'Blocks not published', {
      description: 'Blocks that the sequencer could not gossip, over the window that the alert looks at.',
      unit: 'errors',
      queries: [reading('GossipPublishErrors', '{{instance}}')],
      limits: ['GossipPublishErrors'],
    }),
  ];
}
