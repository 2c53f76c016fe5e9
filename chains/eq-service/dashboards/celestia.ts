import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { UP_DOWN } from '../../../model/dashboards/common.ts';
import { query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';

export const celestia: DashboardSpec = {
  slug: 'celestia',
  title: 'Celestia and prover network',
  description: 'What the service depends on: the Celestia node it reads blobs from, and the network that proves.',
  instancesOf: 'up{component="celestia-node"}',
  sections: [
    section(100, 'Asked from outside', [
      stat(1, 'Reachable', {
        description: 'Whether the RPC of the Celestia node and of the prover network take a connection.',
        unit: 'bool',
        queries: [query('probe_success{component=~"celestia-rpc|succinct-rpc"}', '{{component}} {{instance}}')],
        mappings: UP_DOWN,
        noValue: 'not asked',
        alerts: ['CelestiaNodeDown', 'SuccinctNetworkDown'],
        width: 8,
      }),
      timeseries(2, 'Time of the probe', {
        description: 'Until the connection stands, name resolution included.',
        unit: 's',
        queries: [
          query('probe_duration_seconds{component=~"celestia-rpc|succinct-rpc"}', '{{component}} {{instance}}'),
        ],
        alerts: ['CelestiaNodeDown', 'SuccinctNetworkDown'],
        width: 8,
      }),
      stat(3, 'Collector', {
        description: 'Whether what shows the metrics of the Celestia node answers. It may do so without having any.',
        unit: 'bool',
        queries: [query('up{component="celestia-node"}', '{{instance}}')],
        mappings: UP_DOWN,
        noValue: 'no target',
        alerts: ['CelestiaNodeMetricsAbsent'],
        width: 8,
      }),
    ]),
    section(101, 'Head', [
      timeseries(10, 'Head', {
        description: 'The newest block that each node knows.',
        unit: 'number',
        queries: [query('das_network_head', '{{instance}}')],
        alerts: ['CelestiaHeadStalled'],
      }),
      timeseries(11, 'New blocks of late', {
        description:
          'How many blocks the best node learned of within ten minutes; none means that the chain or all nodes stand.',
        unit: 'blocks',
        queries: [reading('CelestiaHeadStalled', 'blocks')],
        limits: ['CelestiaHeadStalled'],
      }),
      timeseries(12, 'Behind the best', {
        description: 'Blocks that each node lacks of the best one.',
        unit: 'blocks',
        queries: [reading('CelestiaNodeBehind', '{{instance}}')],
        limits: ['CelestiaNodeBehind'],
      }),
    ]),
    section(102, 'Sampling', [
      timeseries(20, 'Blocks to sample', {
        description: 'Known blocks whose data is not sampled yet.',
        unit: 'blocks',
        queries: [reading('CelestiaSamplingBehind', '{{instance}}')],
        limits: ['CelestiaSamplingBehind'],
      }),
      timeseries(21, 'Time since a sample', {
        description: 'Since the newest successful sample. It saw-tooths with each block.',
        unit: 's',
        queries: [reading('CelestiaSamplingStalled', '{{instance}}')],
        limits: ['CelestiaSamplingStalled'],
      }),
      timeseries(22, 'Busy workers', {
        description: 'Sampling workers at work. None, with blocks left to sample, is a sampler that has stopped.',
        unit: 'workers',
        queries: [query('das_busy_workers_amount', '{{instance}}')],
        alerts: ['CelestiaSamplingStalled'],
      }),
    ]),
    section(103, 'Node', [
      timeseries(30, 'Peers', {
        description: 'Full nodes that each node can get data from.',
        unit: 'peers',
        queries: [reading('CelestiaPeersLow', '{{instance}}')],
        limits: ['CelestiaPeersLow'],
      }),
      timeseries(31, 'Restarts', {
        description: 'Starts of the node within the last hour.',
        unit: 'restarts',
        queries: [reading('CelestiaNodeRestarting', '{{instance}}')],
        limits: ['CelestiaNodeRestarting'],
      }),
      timeseries(32, 'Blocks not pruned', {
        description: 'Old blocks that the node failed to delete.',
        unit: 'blocks',
        queries: [reading('CelestiaPruningFailing', '{{instance}}')],
        limits: ['CelestiaPruningFailing'],
      }),
      timeseries(33, 'Calls of its RPC', {
        description: 'Calls by method, and whether they failed: what the service asks of it.',
        unit: 'calls/s',
        queries: [
          query(
            'sum by (instance, method, error) (rate(rpc_method_calls_total[$__rate_interval]))',
            '{{method}} {{error}} {{instance}}',
          ),
        ],
        alerts: ['CelestiaNodeDown'],
        width: 24,
      }),
    ]),
  ],
};
