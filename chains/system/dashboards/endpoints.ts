import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';

/** What our exporter reads of all networks, and whether the endpoints that it asks can be believed. */
export const endpoints: DashboardSpec = {
  slug: 'endpoints',
  title: 'RPC endpoints',
  description: 'The endpoints that our exporter asks: which answer, which agree, and what they say.',
  instancesOf: 'up{component="exporter"}',
  sections: [
    section(100, 'Agreement', [
      stat(1, 'Quorum', {
        description:
          'Whether a majority of the endpoints of a chain has one block in common. Without it nothing is told of that chain.',
        unit: 'bool',
        queries: [query('min by (network, layer) (chainwatch_rpc_quorum)', '{{network}} {{layer}}')],
        mappings: { 0: { text: 'lost', color: 'red' }, 1: { text: 'agreed', color: 'green' } },
        alerts: ['RpcQuorumLost'],
        noValue: 'no endpoint',
        width: 12,
      }),
      stat(2, 'Disagreement', {
        description: 'Whether two endpoints have different blocks at one height: one of them is on another chain.',
        unit: 'bool',
        queries: [query('max by (network, layer) (chainwatch_rpc_disagreement)', '{{network}} {{layer}}')],
        mappings: { 0: { text: 'none', color: 'green' }, 1: { text: 'disagree', color: 'orange' } },
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
        queries: [reading('ExporterStale', '{{network}} {{layer}}')],
        limits: ['ExporterStale'],
      }),
    ]),
    section(101, 'Endpoints', [
      stat(10, 'Answering', {
        description: 'Whether each endpoint gave a head in the last round.',
        unit: 'bool',
        queries: [query('chainwatch_rpc_up', '{{network}} {{layer}} {{endpoint}}')],
        mappings: { 0: { text: 'down', color: 'orange' }, 1: { text: 'up', color: 'green' } },
        alerts: ['RpcEndpointDown'],
        noValue: 'no endpoint',
        width: 12,
      }),
      stat(11, 'Chain', {
        description:
          'Whether each endpoint is of the chain that the stack file says. One of another chain is not counted.',
        unit: 'bool',
        queries: [query('chainwatch_rpc_chain_matches', '{{network}} {{layer}} {{endpoint}}')],
        mappings: { 0: { text: 'another', color: 'red' }, 1: { text: 'right', color: 'green' } },
        alerts: ['RpcEndpointWrongChain'],
        noValue: 'no endpoint',
        width: 12,
      }),
      timeseries(12, 'Behind', {
        description: 'Blocks between each endpoint and the agreed head.',
        unit: 'blocks',
        queries: [reading('RpcEndpointBehind', '{{network}} {{layer}} {{endpoint}}')],
        limits: ['RpcEndpointBehind'],
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
