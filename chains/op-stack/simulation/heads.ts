/** Where the heads of L1 and L2 stand, as one node sees them. */
import type { Timeline } from '../../simulation/timeline.ts';

/** Seconds per block. */
export const L1_BLOCK = 12;
export const L2_BLOCK = 2;
/** Seconds between two batches, and until one is confirmed. */
export const BATCH_INTERVAL = 300;
const BATCH_CONFIRMATION = 60;
/** L1 finalizes two epochs of 32 slots behind its head, in steps of one epoch. */
const EPOCH = 32 * L1_BLOCK;
const FINALITY_DELAY = 2 * EPOCH;

/** L2 blocks exist only while the sequencer works; all nodes see the same. */
export const SEQUENCER_FAULTS = ['sequencer-stall', 'op-geth-down', 'op-node-down'];
export const BATCH_FAULTS = ['batcher-stuck', 'batcher-down', 'batch-failures'];

export interface Head {
  readonly number: number;
  /** Seconds of the chain's life. */
  readonly time: number;
}

export interface Heads {
  readonly l1Head: Head;
  readonly l1Finalized: Head;
  /** The last L1 block that derivation has read. */
  readonly l1Derived: Head;
  readonly unsafe: Head;
  readonly safe: Head;
  readonly finalized: Head;
}

export function headsOf(timeline: Timeline): Heads {
  const l1Time = timeline.held('l1-halt', 'l1-rpc-stuck');
  const l1Finality = timeline.held('l1-halt', 'l1-rpc-stuck', 'l1-finality-stall');
  const finalizedAt = step(l1Finality - FINALITY_DELAY, EPOCH);
  // A node that is stuck sees nothing new; the chain itself goes on.
  const unsafeAt = step(timeline.held(...SEQUENCER_FAULTS, 'node-stuck'), L2_BLOCK);
  const batchedAt = step(
    timeline.held(...SEQUENCER_FAULTS, ...BATCH_FAULTS, 'l1-halt', 'derivation-stuck', 'node-stuck') -
      BATCH_CONFIRMATION,
    BATCH_INTERVAL,
  );
  const safeAt = Math.min(batchedAt, unsafeAt);
  const derivedAt = step(
    timeline.held('l1-halt', 'l1-rpc-stuck', 'derivation-stuck', 'node-stuck') - 2 * L1_BLOCK,
    L1_BLOCK,
  );
  return {
    l1Head: l1(step(l1Time, L1_BLOCK)),
    l1Finalized: l1(finalizedAt),
    l1Derived: l1(derivedAt),
    unsafe: l2(unsafeAt),
    safe: l2(safeAt),
    finalized: l2(Math.min(safeAt, step(finalizedAt - BATCH_CONFIRMATION, BATCH_INTERVAL))),
  };
}

export function l1(time: number): Head {
  return { number: 20_000_000 + Math.floor(time / L1_BLOCK), time };
}

export function l2(time: number): Head {
  return { number: Math.floor(time / L2_BLOCK), time };
}

/** The L1 block that an L2 block was built on: the newest when it was made. */
export function originOf(head: Head): Head {
  return l1(step(head.time - L1_BLOCK, L1_BLOCK));
}

export function step(time: number, size: number): number {
  return Math.floor(time / size) * size;
}

/** The first bytes of a block's hash as a number, the way op-node exposes it; another one on a fork. */
export function hashOf(head: Head, forked: boolean): number {
  const mixed = Math.imul(head.number ^ (forked ? 0x5bd1e995 : 0), 2654435761) >>> 0;
  return mixed * 65_536 + (mixed % 65_521);
}
