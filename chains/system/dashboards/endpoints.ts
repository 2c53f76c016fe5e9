import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, section, timeseries } from '../../../model/dashboards/panels.ts';
import { bad, good, state, watched, worrying } from './shared.ts';

/** What our exporter reads of all networks, and whether the endpoints that it asks can be believed. */
export const endpoints: DashboardSpec = {
  slug: 'endpoints',
  title: 'RPC endpoints',
  description: 'The endpoints that our exporter asks: which answer, which agree, and what they say.',
  instancesOf: 'up{component="exporter"}',
  sections: [
    section(100, 'Agreement', [
      state(1, 'Quorum', {
        description:
          'Whether a majority of the endpoints of a chain has one block in common. Without it nothing is told of that chain.',
        expr: 'min by (network, layer) (chainwatch_rpc_quorum)',
        legend: '{{network}} {{layer}}',
        words: [bad('lost'), good('agreed')],
        alerts: ['RpcQuorumLost'],
        noValue: 'no endpoint',
        width: 12,
      }),
      state(2, 'Disagreement', {
        description: 'Whether two endpoints have different blocks at one height: one of them is on another chain.',
        expr: 'max by (network, layer) (chainwatch_rpc_disagreement)',
        legend: '{{network}} {{layer}}',
        words: [good('none'), worrying('disagree')],
        alerts: ['RpcSourcesDisagree'],
        noValue: 'no endpoint',
        width: 12,
      }),
      timeseries(3, 'Age of the agreed head', {
        description: 'Time since the timestamp of the block that the majority agrees on.',
        unit: 's',
        queries: [query('chainwatch_rpc_agreed_head_age_seconds', '{{network}} {{layer}}')],
        limits: ['RpcHeadStalled'],
      }),
      timeseries(4, 'Reorganisations', {
        description: 'Depth of the last reorganisation of the agreed chain; it changes when there is a new one.',
        unit: 'blocks',
        queries: [query('chainwatch_rpc_reorg_depth_blocks', '{{network}} {{layer}}')],
      }),
      timeseries(5, 'Age of the readings', {
        description: 'Minutes since the last round of questions ended. What the exporter shows is as old as that.',
        unit: 'min',
        ...watched('ExporterStale', '{{network}} {{layer}}'),
      }),
    ]),
    section(101, 'Endpoints', [
      state(10, 'Answering', {
        description: 'Whether each endpoint gave a head in the last round.',
        expr: 'chainwatch_rpc_up',
        legend: '{{network}} {{layer}} {{endpoint}}',
        words: [worrying('down'), good('up')],
        alerts: ['RpcEndpointDown'],
        noValue: 'no endpoint',
        width: 12,
      }),
      state(11, 'Chain', {
        description:
          'Whether each endpoint is of the chain that the stack file says. One of another chain is not counted.',
        expr: 'chainwatch_rpc_chain_matches',
        legend: '{{network}} {{layer}} {{endpoint}}',
        words: [bad('another'), good('right')],
        alerts: ['RpcEndpointWrongChain'],
        noValue: 'no endpoint',
        width: 12,
      }),
      timeseries(12, 'Behind', {
        description: 'Blocks between each endpoint and the agreed head.',
        unit: 'blocks',
        ...watched('RpcEndpointBehind', '{{network}} {{layer}} {{endpoint}}'),
      }),
      timeseries(13, 'Errors', {
        description: 'Requests that failed, by kind.',
        unit: 'errors/s',
        queries: [
          query(
            'sum by (network, layer, endpoint, kind) (rate(chainwatch_rpc_errors_total[$__rate_interval]))',
            '{{network}} {{layer}} {{endpoint}} {{kind}}',
          ),
        ],
        alerts: ['RpcEndpointDown'],
      }),
      timeseries(14, 'Latency', {
        description: 'Time within which 95 of 100 requests were answered.',
        unit: 's',
        queries: [
          query(
            'histogram_quantile(0.95, sum by (network, layer, endpoint, le) (rate(chainwatch_rpc_request_duration_seconds_bucket[$__rate_interval])))',
            '{{network}} {{layer}} {{endpoint}}',
          ),
        ],
      }),
    ]),
    section(102, 'Readings', [
      timeseries(20, 'Balances', {
        description: 'Balances of the accounts that the stack file names, as a majority gives them.',
        unit: 'ETH',
        queries: [query('chainwatch_account_balance_ether', '{{network}} {{role}}')],
        alerts: ['AccountBalanceUnknown'],
        width: 12,
      }),
      timeseries(21, 'Base fee', {
        description: 'Base fee of the agreed head.',
        unit: 'gwei',
        queries: [query('chainwatch_rpc_base_fee_gwei', '{{network}} {{layer}}')],
        width: 12,
      }),
    ]),
  ],
};
