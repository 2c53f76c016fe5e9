import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';

/** What every node has, sequencer, full node or prover node: chain, peers, world state, process. */
export const node: DashboardSpec = {
  slug: 'node',
  title: 'Nodes',
  description: 'How far each node has come, its peers, its world state and its process.',
  instancesOf: 'up{component=~"sequencer|full-node|prover-node"}',
  sections: [
    section(100, 'Chain', [
      upPanel(1, 'full-node', ['FullNodeDown', 'FullNodeMetricsAbsent'], 8),
      timeseries(2, 'Height', {
        description: 'The newest L2 block of each node. A line that is flat while others rise is a node that is stuck.',
        unit: 'number',
        queries: [query('max by (instance) (instance:aztec_archiver_block_height:tip)', '{{instance}}')],
        alerts: ['L2BlockHeightNotIncreasing'],
      }),
      timeseries(3, 'Behind our best', {
        description: 'Checkpoints between each node and the best of ours.',
        unit: 'checkpoints',
        queries: [reading('NodeBehindFleet', '{{instance}}')],
        limits: ['NodeBehindFleet'],
      }),
      timeseries(4, 'Proven height', {
        description: 'The newest proven block of each node. It rises once per epoch.',
        unit: 'number',
        queries: [query('max by (instance) (aztec_archiver_block_height{aztec_status="proven"})', '{{instance}}')],
        alerts: ['ProvenHeightNotIncreasing'],
      }),
      timeseries(5, 'Prunes', {
        description: 'Times that a node dropped blocks, since its start, by reason.',
        unit: 'prunes',
        queries: [
          query(
            'sum by (instance, aztec_archiver_prune_type) (aztec_archiver_prune_count)',
            '{{aztec_archiver_prune_type}} {{instance}}',
          ),
        ],
        alerts: ['ChainPruned'],
      }),
      timeseries(6, 'World state', {
        description: 'Height of the world state, and errors that it does not recover from. One error is one too many.',
        unit: 'number',
        queries: [
          query('max by (instance) (aztec_world_state_unfinalized_height)', 'height {{instance}}'),
          query('sum by (instance) (aztec_world_state_critical_error_count)', 'errors {{instance}}'),
        ],
        alerts: ['WorldStateCriticalError'],
      }),
    ]),
    section(101, 'Peers and transactions', [
      timeseries(10, 'Peers', {
        description: 'Connected peers. With few of them proposals and attestations come late.',
        unit: 'peers',
        queries: [query('max by (instance) (aztec_peer_manager_peer_count_peers)', '{{instance}}')],
        limits: ['LowPeerCount', 'AllPeersLost'],
      }),
      timeseries(11, 'Peers by score', {
        description: 'Peers by the state of their score. Many banned ones speak another release, or we do.',
        unit: 'peers',
        queries: [
          query(
            'sum by (instance, aztec_p2p_peer_score_state) (aztec_p2p_peer_state_count_peers)',
            '{{aztec_p2p_peer_score_state}} {{instance}}',
          ),
        ],
        alerts: ['LowPeerCount'],
      }),
      timeseries(12, 'Pool', {
        description: 'Transactions in the pool of each node, by state.',
        unit: 'txs',
        queries: [query('sum by (instance, aztec_status) (aztec_mempool_tx_count)', '{{aztec_status}} {{instance}}')],
      }),
    ]),
    section(102, 'Process', [
      timeseries(20, 'CPU', {
        description: 'Share of all cores that the process takes.',
        unit: 'ratio',
        queries: [query('sum by (instance) (process_cpu_utilization)', '{{instance}}')],
        limits: ['HighCPUUsage'],
      }),
      timeseries(21, 'Memory', {
        description: 'Resident memory of the process. A line that only rises is a leak.',
        unit: 'B',
        queries: [query('max by (instance) (process_memory_usage)', '{{instance}}')],
        limits: ['HighMemoryUsage'],
      }),
      timeseries(22, 'Event loop', {
        description: 'Delay that one of ten timers has or exceeds: how long everything else waits.',
        unit: 'ms',
        queries: [reading('EventLoopSlow', '{{instance}}')],
        limits: ['EventLoopSlow'],
      }),
      timeseries(23, 'Snapshots that failed', {
        description: 'Failed uploads of snapshots since the start.',
        unit: 'errors',
        queries: [query('sum by (instance) (aztec_node_snapshot_error_count)', '{{instance}}')],
        alerts: ['SnapshotFailing'],
      }),
      timeseries(24, 'RPC requests', {
        description: 'JSON-RPC requests that each node answers.',
        unit: 'requests/s',
        queries: [
          query('sum by (instance) (deriv(aztec_json_rpc_server_request_count[$__rate_interval]))', '{{instance}}'),
        ],
      }),
    ]),
  ],
};
