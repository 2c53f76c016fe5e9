/** What runs beside the nodes: phones, the aggregator, the synthetic probe. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';

const status = (field: string) => `the_block_light_client_device_status{field="${field}", freshness="fresh"}`;

export const lightClient: DashboardSpec = {
  slug: 'light-client',
  title: 'Light clients',
  description: 'Phones that follow the chain: what their background work waits for.',
  instancesOf: 'up{component="light-client"}',
  sections: [
    section(100, 'Devices', [
      upPanel(1, 'light-client', ['LightClientStatusAbsent'], 24),
      timeseries(2, 'Wi-Fi', {
        description: '1 while on Wi-Fi, by readings marked fresh.',
        unit: 'bool',
        queries: [query(status('wifi'), '{{instance}}')],
        alerts: ['LightClientOffWifi'],
      }),
      timeseries(3, 'Charging', {
        description: '1 while charging, by readings marked fresh.',
        unit: 'bool',
        queries: [query(status('charging'), '{{instance}}')],
        alerts: ['LightClientNotCharging'],
      }),
      timeseries(4, 'Battery', {
        description: 'Below its limit background work pauses.',
        unit: 'ratio',
        queries: [query(status('battery'), '{{instance}}')],
        limits: ['LightClientBatteryLow'],
      }),
    ]),
  ],
};

export const aggregator: DashboardSpec = {
  slug: 'aggregator',
  title: 'Aggregator',
  description: 'Takes in what nodes push about their peers.',
  // Of one that serves several networks "up" says no network.
  instancesOf: 'cluster_peer_active_total{component="aggregator"}',
  sections: [
    section(100, 'Intake', [
      timeseries(2, 'Peers of the fleet', {
        description: 'Peers with a recent report.',
        unit: 'peers',
        queries: [query('cluster_peer_active_total{component="aggregator"}', '{{instance}}')],
        alerts: ['AggregatorPeersDropped'],
      }),
      timeseries(3, 'Peers against the highest of late', {
        description: 'Share that is left.',
        unit: 'ratio',
        queries: [reading('AggregatorPeersDropped', '{{instance}}')],
        limits: ['AggregatorPeersDropped'],
      }),
      timeseries(4, 'Pushes', {
        description: 'From nodes, each with the peers that it sees.',
        unit: 'pushes/s',
        queries: [reading('AggregatorIngestStalled', 'all aggregators')],
        limits: ['AggregatorIngestStalled'],
      }),
      timeseries(5, 'Replication lag', {
        description: 'How far a follower is behind. Of the upstream aggregator always 0.',
        unit: 's',
        queries: [reading('AggregatorReplicationLag', '{{instance}}')],
        limits: ['AggregatorReplicationLag'],
      }),
      timeseries(6, 'Pruned and exported', {
        description: 'Samples dropped by retention, and bulk exports served.',
        unit: 'events/s',
        queries: [
          query(
            'rate(aggregator_retention_pruned_total{component="aggregator"}[$__rate_interval])',
            'pruned {{instance}}',
          ),
          query('rate(bulk_export_total{component="aggregator"}[$__rate_interval])', 'exports {{instance}}'),
        ],
      }),
    ]),
  ],
};

export const probe: DashboardSpec = {
  slug: 'probe',
  title: 'Synthetic checks',
  description: 'Mines a block, waits for gossip, looks for the tip.',
  instancesOf: 'up{component="probe"}',
  sections: [
    section(100, 'Runs', [
      upPanel(1, 'probe', ['SyntheticCheckAbsent'], 24),
      timeseries(2, 'Runs that succeed', {
        description: 'Share of the last runs.',
        unit: 'ratio',
        queries: [reading('SyntheticCheckFailing', '{{instance}}')],
        limits: ['SyntheticCheckFailing'],
      }),
      timeseries(3, 'Steps that fail', {
        description: '1 where the step failed in the last run.',
        unit: 'bool',
        queries: [query('synthetic_fail_total{component="probe"}', '{{step}} {{instance}}')],
        alerts: ['SyntheticCheckFailing'],
      }),
      timeseries(4, 'From mining to tip', {
        description: 'Wall time of the last run.',
        unit: 's',
        queries: [query('synthetic_convergence_seconds{component="probe"}', '{{instance}}')],
        limits: ['SyntheticConvergenceSlow'],
      }),
    ]),
  ],
};
