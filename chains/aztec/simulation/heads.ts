/** The L1, the L2 upon it, its proofs, and how far one node has come with each. */
import { Path } from '../../simulation/path.ts';
import type { Timeline } from '../../simulation/timeline.ts';

const L1_BLOCK = 12;
/** Seconds of a slot, in which one checkpoint is published. */
export const SLOT = 72;
const EPOCH = 32 * SLOT;
const BLOCKS_PER_CHECKPOINT = 3;
/** After the end of an epoch until its proof is on L1. */
const PROVING = 1200;
const FIRST_L1_BLOCK = 21_000_000;

export interface Heads {
  /** Head of L1 as the node's endpoint has it. */
  readonly l1: number;
  /** Up to where the archiver has read L1. */
  readonly archived: number;
  readonly checkpoint: number;
  readonly provenCheckpoint: number;
  readonly block: number;
  readonly provenBlock: number;
}

export function headsOf(timeline: Timeline): Heads {
  const { now } = timeline;
  const endpoint = timeline.replicas('l1-endpoint-stuck');
  const l1 = Path.halting(timeline.chain('l1-halt')).followed({ stretches: endpoint, catchUp: 20 });
  const archived = l1.followed({ stretches: timeline.replicas('archiver-slow'), rate: 0.25, catchUp: 20 });
  const chain = Path.halting(timeline.chain('l1-halt', 'chain-halt'));
  // Without news from L1 there are no new checkpoints; an archiver that is slow brings them late.
  const known = chain
    .followed({ stretches: timeline.replicas('l1-endpoint-stuck', 'node-stuck'), catchUp: 20 })
    .followed({ stretches: timeline.replicas('archiver-slow'), rate: 0.25, catchUp: 20 });
  const proofs = chain.followed({ delay: PROVING, stretches: timeline.chain('proofs-stop'), catchUp: 20 });
  const checkpoint = Math.floor(known.at(now) / SLOT);
  // A node knows of no proof for what it does not have.
  const provenCheckpoint = Math.min(checkpoint, Math.floor(proofs.at(now) / EPOCH) * (EPOCH / SLOT));
  return {
    l1: FIRST_L1_BLOCK + Math.floor(l1.at(now) / L1_BLOCK),
    archived: FIRST_L1_BLOCK + Math.floor(archived.at(now) / L1_BLOCK),
    checkpoint,
    provenCheckpoint,
    block: checkpoint * BLOCKS_PER_CHECKPOINT,
    provenBlock: provenCheckpoint * BLOCKS_PER_CHECKPOINT,
  };
}
