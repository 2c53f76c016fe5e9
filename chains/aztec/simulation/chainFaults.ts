/** What can go wrong with the chain, with L1, with the slots of a sequencer, and with the ether that pays for them. */

import { fault, HOUR, MINUTE } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

/** Concerns the chain or L1 as a whole. */
const CHAIN: readonly string[] = [];
const NODES = ['sequencer', 'full-node', 'prover-node'];
const SEQUENCER = ['sequencer'];
const PAYERS = ['sequencer', 'prover-node'];
const SLOTS_MISSED = ['HighBlockProposalFailureRate', 'SequencerNotHealthy'];

export const chainFaults: readonly Fault[] = [
  fault(
    'l1-halt',
    CHAIN,
    'L1 makes no more blocks',
    28 * MINUTE,
    ['L1BlockHeightNotIncreasing', 'L2BlockHeightNotIncreasing'],
    ['ProvenHeightNotIncreasing'],
  ),
  fault(
    'chain-halt',
    CHAIN,
    'nobody publishes checkpoints any more',
    25 * MINUTE,
    ['L2BlockHeightNotIncreasing'],
    ['ProvenHeightNotIncreasing'],
  ),
  fault('proofs-stop', CHAIN, 'no epoch is proven any more', 4 * HOUR, ['ProvenHeightNotIncreasing']),
  fault('prune', CHAIN, 'blocks are dropped that were not proven in time', 5 * MINUTE, ['ChainPruned']),
  fault('l1-endpoint-stuck', NODES, 'the L1 endpoint of replicas stands still', 30 * MINUTE, [
    'L1BlockHeightNotIncreasing',
    'L2BlockHeightNotIncreasing',
    'NodeBehindFleet',
  ]),
  fault('archiver-slow', NODES, 'the archiver of replicas reads L1 too slowly', 40 * MINUTE, [
    'ArchiverBehindL1',
    'NodeBehindFleet',
  ]),
  fault('node-stuck', NODES, 'replicas take no more checkpoints', 25 * MINUTE, [
    'L2BlockHeightNotIncreasing',
    'NodeBehindFleet',
  ]),
  // Slots and the ether that they cost.
  fault('slots-missed', SEQUENCER, 'the sequencer fills none of its slots', 3 * HOUR, SLOTS_MISSED),
  fault('slots-half-missed', SEQUENCER, 'one of its two validators misses every slot', 3.5 * HOUR, [
    'HighBlockProposalFailureRate',
  ]),
  fault(
    'publisher-low-funds',
    PAYERS,
    'the publisher has lost most of what it held',
    45 * MINUTE,
    ['L1PublisherBalanceLow', 'PublisherBalanceDrainingFast', 'PublisherRunwayLow'],
    ['LowL1PublisherBalance'],
  ),
  fault(
    'publisher-out-of-funds',
    PAYERS,
    'the publisher is empty',
    45 * MINUTE,
    ['L1PublisherBalanceLow', 'LowL1PublisherBalance'],
    SLOTS_MISSED,
  ),
  fault(
    'publisher-overspending',
    PAYERS,
    'the publisher spends an ether in an hour',
    2 * HOUR,
    ['PublisherBalanceDrainingFast', 'PublisherRunwayLow'],
    ['L1PublisherBalanceLow', 'LowL1PublisherBalance'],
  ),
  fault('publisher-unknown', PAYERS, 'nobody tells what the publishers hold', 70 * MINUTE, ['PublisherBalanceUnknown']),
  fault('builds-fail', SEQUENCER, 'blocks are begun and given up', 15 * MINUTE, ['BlockBuildFailing']),
  fault('prechecks-fail', SEQUENCER, 'checkpoints cannot be begun', 13 * MINUTE, ['CheckpointPrecheckFailing']),
  fault('blobs-fail', SEQUENCER, 'blobs do not get onto L1', 9 * MINUTE, ['BlobPublishingFailures']),
  fault('l1-reverts', PAYERS, 'transactions on L1 revert', 13 * MINUTE, ['L1TransactionsFailing']),
  fault('l1-not-mined', PAYERS, 'L1 does not take our transactions', 13 * MINUTE, ['L1TransactionsNotMined']),
];
