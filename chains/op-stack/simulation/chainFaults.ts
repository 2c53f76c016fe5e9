/** What can go wrong with the chain, its nodes, and L1. */

import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';
import { PROPOSALS_END } from './consequences.ts';

const node = faultsOf('op-node');
const geth = faultsOf('op-geth');
const nodeAndGeth = faultsOf('op-node', 'op-geth');
const conductor = faultsOf('op-conductor');
/** Concerns the chain or L1 as a whole. */
const chain = faultsOf();

export const chainFaults: readonly Fault[] = [
  // Blocks and heads.
  chain(
    'sequencer-stall',
    'the sequencer makes no more blocks',
    15,
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
  chain(
    'sequencer-slow',
    'the sequencer makes three blocks of four',
    20,
    ['L2BlockProductionSlow', 'UnsafeHeadStalled'],
    ['DerivationIdleWhileBehind', 'FinalizedHeadStalled', 'ProposerOutputLag', 'SafeHeadLagging', 'SafeHeadStalled'],
  ),
  node(
    'node-stuck',
    'replicas of op-node follow neither gossip nor L1',
    25,
    ['L2NotSynced', 'ReplicaBehindFleet', 'UnsafePayloadsBuffered'],
    ['DerivationIdleWhileBehind'],
  ),
  node('payloads-stuck', 'gossiped blocks pile up in op-node', 8, ['UnsafePayloadsBuffered']),
  node('heads-disagree', 'replicas of op-node are on another fork', 10, ['HeadsDisagree']),
  geth('engine-stuck', 'op-geth executes no more blocks', 20, ['ExecutionHeadApart', 'L2BlockProductionSlow']),
  geth('l2-reorg', 'op-geth drops blocks that it had', 5, ['L2ReorgDetected']),
  // Derivation and batches, seen from op-node.
  node(
    'derivation-stuck',
    'op-node no longer derives from L1',
    25,
    ['L2NotSynced'],
    ['FinalizedHeadStalled', 'SafeHeadLagging', 'SafeHeadStalled', 'SequencingWindowClosing', 'UnsafeSafeGapHigh'],
  ),
  node('derivation-errors', 'derivation fails again and again', 12, ['DerivationErrors']),
  node('pipeline-resets', 'the derivation pipeline starts over and over', 15, ['DerivationPipelineResets']),
  chain(
    'batches-lost',
    'batches are on L1, but not where derivation looks',
    135,
    ['DerivationIdleWhileBehind', 'FinalizedHeadStalled', 'SafeHeadLagging', 'SafeHeadStalled', 'UnsafeSafeGapHigh'],
    ['SequencingWindowClosing', ...PROPOSALS_END],
  ),
  node('protocol-outdated', 'L1 requires a newer protocol version', 12, ['ProtocolVersionOutdated']),
  // The sequencer: the first op-node.
  node('sequencing-errors', 'building blocks fails', 5, ['SequencingErrors']),
  node('sealing-slow', 'sealing a block takes longer than it should', 25, ['SequencerSealingSlow']),
  node('gossip-errors', 'new blocks cannot be published to peers', 5, ['GossipPublishErrors']),
  node('no-transactions', 'blocks hold nothing but their deposit', 105, ['LowTransactionActivity']),
  node('few-peers', 'two peers are left', 12, ['LowPeerCount']),
  nodeAndGeth('no-peers', 'all peers are gone', 18, ['ExecutionPeersLost', 'LowPeerCount', 'NoPeers']),
  node('engine-errors', 'half of the requests to the engine fail', 15, ['EngineApiErrorsHigh']),
  conductor('conductor-unhealthy', 'the conductor finds its sequencer unhealthy', 6, ['ConductorHealthchecksFailing']),
  // L1.
  chain(
    'l1-halt',
    'L1 makes no more blocks',
    12,
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
  node(
    'l1-rpc-stuck',
    'the L1 endpoint of replicas stands still',
    12,
    ['L1RpcLagging'],
    ['DerivationIdleWhileBehind', 'UnsafeSafeGapHigh'],
  ),
  chain(
    'l1-finality-stall',
    'L1 does not finalize',
    120,
    ['FinalizedHeadStalled', 'L1FinalityStalled', 'SafeFinalizedGapHigh'],
    PROPOSALS_END,
  ),
  node('l1-reorg', 'L1 is reorganised six blocks deep', 4, ['L1ReorgDeep'], ['DerivationPipelineResets']),
  node('l1-rpc-errors', 'half of the requests to L1 fail', 20, ['L1RpcErrorsHigh']),
  node('l1-rpc-slow', 'L1 answers after six seconds', 20, ['L1RpcSlow']),
  chain('l1-gas-spike', 'L1 gas and blobs cost twenty times as much', 12, ['HighL1BlobBaseFee', 'HighL1GasPrice']),
  chain('l1-blob-spike', 'only blobs cost a hundred times as much', 12, ['HighL1BlobBaseFee']),
  // op-geth.
  geth('rpc-slow', 'requests to op-geth take a hundred times as long', 15, ['GethRpcLatencyHigh']),
  geth('rpc-failures', 'half of the requests to op-geth fail', 20, ['GethRpcFailureRatioHigh']),
  geth('txpool-full', 'the transaction pool is full and drops', 12, [
    'TxpoolDropping',
    'TxpoolPendingNearLimit',
    'TxpoolQueuedNearLimit',
  ]),
  geth('memory-leak', 'op-geth holds 14 GB', 18, ['HighMemoryUsage']),
  geth('cpu-busy', 'op-geth uses eight cores', 22, ['HighCPUUsage']),
  geth('disk-slow', 'writes of op-geth wait for compaction', 15, ['DatabaseWriteStalled']),
  geth('chaindata-flood', 'the database of op-geth grows a hundred times faster', 120, ['ChaindataGrowthHigh']),
];
