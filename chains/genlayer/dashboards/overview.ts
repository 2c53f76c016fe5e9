/** Read in ten seconds: is the network healthy, since when, what is wrong; then the subjects of the old general monitor. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { networkOverview } from '../../../model/dashboards/networkOverview.ts';
import { type Panel, query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';
import { each, WHO } from './shared.ts';

export function overview(engine: 'prometheus' | 'grafana'): DashboardSpec {
  return networkOverview({
    title: 'General monitor',
    engine,
    instancesOf: 'up{validator_name!=""}',
    healthy: [
      stat(10, 'Validators up', {
        description:
          'Validators that answer, of those that report. More than a third away and nothing may be agreed on.',
        unit: 'number',
        queries: [
          query('sum(instance:genlayer_validator:up)', 'up'),
          query('count(instance:genlayer_validator:up)', 'reporting'),
        ],
        noValue: 'none',
        alerts: [
          'GenLayerNoValidatorReports',
          'GenLayerRecordingStopped',
          'GenLayerValidatorDown',
          'GenLayerValidatorMissing',
        ],
        width: 6,
      }),
      stat(11, 'Gone', {
        description: 'Share of the validators of the last day that are down or silent now.',
        unit: 'ratio',
        queries: [reading('GenLayerThirdOfValidatorsGone', 'gone')],
        limits: ['GenLayerThirdOfValidatorsGone'],
        width: 3,
      }),
      stat(12, 'Furthest behind', {
        description: 'Blocks that the slowest node still has to sync. A few are normal.',
        unit: 'blocks',
        queries: [query('max(genlayer_node_blocks_behind)', 'behind')],
        limits: ['GenLayerNodeFallingBehind', 'GenLayerNodeFarBehind'],
        width: 3,
      }),
      stat(13, 'Above 1 GB', {
        description:
          'Validators with more than 1 GB of live memory at once. Several are a leak, or a load that all see.',
        unit: 'validators',
        queries: [query('count(instance:genlayer_validator:alloc_bytes > 1e9) or vector(0)', 'validators')],
        limits: ['HighMemory3Validators1GB'],
        width: 3,
      }),
      stat(14, 'Above 2 GB', {
        description: 'The same at 2 GB, and critical. At 3 GB nodes are about to be killed.',
        unit: 'validators',
        queries: [
          query('count(instance:genlayer_validator:alloc_bytes > 2e9) or vector(0)', 'above 2 GB'),
          query('count(instance:genlayer_validator:alloc_bytes > 3e9) or vector(0)', 'above 3 GB'),
        ],
        limits: ['HighMemory3Validators2GB', 'HighMemory3Validators3GB'],
        width: 3,
      }),
      ...(engine === 'grafana' ? [notWellFor()] : []),
    ],
    sections: [
      section(102, 'General monitor', [
        timeseries(20, 'Blocks behind', {
          description: 'Blocks between the newest a node knows of and the last it has synced.',
          unit: 'blocks',
          queries: [reading('GenLayerNodeFallingBehind', WHO)],
          limits: ['GenLayerNodeFallingBehind', 'GenLayerNodeFarBehind'],
        }),
        timeseries(21, 'Proposals as leader', {
          description:
            'How often each validator proposed as leader since it started. A line that ends has no part any more.',
          unit: 'txs',
          queries: [query(each('max', 'genlayer_node_transactions_leader_proposed_total'), WHO)],
        }),
        timeseries(22, 'GenVM executions', {
          description: 'Executions of contracts. There is a line only while contracts run.',
          unit: 'executions',
          queries: [query(each('max', 'genlayer_node_genvm_executions'), WHO)],
          alerts: ['GenVMPermitsAtZero'],
        }),
        timeseries(23, 'Uptime', {
          description: 'Time since the node started. A saw is a node that ends again and again.',
          unit: 's',
          queries: [query(each('max', 'genlayer_node_uptime_seconds'), WHO)],
          alerts: ['GenLayerValidatorRestarted', 'GenLayerValidatorRestartLoop'],
        }),
        timeseries(24, 'Live memory', {
          description: 'Live heap of each node: what the three alerts on the fleet count.',
          unit: 'B',
          queries: [query('instance:genlayer_validator:alloc_bytes', WHO)],
          alerts: ['HighMemory3Validators1GB', 'HighMemory3Validators2GB', 'HighMemory3Validators3GB'],
        }),
        timeseries(25, 'Accepted transactions', {
          description:
            'Accepted transactions that each node has synced. Lines go up together, or nothing is agreed on.',
          unit: 'txs',
          queries: [query(each('max', 'genlayer_node_transactions_accepted_synced_total'), WHO)],
          alerts: ['GenLayerTransactionsNotAccepted'],
        }),
      ]),
    ],
  });
}

/** Where Grafana evaluates there are no series of alerts: since when is read from the validators themselves. */
function notWellFor(): Panel {
  const allUp = 'sum(instance:genlayer_validator:up) >= bool count(max_over_time(instance:genlayer_validator:up[1d]))';
  const synced = 'max(genlayer_node_blocks_behind) <= bool 50';
  return stat(15, 'Not well for', {
    description:
      'Time since all validators of the last day were last up, and none more than 50 blocks behind. None after more than a day.',
    unit: 's',
    queries: [query(`time() - max_over_time(((${allUp}) * (${synced}) * time() > 0)[1d:1m])`, 'not well')],
    noValue: 'over a day',
    limits: [],
    width: 6,
  });
}
