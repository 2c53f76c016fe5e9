/** Our aggregator, and agents beside nodes: the way of peer statistics from a node to the store. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { type Panel, query, section, timeseries } from '../../../model/dashboards/panels.ts';
import { bad, good, state, watched, worrying } from './shared.ts';

export const aggregator: DashboardSpec = {
  slug: 'aggregator',
  title: 'Aggregator',
  description: 'What nodes push of their peers, how it is stored, and whether it is safe.',
  instancesOf: 'up{component="aggregator"}',
  sections: [section(100, 'Now', now()), section(101, 'Intake', intake()), section(102, 'Store and copies', copies())],
};

export const agents: DashboardSpec = {
  slug: 'agents',
  title: 'Agents',
  description: 'What agents learn from their nodes, what waits with them, and what they deliver.',
  instancesOf: 'up{component="agent"}',
  sections: [section(100, 'Agents', ofAgents())],
};

function now(): Panel[] {
  return [
    upPanel(1, 'aggregator', ['ServiceDown'], 6),
    state(2, 'Store', {
      description: 'Whether the store takes writes. While it does not, agents keep what they have.',
      expr: 'aggregator_store_ok{component="aggregator"}',
      legend: '{{instance}}',
      words: [bad('refuses'), good('writes')],
      alerts: ['AggregatorStoreFailing'],
      width: 6,
    }),
    state(3, 'Leads', {
      description:
        'Which replica decides for all what is forgotten, and which keys peers have. One alone leads itself.',
      expr: 'aggregator_leader{component="aggregator"}',
      legend: '{{instance}}',
      words: [{ text: 'follows', color: 'blue' }, good('leads')],
      alerts: ['AggregatorLeaderless'],
      width: 6,
    }),
    state(4, 'Secrets', {
      description: 'Whether each secret file could be read again. With an old one, new tokens are refused.',
      expr: 'aggregator_secret_file_ok{component="aggregator"}',
      legend: '{{file}} {{instance}}',
      words: [worrying('unreadable'), good('read')],
      alerts: ['AggregatorSecretUnreadable'],
      width: 6,
    }),
  ];
}

function intake(): Panel[] {
  return [
    timeseries(10, 'Active peers', {
      description: 'Peers that some node has reported of late, by network.',
      unit: 'peers',
      queries: [query('max by (network) (cluster_peer_active_total{component="aggregator"})', '{{network}}')],
    }),
    timeseries(11, 'Snapshots', {
      description: 'Snapshots of peers that were accepted and are durable.',
      unit: 'snapshots/s',
      queries: [
        query(
          'sum by (network, instance) (rate(aggregator_ingest_total{component="aggregator"}[$__rate_interval]))',
          '{{network}} {{instance}}',
        ),
      ],
      alerts: ['AggregatorReceivesNothing'],
    }),
    timeseries(12, 'Time to the acknowledgement', {
      description: 'From the head of a batch until it is durable and acknowledged: the slowest of a hundred.',
      unit: 's',
      queries: [
        query(
          'histogram_quantile(0.99, sum by (instance, le) (rate(aggregator_ingest_duration_seconds_bucket[$__rate_interval])))',
          '{{instance}}',
        ),
      ],
    }),
    timeseries(13, 'Requests refused', {
      description: 'By the word of the answer, over the window that the alert looks at.',
      unit: 'requests',
      ...watched('AggregatorRejecting', '{{reason}} {{instance}}'),
    }),
    timeseries(14, 'Not stored', {
      description:
        'Snapshots that were known already, too old when they came, or dated later than they came by more than maxAhead: the clock of a node is wrong.',
      unit: 'snapshots/s',
      queries: [
        query('sum by (network) (rate(aggregator_duplicates_total[$__rate_interval]))', 'twice {{network}}'),
        query('sum by (network) (rate(aggregator_expired_total[$__rate_interval]))', 'too old {{network}}'),
        query('sum by (network) (rate(aggregator_ahead_total[$__rate_interval]))', 'ahead {{network}}'),
      ],
    }),
    timeseries(15, 'Known peers', {
      description: 'Peers of all networks, also those that are silent. There is a bound, maxPeers.',
      unit: 'peers',
      queries: [query('aggregator_peers{component="aggregator"}', '{{instance}}')],
    }),
  ];
}

function copies(): Panel[] {
  return [
    timeseries(20, 'Failed writes', {
      description: 'Writes that failed, over the window that the alert looks at: the sender tries again.',
      unit: 'errors',
      ...watched('AggregatorStoreErrors', '{{reason}} {{instance}}'),
    }),
    timeseries(21, 'Waiting for the disk', {
      description: 'Snapshots that came and are not yet durable.',
      unit: 'snapshots',
      queries: [query('aggregator_store_waiting{component="aggregator"}', '{{instance}}')],
    }),
    timeseries(22, 'Forgotten', {
      description: 'Snapshots older than the retention, or more than a peer keeps.',
      unit: 'snapshots/s',
      queries: [
        query('rate(aggregator_retention_pruned_total{component="aggregator"}[$__rate_interval])', '{{instance}}'),
      ],
    }),
    timeseries(23, 'Behind the other replicas', {
      description: 'Time since a replica was last known to have everything. 0 where there is one.',
      unit: 's',
      ...watched('AggregatorReplicaBehind', '{{instance}}'),
    }),
    timeseries(24, 'Not yet in the common log', {
      description: 'Messages that a replica has accepted and not found in the log of all replicas.',
      unit: 'messages',
      queries: [query('aggregator_replication_unpublished{component="aggregator"}', '{{instance}}')],
    }),
    timeseries(25, 'Age of the last proven backup', {
      description: 'Of the last backup that was restored into a scratch copy and compared.',
      unit: 'h',
      ...watched('AggregatorBackupOld', '{{instance}}'),
    }),
    timeseries(26, 'Exports', {
      description: 'Exports of all peers, by what became of them.',
      unit: 'exports',
      queries: [
        query('sum by (result) (increase(bulk_export_total{component="aggregator"}[$__rate_interval]))', '{{result}}'),
      ],
      alerts: ['AggregatorExportsRefused'],
    }),
  ];
}

function ofAgents(): Panel[] {
  return [
    upPanel(1, 'agent', ['ServiceDown'], 12),
    state(2, 'Secrets', {
      description: 'Whether the files of the token and of TLS could be read again.',
      expr: 'agent_secret_file_ok{component="agent"}',
      legend: '{{file}} {{instance}}',
      words: [worrying('unreadable'), good('read')],
      alerts: ['AgentSecretUnreadable'],
      width: 12,
    }),
    timeseries(3, 'Peers', {
      description: 'Peers that each node told of when it was last asked.',
      unit: 'peers',
      queries: [query('agent_peers{component="agent"}', '{{instance}}')],
    }),
    timeseries(4, 'Since the last answer of the node', {
      description: 'How long ago a look at the node last succeeded.',
      unit: 'min',
      ...watched('AgentNotCollecting', '{{instance}}'),
    }),
    timeseries(5, 'Queue', {
      description: 'How full the queue on the disk is. When it is full, the oldest snapshots are dropped.',
      unit: 'ratio',
      ...watched('AgentQueueFilling', '{{instance}}'),
    }),
    timeseries(6, 'Delivered', {
      description: 'Snapshots that an aggregator has acknowledged.',
      unit: 'snapshots/s',
      queries: [query('rate(agent_pushed_snapshots_total{component="agent"}[$__rate_interval])', '{{instance}}')],
      alerts: ['AgentNotDelivering'],
    }),
    timeseries(7, 'Tries that failed', {
      description: 'Why batches could not be delivered.',
      unit: 'errors/s',
      queries: [
        query(
          'sum by (reason, instance) (rate(agent_push_failures_total[$__rate_interval])) > 0',
          '{{reason}} {{instance}}',
        ),
      ],
    }),
    timeseries(8, 'Dropped', {
      description: 'Snapshots that are lost, over the window that the alert looks at.',
      unit: 'snapshots',
      ...watched('AgentDropping', '{{reason}} {{instance}}'),
    }),
  ];
}
