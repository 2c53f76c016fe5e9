/** What can go wrong with the chain, with L1, with the slots of a sequencer, and with the ether that pays for them. */

import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

/** Concerns the chain or L1 as a whole. */
const chain = faultsOf();
const nodes = faultsOf('sequencer', 'full-node', 'prover-node');
const sequencer = faultsOf('sequencer');
const payers = faultsOf('sequencer', 'prover-node');
const SLOTS_MISSED = ['HighBlockProposalFailureRate', 'SequencerNotHealthy'];

export const chainFaults: readonly Fault[] = [
  chain(
    'l1-halt',
    'L1 makes no more blocks',
    28,
    ['L1BlockHeightNotIncreasing', 'L2BlockHeightNotIncreasing'],
    ['ProvenHeightNotIncreasing'],
  ),
  chain(
    'chain-halt',
    'nobody publishes checkpoints any more',
    25,
    ['L2BlockHeightNotIncreasing'],
    ['ProvenHeightNotIncreasing'],
  ),
  chain('proofs-stop', 'no epoch is proven any more', 240, ['ProvenHeightNotIncreasing']),
  chain('prune', 'blocks are dropped that were not proven in time', 5, ['ChainPruned']),
  nodes('l1-endpoint-stuck', 'the L1 endpoint of replicas stands still', 30, [
    'L1BlockHeightNotIncreasing',
    'L2BlockHeightNotIncreasing',
    'NodeBehindFleet',
  ]),
  nodes('archiver-slow', 'the archiver of replicas reads L1 too slowly', 40, ['ArchiverBehindL1', 'NodeBehindFleet']),
  nodes('node-stuck', 'replicas take no more checkpoints', 25, ['L2BlockHeightNotIncreasing', 'NodeBehindFleet']),
  // Slots and the ether that they cost.
  sequencer('slots-missed', 'the sequencer fills none of its slots', 180, SLOTS_MISSED),
  sequencer('slots-half-missed', 'one of its two validators misses every slot', 210, ['HighBlockProposalFailureRate']),
  payers(
    'publisher-low-funds',
    'the publisher has lost most of what it held',
    45,
    ['L1PublisherBalanceLow', 'PublisherBalanceDrainingFast', 'PublisherRunwayLow'],
    ['LowL1PublisherBalance'],
  ),
  payers(
    'publisher-out-of-funds',
    'the publisher is empty',
    45,
    ['L1PublisherBalanceLow', 'LowL1PublisherBalance'],
    SLOTS_MISSED,
  ),
  payers(
    'publisher-overspending',
    'the publisher spends an ether in an hour',
    120,
    ['PublisherBalanceDrainingFast', 'PublisherRunwayLow'],
    ['L1PublisherBalanceLow', 'LowL1PublisherBalance'],
  ),
  payers('publisher-unknown', 'nobody tells what the publishers hold', 70, ['PublisherBalanceUnknown']),
  sequencer('builds-fail', 'blocks are begun and given up', 15, ['BlockBuildFailing']),
  sequencer('prechecks-fail', 'checkpoints cannot be begun', 13, ['CheckpointPrecheckFailing']),
  sequencer('blobs-fail', 'blobs do not get onto L1', 9, ['BlobPublishingFailures']),
  payers('l1-reverts', 'transactions on L1 revert', 13, ['L1TransactionsFailing']),
  payers('l1-not-mined', 'L1 does not take our transactions', 13, ['L1TransactionsNotMined']),
];
