/** Validators side by side: who is behind the others, who does not vote, whose machine ends. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { type Panel, query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';
import { each, eachPart, PART, WHO } from './shared.ts';

/** @param asked whether our exporter reads the operators' accounts */
export function validators(asked: boolean): DashboardSpec {
  return {
    slug: 'validators',
    title: 'Validators',
    description: 'Blocks, votes, GenVM, the rollup and the machine of each validator.',
    instancesOf: 'up{validator_name!=""}',
    sections: [
      section(100, 'Blocks', blocks()),
      section(101, 'Votes', votes()),
      section(102, 'Rollup', rollup()),
      section(103, 'Machine', machine()),
      section(104, 'Operator accounts', accounts(), !asked),
    ],
  };
}

function blocks(): Panel[] {
  return [
    timeseries(1, 'Newest block known', {
      description:
        'Lines that part are nodes whose rollup RPC gives old answers. If all are level, the chain stands still.',
      unit: 'number',
      queries: [query('instance:genlayer_validator:latest_block', WHO)],
      alerts: ['GenLayerChainHeadStalled', 'GenLayerNodeHeadBehindOthers'],
    }),
    timeseries(2, 'Synced blocks', {
      description: 'Blocks synced each second. Nothing, while others go on, is a node that hangs.',
      unit: 'blocks/s',
      queries: [query(each('max', 'deriv(genlayer_node_synced_block[$__rate_interval])'), WHO)],
      alerts: ['GenLayerNodeStalled'],
    }),
    timeseries(3, 'Blocks behind', {
      description: 'Between the newest block a node knows of and the last it has synced.',
      unit: 'blocks',
      queries: [reading('GenLayerNodeFallingBehind', WHO)],
      limits: ['GenLayerNodeFallingBehind', 'GenLayerNodeFarBehind'],
    }),
    timeseries(4, 'Behind the best node', {
      description:
        'How much older the newest block of each node is than that of the best. The node itself cannot tell.',
      unit: 'blocks',
      queries: [reading('GenLayerNodeHeadBehindOthers', WHO)],
      limits: ['GenLayerNodeHeadBehindOthers'],
    }),
    timeseries(5, 'Synced', {
      description: 'What the node says of itself: 1 when it has caught up.',
      unit: 'bool',
      queries: [reading('GenLayerNodeNotSynced', WHO)],
      alerts: ['GenLayerNodeNotSynced'],
    }),
  ];
}

function votes(): Panel[] {
  const count = (name: string) => each('max', `genlayer_node_transactions_${name}_total`);
  return [
    timeseries(10, 'Commits', {
      description: 'Votes committed since the node started. A level line among rising ones is an idle validator.',
      unit: 'txs',
      queries: [query(count('validator_commit'), WHO)],
      alerts: ['GenLayerValidatorIdle'],
    }),
    timeseries(11, 'Reveals', {
      description: 'Votes revealed. They follow the commits, or the votes do not count.',
      unit: 'txs',
      queries: [query(count('validator_reveal'), WHO)],
      alerts: ['GenLayerValidatorNotRevealing'],
    }),
    timeseries(12, 'Activations', {
      description: 'Transactions that each validator activated. They come in here, and end as accepted ones.',
      unit: 'txs',
      queries: [query(count('activated'), WHO)],
      alerts: ['GenLayerTransactionsNotAccepted'],
    }),
    timeseries(13, 'Leader reveals', {
      description: 'Reveals as leader; compare with the proposals on the overview.',
      unit: 'txs',
      queries: [query(count('leader_revealed'), WHO)],
    }),
    timeseries(14, 'GenVM permits', {
      description: 'Executions that GenVM may still begin. None for minutes: executions hang.',
      unit: 'permits',
      queries: [reading('GenVMPermitsAtZero', WHO)],
      limits: ['GenVMPermitsAtZero'],
    }),
  ];
}

function rollup(): Panel[] {
  return [
    timeseries(20, 'Subscriptions', {
      description: 'Open subscriptions at the rollup. With none the node hears of events late.',
      unit: 'subscriptions',
      queries: [reading('GenLayerRollupSubscriptionsLost', WHO)],
      limits: ['GenLayerRollupSubscriptionsLost'],
    }),
    timeseries(21, 'Disconnections', {
      description: 'Connections to the rollup that ended within the window of the alert.',
      unit: 'disconnections',
      queries: [reading('GenLayerRollupDisconnecting', WHO)],
      limits: ['GenLayerRollupDisconnecting'],
    }),
    timeseries(22, 'Requests', {
      description: 'Requests to the rollup by method and status.',
      unit: 'requests/s',
      queries: [
        query(
          'sum by (method, status) (rate(genlayer_rollup_rpc_requests_total[$__rate_interval]))',
          '{{method}} {{status}}',
        ),
      ],
    }),
    timeseries(23, 'Requests waiting', {
      description: 'Requests whose answer has not come. A line that rises is an RPC that hangs.',
      unit: 'requests',
      queries: [query(each('sum', 'genlayer_rollup_rpc_inflight_requests'), WHO)],
    }),
    timeseries(24, 'Messages of subscriptions', {
      description: 'Messages received each second. None while the chain goes on is a connection that died silently.',
      unit: 'messages/s',
      queries: [query(each('sum', 'rate(genlayer_rollup_ws_messages_received_total[$__rate_interval])'), WHO)],
    }),
  ];
}

function machine(): Panel[] {
  return [
    timeseries(30, 'CPU', {
      description: 'Share of CPU by part: node, GenVM modules, webdriver.',
      unit: '%',
      queries: [query(eachPart('genlayer_node_cpu_usage_percent'), PART)],
      limits: ['GenLayerCpuHigh'],
    }),
    timeseries(31, 'Memory', {
      description: 'Share of memory by part. Beyond the limit the kernel kills one of them soon.',
      unit: '%',
      queries: [query(eachPart('genlayer_node_memory_percent'), PART)],
      limits: ['GenLayerMemoryHigh'],
    }),
    timeseries(32, 'Resident memory', {
      description: 'By part, in bytes. A line that only rises is a leak.',
      unit: 'B',
      queries: [query(eachPart('genlayer_node_memory_rss_bytes'), PART)],
    }),
    timeseries(33, 'Free disk', {
      description: 'Share that is free on the fullest disk of the directories.',
      unit: '%',
      queries: [reading('GenLayerDiskLow', WHO)],
      limits: ['GenLayerDiskLow', 'GenLayerDiskVeryLow'],
    }),
    timeseries(34, 'Disk lasts', {
      description: 'Hours until the disk is full at its recent pace; no line where nothing is written.',
      unit: 'h',
      queries: [query(each('min', DISK_HOURS), WHO)],
      limits: ['GenLayerDiskHoursLeft'],
    }),
    timeseries(35, 'Size of directories', {
      description: 'What grows: the database, or logs.',
      unit: 'B',
      queries: [
        query(
          'max by (instance, validator_name, directory) (genlayer_node_disk_usage_bytes)',
          '{{directory}} {{validator_name}} {{instance}}',
        ),
      ],
    }),
  ];
}

/** Infinity has no line. */
const DISK_HOURS =
  'genlayer_node_disk_free_bytes / clamp_min(-deriv(genlayer_node_disk_free_bytes[6h]), 0) / 3600 < Inf';

function accounts(): Panel[] {
  return [
    timeseries(40, 'Balance', {
      description: 'What is left in the accounts that pay for votes. Read from the chain by our exporter.',
      unit: 'GEN',
      queries: [
        query('max by (role) (chainwatch_account_balance_ether{chain="genlayer", layer="rollup"})', '{{role}}'),
      ],
      limits: ['GenLayerOperatorBalanceLow', 'GenLayerOperatorBalanceVeryLow'],
    }),
    timeseries(41, 'Runway', {
      description: 'Hours until an account is empty at its recent spending; no line where nothing is spent.',
      unit: 'h',
      queries: [query('min by (role) (account:genlayer_operator_balance:runway_hours < Inf)', '{{role}}')],
      limits: ['GenLayerOperatorRunwayLow'],
    }),
  ];
}
