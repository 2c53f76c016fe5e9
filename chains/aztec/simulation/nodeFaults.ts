/** What can go wrong with a node, its validators and its process. */

import { fault, MINUTE } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const NODES = ['sequencer', 'full-node', 'prover-node'];
const SEQUENCER = ['sequencer'];
const FULL_NODE = ['full-node'];

export const nodeFaults: readonly Fault[] = [
  // Validators.
  fault('attestations-fail', SEQUENCER, 'the node is too slow to attest', 13 * MINUTE, ['AttestationsFailing']),
  fault('reexecution-fails', SEQUENCER, 'proposals give another result here', 13 * MINUTE, ['ReexecutionFailing']),
  fault('reexecution-slow', SEQUENCER, 'proposals take half a minute to check', 14 * MINUTE, ['ReexecutionSlow']),
  fault('invalid-attestations', SEQUENCER, 'others send invalid attestations', 14 * MINUTE, [
    'InvalidAttestationsReceived',
  ]),
  fault('slashing-votes', SEQUENCER, 'others vote to slash a validator of ours', 4 * MINUTE, [
    'OwnValidatorSlashingVotesHigh',
  ]),
  fault('slashed', SEQUENCER, 'a validator of ours is slashed', 4 * MINUTE, ['OwnValidatorSlashed']),
  fault('signer-refuses', SEQUENCER, 'two sequencers ask for different signatures', 4 * MINUTE, [
    'SlashingProtectionRefused',
  ]),
  // Nodes.
  fault('few-peers', NODES, 'three peers are left', 13 * MINUTE, ['LowPeerCount']),
  fault('no-peers', NODES, 'all peers are gone', 13 * MINUTE, ['AllPeersLost', 'LowPeerCount']),
  fault('world-state-broken', NODES, 'the database of the world state fails', 4 * MINUTE, ['WorldStateCriticalError']),
  fault('event-loop-slow', NODES, 'the process hardly comes to its timers', 14 * MINUTE, ['EventLoopSlow']),
  fault('cpu-busy', NODES, 'the process takes nearly all of the CPU', 14 * MINUTE, ['HighCPUUsage']),
  fault('memory-high', NODES, 'the process takes nine gigabytes', 14 * MINUTE, ['HighMemoryUsage']),
  fault('snapshots-fail', FULL_NODE, 'snapshots cannot be uploaded', 35 * MINUTE, ['SnapshotFailing']),
  // Processes that are gone, with their collector or without.
  fault(
    'sequencer-down',
    SEQUENCER,
    'the sequencer and its collector are gone',
    5 * MINUTE,
    ['SequencerDown'],
    ['ScrapeTargetDown'],
  ),
  fault(
    'full-node-down',
    FULL_NODE,
    'the full node and its collector are gone',
    8 * MINUTE,
    ['FullNodeDown'],
    ['ScrapeTargetDown'],
  ),
  fault('sequencer-silent', SEQUENCER, 'the sequencer is gone, its collector answers', 8 * MINUTE, [
    'SequencerMetricsAbsent',
  ]),
  fault('full-node-silent', FULL_NODE, 'the full node is gone, its collector answers', 13 * MINUTE, [
    'FullNodeMetricsAbsent',
  ]),
];
