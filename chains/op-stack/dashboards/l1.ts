import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, type Section, section, timeseries } from '../../../model/dashboards/panels.ts';

const age = (type: string) =>
  `timestamp(op_node_default_refs_time{type="${type}"}) - on (network, instance) op_node_default_refs_time{type="${type}"}`;

/** The L1 as the processes of the L2 see it, and as our exporter reads it where the stack file names endpoints. */
export function l1(asked: boolean): DashboardSpec {
  return {
    slug: 'l1',
    title: 'L1',
    description: 'The chain below, and the endpoints by which our processes reach it.',
    instancesOf: 'up{component=~"op-.*"}',
    sections: [...seen, ...(asked ? [read] : [])],
  };
}

const read = section(103, 'Read by our exporter', [
  timeseries(30, 'Agreed head age', {
    description: 'Age of the block that a majority of the endpoints agrees on. Compare with what our nodes know.',
    unit: 's',
    queries: [query('chainwatch_rpc_agreed_head_age_seconds', '{{layer}}')],
  }),
  timeseries(31, 'Endpoints behind', {
    description: 'Blocks between each endpoint and the agreed head.',
    unit: 'blocks',
    queries: [query('chainwatch_rpc_behind_blocks', '{{layer}} {{endpoint}}')],
  }),
  timeseries(32, 'Balances', {
    description: 'Balances of our accounts as a majority of the endpoints gives them, whatever the processes say.',
    unit: 'ETH',
    queries: [query('chainwatch_account_balance_ether', '{{layer}} {{role}}')],
  }),
]);

const seen: readonly Section[] = [
  section(100, 'Chain', [
    timeseries(1, 'Head age', {
      description:
        'Age of the newest L1 block that each node knows. All high: L1 stopped. One high: its endpoint is behind.',
      unit: 's',
      queries: [query(age('l1_head'), '{{instance}}')],
      limits: ['L1HeadStalled'],
      alerts: ['L1RpcLagging'],
    }),
    timeseries(2, 'Finalized age', {
      description: 'Age of the newest L1 block that is final: 13 to 20 minutes on Ethereum.',
      unit: 's',
      queries: [query(age('l1_finalized'), '{{instance}}')],
      limits: ['L1FinalityStalled'],
    }),
    timeseries(3, 'Deep reorganisations', {
      description:
        'Reorganisations of L1 deeper than two blocks. Each resets derivation; many point to a bad endpoint.',
      unit: 'reorgs',
      queries: [reading('L1ReorgDeep', '{{instance}}')],
      limits: ['L1ReorgDeep'],
    }),
  ]),
  section(101, 'Endpoints', [
    timeseries(10, 'Errors', {
      description: 'Share of the requests to L1 that failed.',
      unit: 'ratio',
      queries: [reading('L1RpcErrorsHigh', '{{instance}}')],
      limits: ['L1RpcErrorsHigh'],
      noValue: 'no error',
    }),
    timeseries(11, 'Latency', {
      description: 'Time within which 95 of 100 requests to L1 were answered.',
      unit: 's',
      queries: [reading('L1RpcSlow', '{{instance}}')],
      limits: ['L1RpcSlow'],
    }),
    timeseries(12, 'Requests', {
      description: 'Requests to L1 and to the engine, by method: what a paid endpoint is billed by.',
      unit: 'requests/s',
      queries: [
        query('sum by (method) (rate(op_node_default_rpc_client_requests_total[$__rate_interval]))', '{{method}}'),
      ],
      stacked: true,
    }),
  ]),
  section(102, 'Fees', [
    timeseries(20, 'Gas', {
      description: 'Base fee of L1 as the batcher last saw it: what a batch, a proposal and a challenge cost.',
      unit: 'gwei',
      queries: [reading('HighL1GasPrice', 'base fee')],
      limits: ['HighL1GasPrice'],
      width: 12,
    }),
    timeseries(21, 'Blob gas', {
      description: 'Base fee of blobs as the batcher last saw it.',
      unit: 'gwei',
      queries: [reading('HighL1BlobBaseFee', 'blob base fee')],
      limits: ['HighL1BlobBaseFee'],
      width: 12,
    }),
  ]),
];
