/** Blocks, tips, peers. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';
import { events, rates } from './shared.ts';

export const chain: DashboardSpec = {
  slug: 'chain',
  title: 'Chain and peers',
  description: 'Blocks on their way, and who carries them.',
  instancesOf: 'up{component="tb-node"}',
  sections: [
    section(100, 'Processes', [
      upPanel(1, 'tb-node', ['TheBlockNodeDown', 'TheBlockMetricsAbsent'], 16),
      timeseries(2, 'Share of nodes that are up', {
        description: 'Many nodes that fail at once have one cause.',
        unit: 'ratio',
        queries: [query('avg(up{component="tb-node"})', 'up')],
        limits: ['TheBlockFleetDown'],
        height: 4,
      }),
    ]),
    section(101, 'Blocks', [
      rates(10, 'Blocks mined', 'block_mined_total', [], {
        description: 'By each node. Some may never mine.',
        unit: 'blocks/s',
        alerts: ['NoBlocksMined'],
      }),
      timeseries(11, 'Blocks mined by all of us', {
        description: 'The network aims at a block each second, of which ours is a share.',
        unit: 'blocks/s',
        queries: [reading('NoBlocksMined', 'blocks')],
        limits: ['NoBlocksMined'],
      }),
      timeseries(12, 'Blocks that could not be applied', {
        description: 'In half an hour. Now and then one is a bad block of a peer.',
        unit: 'blocks',
        queries: [reading('BlockApplyFailing', '{{instance}}')],
        limits: ['BlockApplyFailing'],
      }),
      timeseries(13, 'Convergences beyond 10 s', {
        description: 'Share of them. The histogram ends at 10 s, so a quantile would say no more.',
        unit: 'ratio',
        queries: [reading('ConvergenceLag', 'beyond 10 s')],
        limits: ['ConvergenceLag'],
      }),
      events(14, 'Reorganisations', 'fork_reorg_total', ['depth'], {
        description: 'In half an hour, by depth. Those of one or two blocks are everyday life.',
        unit: 'reorgs',
        alerts: ['DeepReorg'],
      }),
      timeseries(15, 'Block interval', {
        description: 'Short-term average as the difficulty sees it; the target is one second.',
        unit: 'ms',
        queries: [query('difficulty_window_short', '{{instance}}')],
      }),
    ]),
    section(102, 'Peers', [
      timeseries(20, 'Active peers', {
        description: 'Of the overlay, by node.',
        unit: 'peers',
        queries: [reading('PeersLow', '{{instance}}')],
        limits: ['PeersLow', 'PeersLost'],
      }),
      timeseries(21, 'Partitions', {
        description: 'How often in half an hour so many peers went at once that the watch calls it a partition.',
        unit: 'events',
        queries: [reading('NetworkPartitioned', '{{instance}}')],
        alerts: ['NetworkPartitioned'],
      }),
      timeseries(22, 'Failing QUIC handshakes', {
        description: 'With each peer. A lasting line is a certificate or a version that one side does not take.',
        unit: 'errors/s',
        queries: [reading('QuicHandshakesFailing', '{{peer}} {{instance}}')],
        limits: ['QuicHandshakesFailing'],
      }),
    ]),
    section(103, 'Requests', [
      timeseries(30, 'Transactions rejected', {
        description: 'Share of those submitted.',
        unit: 'ratio',
        queries: [reading('TransactionsRejected', 'rejected')],
        limits: ['TransactionsRejected'],
      }),
      timeseries(31, 'Requests refused by the rate limit', {
        description: 'Share of the RPC requests.',
        unit: 'ratio',
        queries: [reading('RpcRateLimited', '{{instance}}')],
        limits: ['RpcRateLimited'],
      }),
      rates(32, 'Why transactions are rejected', 'tx_rejected_total', ['reason'], {
        description: 'What the mempool has against them.',
        unit: 'txs/s',
        alerts: ['TransactionsRejected'],
      }),
    ]),
  ],
};
