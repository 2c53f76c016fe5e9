/** What can go wrong with a node, its validators and its process. */

import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const nodes = faultsOf('sequencer', 'full-node', 'prover-node');
const sequencer = faultsOf('sequencer');
const fullNode = faultsOf('full-node');

export const nodeFaults: readonly Fault[] = [
  // Validators.
  sequencer('attestations-fail', 'the node is too slow to attest', 13, ['AttestationsFailing']),
  sequencer('reexecution-fails', 'proposals give another result here', 13, ['ReexecutionFailing']),
  sequencer('reexecution-slow', 'proposals take half a minute to check', 14, ['ReexecutionSlow']),
  sequencer('invalid-attestations', 'others send invalid attestations', 14, ['InvalidAttestationsReceived']),
  sequencer('slashing-votes', 'others vote to slash a validator of ours', 4, ['OwnValidatorSlashingVotesHigh']),
  sequencer('slashed', 'a validator of ours is slashed', 4, ['OwnValidatorSlashed']),
  sequencer('signer-refuses', 'two sequencers ask for different signatures', 4, ['SlashingProtectionRefused']),
  // Nodes.
  nodes('few-peers', 'three peers are left', 13, ['LowPeerCount']),
  nodes('no-peers', 'all peers are gone', 13, ['AllPeersLost', 'LowPeerCount']),
  nodes('world-state-broken', 'the database of the world state fails', 4, ['WorldStateCriticalError']),
  nodes('event-loop-slow', 'the process hardly comes to its timers', 14, ['EventLoopSlow']),
  nodes('cpu-busy', 'the process takes nearly all of the CPU', 14, ['HighCPUUsage']),
  nodes('memory-high', 'the process takes nine gigabytes', 14, ['HighMemoryUsage']),
  fullNode('snapshots-fail', 'snapshots cannot be uploaded', 35, ['SnapshotFailing']),
  // Processes that are gone, with their collector or without.
  sequencer('sequencer-down', 'the sequencer and its collector are gone', 5, ['SequencerDown'], ['ScrapeTargetDown']),
  fullNode('full-node-down', 'the full node and its collector are gone', 8, ['FullNodeDown'], ['ScrapeTargetDown']),
  sequencer('sequencer-silent', 'the sequencer is gone, its collector answers', 8, ['SequencerMetricsAbsent']),
  fullNode('full-node-silent', 'the full node is gone, its collector answers', 13, ['FullNodeMetricsAbsent']),
];
