import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';

/** op-geth names its metrics as any geth does; counters are exposed as gauges, so their slope is `deriv`. */
const slope = (metric: string) => `deriv(${metric}{component="op-geth"}[$__rate_interval])`;

export const geth: DashboardSpec = {
  slug: 'op-geth',
  title: 'op-geth',
  description: 'Execution: blocks, transaction pool, RPC, database.',
  instancesOf: 'up{component="op-geth"}',
  sections: [
    section(100, 'Process', [
      upPanel(1, 'op-geth', ['L2GethDown', 'L2GethMetricsAbsent'], 8),
      stat(2, 'Version', {
        description: 'What runs: replicas of one network should agree.',
        unit: 'number',
        queries: [query('count by (version) (geth_info)', '{{version}}')],
        width: 8,
      }),
      stat(3, 'Peers', {
        description: 'devp2p peers. None is right where the node is not meant to look for any.',
        unit: 'peers',
        queries: [query('p2p_peers{component="op-geth"}', '{{instance}}')],
        alerts: ['ExecutionPeersLost'],
        width: 8,
      }),
    ]),
    section(101, 'Chain', [
      timeseries(10, 'Head', {
        description: 'Number of the head block of each node. A flat line stands still; a lower one is behind.',
        unit: 'number',
        queries: [query('chain_head_block{component="op-geth"}', '{{instance}}')],
        alerts: ['L2BlockProductionSlow', 'ExecutionHeadApart'],
      }),
      timeseries(11, 'Block production', {
        description: 'L2 blocks per second, over the window that the alert looks at.',
        unit: 'blocks/s',
        queries: [reading('L2BlockProductionSlow', 'fastest node')],
        limits: ['L2BlockProductionSlow'],
      }),
      timeseries(12, 'Apart from op-node', {
        description:
          'Blocks that op-geth lacks of what an op-node had two minutes ago, or had two minutes ago and no op-node has. Usually none.',
        unit: 'blocks',
        queries: [reading('ExecutionHeadApart', '{{instance}}')],
        limits: ['ExecutionHeadApart'],
      }),
      timeseries(13, 'Blocks reorganised away', {
        description: 'Blocks dropped by reorganisations. On a sequencer that keeps its blocks there are none.',
        unit: 'blocks',
        queries: [reading('L2ReorgDetected', '{{instance}}')],
        limits: ['L2ReorgDetected'],
      }),
    ]),
    section(102, 'Transaction pool', [
      timeseries(20, 'Pending', {
        description: 'Transactions that could be in the next block. Near the limit new ones push out others.',
        unit: 'txs',
        queries: [query('txpool_pending{component="op-geth"}', '{{instance}}')],
        limits: ['TxpoolPendingNearLimit'],
      }),
      timeseries(21, 'Queued', {
        description: 'Transactions that wait for one with a lower nonce.',
        unit: 'txs',
        queries: [query('txpool_queued{component="op-geth"}', '{{instance}}')],
        limits: ['TxpoolQueuedNearLimit'],
      }),
      timeseries(22, 'Dropped', {
        description: 'Transactions turned away because the pool is full or they pay too little.',
        unit: 'txs/s',
        queries: [reading('TxpoolDropping', '{{instance}}')],
        limits: ['TxpoolDropping'],
      }),
    ]),
    section(103, 'RPC', [
      timeseries(30, 'Latency', {
        description: 'Time within which 95 of 100 requests were served.',
        unit: 's',
        queries: [query('rpc_duration_all{component="op-geth", quantile="0.95"} / 1e9', '{{instance}}')],
        limits: ['GethRpcLatencyHigh'],
      }),
      timeseries(31, 'Requests', {
        description: 'Requests served, and those that failed.',
        unit: 'requests/s',
        queries: [query(slope('rpc_requests'), 'all {{instance}}'), query(slope('rpc_failure'), 'failed {{instance}}')],
        alerts: ['GethRpcFailureRatioHigh'],
      }),
      timeseries(32, 'Failures', {
        description: 'Share of the requests that failed. Reverted calls count too, so a bot can raise it.',
        unit: 'ratio',
        queries: [reading('GethRpcFailureRatioHigh', '{{instance}}')],
        limits: ['GethRpcFailureRatioHigh'],
      }),
    ]),
    section(104, 'Machine', [
      timeseries(40, 'Memory held', {
        description: 'Memory that the Go runtime holds.',
        unit: 'B',
        queries: [query('system_memory_held{component="op-geth"}', '{{instance}}')],
        limits: ['HighMemoryUsage'],
      }),
      timeseries(41, 'CPU', {
        description: 'Cores that op-geth uses.',
        unit: 'cores',
        queries: [query('system_cpu_procload{component="op-geth"} / 100', '{{instance}}')],
        limits: ['HighCPUUsage'],
      }),
      timeseries(42, 'Database size', {
        description: 'Chain data: the database, and the ancient store beside it.',
        unit: 'B',
        queries: [
          query('eth_db_chaindata_disk_size{component="op-geth"}', 'database {{instance}}'),
          query('eth_db_chaindata_ancient_size{component="op-geth"}', 'ancient {{instance}}'),
        ],
        alerts: ['ChaindataGrowthHigh'],
      }),
      timeseries(43, 'Database growth', {
        description: 'How fast chain data grows. Compare with the space left on the host.',
        unit: 'B/s',
        queries: [reading('ChaindataGrowthHigh', '{{instance}}')],
        limits: ['ChaindataGrowthHigh'],
      }),
      timeseries(44, 'Writes held up', {
        description:
          'Share of the time in which the database made writers wait for its compaction: the disk is too slow.',
        unit: 'ratio',
        queries: [reading('DatabaseWriteStalled', '{{instance}}')],
        limits: ['DatabaseWriteStalled'],
      }),
    ]),
  ],
};
