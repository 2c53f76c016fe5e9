/** Read in ten seconds: is it healthy, since when, what is wrong; then heads, slots and how long the ether lasts. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { UP_DOWN } from '../../../model/dashboards/common.ts';
import { networkOverview, type OverviewFacts } from '../../../model/dashboards/networkOverview.ts';
import { type Panel, query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';
import { DOWN_ALERTS, INSTANCES } from './shared.ts';

export function overview({ engine, has }: OverviewFacts): DashboardSpec {
  const sequencing = has('sequencer');
  return networkOverview({
    engine,
    instancesOf: INSTANCES,
    healthy: [processes(engine), ...now(), ...(sequencing ? sequencerNow() : [])],
    sections: [
      section(102, 'Heads', heads()),
      section(103, 'Slots and money', [...(sequencing ? [slots()] : []), balance(), runway()]),
    ],
  });
}

function processes(engine: OverviewFacts['engine']): Panel {
  return stat(10, 'Processes', {
    description:
      'Whether the collector of every process answers its scrape. It may answer for a process that is dead: then metrics are absent, which is an alert.',
    unit: 'bool',
    queries: [query(`min by (component) (${INSTANCES})`, '{{component}}')],
    mappings: UP_DOWN,
    alerts: DOWN_ALERTS,
    width: engine === 'grafana' ? 24 : 12,
  });
}

function now(): Panel[] {
  return [
    stat(11, 'L2 height', {
      description: 'The newest L2 block on the best node. It moves with every slot, once in a minute or so.',
      unit: 'number',
      queries: [query('max(instance:aztec_archiver_block_height:tip)', 'tip')],
      alerts: ['L2BlockHeightNotIncreasing'],
      width: 4,
    }),
    stat(12, 'Not proven', {
      description:
        'Blocks that wait for their proof on L1. It falls once per epoch; if it only grows, a prune is near.',
      unit: 'blocks',
      queries: [
        query(
          'max(instance:aztec_archiver_block_height:tip) - max(aztec_archiver_block_height{aztec_status="proven"})',
          'not proven',
        ),
      ],
      alerts: ['ProvenHeightNotIncreasing', 'ChainPruned'],
      width: 4,
    }),
    stat(13, 'Fewest peers', {
      description: 'Peers of the node that has fewest.',
      unit: 'peers',
      queries: [query('min(aztec_peer_manager_peer_count_peers)', 'peers')],
      limits: ['LowPeerCount', 'AllPeersLost'],
      width: 4,
    }),
  ];
}

function sequencerNow(): Panel[] {
  return [
    stat(14, 'Slots missed', {
      description: 'Share of the slots of the last hours that ended without a block of ours, on the worst sequencer.',
      unit: 'ratio',
      queries: [reading('HighBlockProposalFailureRate', '{{instance}}')],
      limits: ['HighBlockProposalFailureRate'],
      alerts: ['SequencerNotHealthy'],
      noValue: 'few slots',
      width: 4,
    }),
    stat(15, 'Least ether', {
      description: 'Ether of the publisher that has least. At zero no block is published.',
      unit: 'ETH',
      queries: [query('min(publisher:aztec_l1_balance:ether)', 'balance')],
      limits: ['LowL1PublisherBalance', 'L1PublisherBalanceLow'],
      alerts: ['PublisherBalanceUnknown'],
      width: 4,
    }),
    stat(16, 'Least runway', {
      description: 'How long the ether of a publisher lasts at the spending of the last hours, blob fees included.',
      unit: 'h',
      queries: [query('min(publisher:aztec_l1_balance:runway_hours)', 'runway')],
      limits: ['PublisherBalanceDrainingFast', 'PublisherRunwayLow'],
      noValue: 'not yet',
      width: 4,
    }),
  ];
}

function heads(): Panel[] {
  return [
    timeseries(20, 'L2 heights', {
      description: 'Newest and newest proven block on the best node. A stair of epochs below a rising line is healthy.',
      unit: 'number',
      queries: [
        query('max(instance:aztec_archiver_block_height:tip)', 'tip'),
        query('max(aztec_archiver_block_height{aztec_status="proven"})', 'proven'),
      ],
      alerts: ['L2BlockHeightNotIncreasing', 'ProvenHeightNotIncreasing'],
      width: 12,
    }),
    timeseries(21, 'L1 as read', {
      description: 'L1 block that each node has come to. A line that is flat is an endpoint that stands.',
      unit: 'number',
      queries: [query('max by (instance) (aztec_archiver_l1_block_height)', '{{instance}}')],
      alerts: ['L1BlockHeightNotIncreasing', 'ArchiverBehindL1', 'L1EndpointBehind'],
      width: 12,
    }),
  ];
}

function slots(): Panel {
  return timeseries(30, 'Slots of the window', {
    description: 'Slots without a block of ours within the window of the alert; the alert fires where none was filled.',
    unit: 'slots',
    queries: [reading('SequencerNotHealthy', '{{chain}} {{component}} {{instance}}')],
    alerts: ['SequencerNotHealthy', 'HighBlockProposalFailureRate'],
    noValue: 'filled',
  });
}

function balance(): Panel {
  return timeseries(31, 'Ether of publishers', {
    description: 'Read on chain where our exporter does it, else by the node.',
    unit: 'ETH',
    queries: [query('publisher:aztec_l1_balance:ether', '{{address}}')],
    limits: ['LowL1PublisherBalance', 'L1PublisherBalanceLow'],
  });
}

function runway(): Panel {
  return timeseries(32, 'Runway of publishers', {
    description: 'Hours until the account is empty at its recent spending; no line where nothing is spent.',
    unit: 'h',
    queries: [query('publisher:aztec_l1_balance:runway_hours < Inf', '{{address}}')],
    limits: ['PublisherBalanceDrainingFast', 'PublisherRunwayLow'],
  });
}
