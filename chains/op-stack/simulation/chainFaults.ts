/** What can go wrong with the chain, its nodes, and L1. */

import { fault, HOUR, MINUTE } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';
import { PROPOSALS_END } from './consequences.ts';

const NODE = ['op-node'];
const GETH = ['op-geth'];
const CONDUCTOR = ['op-conductor'];
/** Concerns the chain or L1 as a whole. */
const CHAIN: readonly string[] = [];

export const chainFaults: readonly Fault[] = [
  // Blocks and heads.
  fault(
    'sequencer-stall',
    CHAIN,
    'the sequencer makes no more blocks',
    15 * MINUTE,
    ['L2BlockProductionSlow', 'UnsafeHeadStalled'],
    [
      'DerivationIdleWhileBehind',
      'FinalizedHeadStalled',
      'SafeHeadLagging',
      'SafeHeadStalled',
      'SequencingWindowClosing',
      ...PROPOSALS_END,
    ],
  ),
  fault(
    'sequencer-slow',
    CHAIN,
    'the sequencer makes three blocks of four',
    20 * MINUTE,
    ['L2BlockProductionSlow', 'UnsafeHeadStalled'],
    ['DerivationIdleWhileBehind', 'FinalizedHeadStalled', 'ProposerOutputLag', 'SafeHeadLagging', 'SafeHeadStalled'],
  ),
  fault(
    'node-stuck',
    NODE,
    'replicas of op-node follow neither gossip nor L1',
    25 * MINUTE,
    ['L2NotSynced', 'ReplicaBehindFleet', 'UnsafePayloadsBuffered'],
    ['DerivationIdleWhileBehind'],
  ),
  fault('payloads-stuck', NODE, 'gossiped blocks pile up in op-node', 8 * MINUTE, ['UnsafePayloadsBuffered']),
  fault('heads-disagree', NODE, 'replicas of op-node are on another fork', 10 * MINUTE, ['HeadsDisagree']),
  fault('engine-stuck', GETH, 'op-geth executes no more blocks', 20 * MINUTE, [
    'ExecutionHeadApart',
    'L2BlockProductionSlow',
  ]),
  fault('l2-reorg', GETH, 'op-geth drops blocks that it had', 5 * MINUTE, ['L2ReorgDetected']),
  // Derivation and batches, seen from op-node.
  fault(
    'derivation-stuck',
    NODE,
    'op-node no longer derives from L1',
    25 * MINUTE,
    ['L2NotSynced'],
    ['FinalizedHeadStalled', 'SafeHeadLagging', 'SafeHeadStalled', 'SequencingWindowClosing', 'UnsafeSafeGapHigh'],
  ),
  fault('derivation-errors', NODE, 'derivation fails again and again', 12 * MINUTE, ['DerivationErrors']),
  fault('pipeline-resets', NODE, 'the derivation pipeline starts over and over', 15 * MINUTE, [
    'DerivationPipelineResets',
  ]),
  fault(
    'batches-lost',
    CHAIN,
    'batches are on L1, but not where derivation looks',
    2.25 * HOUR,
    ['DerivationIdleWhileBehind', 'FinalizedHeadStalled', 'SafeHeadLagging', 'SafeHeadStalled', 'UnsafeSafeGapHigh'],
    ['SequencingWindowClosing', ...PROPOSALS_END],
  ),
  fault('protocol-outdated', NODE, 'L1 requires a newer protocol version', 12 * MINUTE, ['ProtocolVersionOutdated']),
  // The sequencer: the first op-node.
  fault('sequencing-errors', NODE, 'building blocks fails', 5 * MINUTE, ['SequencingErrors']),
  fault('sealing-slow', NODE, 'sealing a block takes longer than it should', 25 * MINUTE, ['SequencerSealingSlow']),
  fault('gossip-errors', NODE, 'new blocks cannot be published to peers', 5 * MINUTE, ['GossipPublishErrors']),
  fault('no-transactions', NODE, 'blocks hold nothing but their deposit', 1.75 * HOUR, ['LowTransactionActivity']),
  fault('few-peers', NODE, 'two peers are left', 12 * MINUTE, ['LowPeerCount']),
  fault('no-peers', [...NODE, ...GETH], 'all peers are gone', 18 * MINUTE, [
    'ExecutionPeersLost',
    'LowPeerCount',
    'NoPeers',
  ]),
  fault('engine-errors', NODE, 'half of the requests to the engine fail', 15 * MINUTE, ['EngineApiErrorsHigh']),
  fault('conductor-unhealthy', CONDUCTOR, 'the conductor finds its sequencer unhealthy', 6 * MINUTE, [
    'ConductorHealthchecksFailing',
  ]),
  // L1.
  fault(
    'l1-halt',
    CHAIN,
    'L1 makes no more blocks',
    12 * MINUTE,
    ['L1HeadStalled'],
    [
      'ChallengerStalled',
      'DerivationIdleWhileBehind',
      'FinalizedHeadStalled',
      'L1FinalityStalled',
      'NoRecentBatchSubmission',
      'SafeHeadLagging',
      'SafeHeadStalled',
      'UnsafeSafeGapHigh',
      ...PROPOSALS_END,
    ],
  ),
  fault(
    'l1-rpc-stuck',
    NODE,
    'the L1 endpoint of replicas stands still',
    12 * MINUTE,
    ['L1RpcLagging'],
    ['DerivationIdleWhileBehind', 'UnsafeSafeGapHigh'],
  ),
  fault(
    'l1-finality-stall',
    CHAIN,
    'L1 does not finalize',
    2 * HOUR,
    ['FinalizedHeadStalled', 'L1FinalityStalled', 'SafeFinalizedGapHigh'],
    PROPOSALS_END,
  ),
  fault(
    'l1-reorg',
    NODE,
    'L1 is reorganised six blocks deep',
    4 * MINUTE,
    ['L1ReorgDeep'],
    ['DerivationPipelineResets'],
  ),
  fault('l1-rpc-errors', NODE, 'half of the requests to L1 fail', 20 * MINUTE, ['L1RpcErrorsHigh']),
  fault('l1-rpc-slow', NODE, 'L1 answers after six seconds', 20 * MINUTE, ['L1RpcSlow']),
  fault('l1-gas-spike', CHAIN, 'L1 gas and blobs cost twenty times as much', 12 * MINUTE, [
    'HighL1BlobBaseFee',
    'HighL1GasPrice',
  ]),
  fault('l1-blob-spike', CHAIN, 'only blobs cost a hundred times as much', 12 * MINUTE, ['HighL1BlobBaseFee']),
  // op-geth.
  fault('rpc-slow', GETH, 'requests to op-geth take a hundred times as long', 15 * MINUTE, ['GethRpcLatencyHigh']),
  fault('rpc-failures', GETH, 'half of the requests to op-geth fail', 20 * MINUTE, ['GethRpcFailureRatioHigh']),
  fault('txpool-full', GETH, 'the transaction pool is full and drops', 12 * MINUTE, [
    'TxpoolDropping',
    'TxpoolPendingNearLimit',
    'TxpoolQueuedNearLimit',
  ]),
  fault('memory-leak', GETH, 'op-geth holds 14 GB', 18 * MINUTE, ['HighMemoryUsage']),
  fault('cpu-busy', GETH, 'op-geth uses eight cores', 22 * MINUTE, ['HighCPUUsage']),
  fault('disk-slow', GETH, 'writes of op-geth wait for compaction', 15 * MINUTE, ['DatabaseWriteStalled']),
  fault('chaindata-flood', GETH, 'the database of op-geth grows a hundred times faster', 2 * HOUR, [
    'ChaindataGrowthHigh',
  ]),
];
