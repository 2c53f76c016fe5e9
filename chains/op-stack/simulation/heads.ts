/** Where the heads of L1 and L2 stand, as one node sees them. */
import { Path } from '../../simulation/path.ts';
import { lastTickBefore, type Stretch } from '../../simulation/stretches.ts';
import type { Timeline } from '../../simulation/timeline.ts';

/** Seconds per block. */
export const L1_BLOCK = 12;
export const L2_BLOCK = 2;
/** Seconds between two batches, and until one is on L1. */
export const BATCH_INTERVAL = 240;
export const BATCH_INCLUSION = 36;
/** L1 finalizes two epochs of 32 slots behind its head, in steps of one epoch. */
const EPOCH = 32 * L1_BLOCK;
const FINALITY_DELAY = 2 * EPOCH;
/** The sequencer takes an L1 origin that is four blocks old. */
const ORIGIN_DELAY = 4 * L1_BLOCK;

/** While these last no L2 block is made. Without any op-geth or op-node there is no sequencer either. */
const NO_BLOCKS = ['sequencer-stall', 'op-geth-down', 'op-node-down'];
/** While these last no batch is sent or confirmed. */
export const NO_BATCHES = [
  'batcher-down',
  'batcher-stuck',
  'batcher-stopped',
  'batch-failures',
  'batcher-out-of-funds',
];

export interface Head {
  readonly number: number;
  /** Seconds of the chain's life when it was made. */
  readonly time: number;
}

export interface Heads {
  readonly l1Head: Head;
  readonly l1Safe: Head;
  readonly l1Finalized: Head;
  /** The last L1 block that derivation has read. */
  readonly l1Derived: Head;
  readonly unsafe: Head;
  readonly safe: Head;
  readonly finalized: Head;
}

/** The chain itself, apart from who looks at it. */
export class SimulatedChain {
  readonly #timeline: Timeline;
  /** Progress of L1 in seconds; what it misses it does not make up for. */
  readonly l1: Path;
  /** Timestamp of the newest L2 block; the sequencer makes up for what it missed, since timestamps are strictly two seconds apart. */
  readonly unsafe: Path;
  readonly noBatches: Stretch[];

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    this.l1 = Path.halting(timeline.chain('l1-halt'));
    this.unsafe = Path.clock
      .followed({ stretches: timeline.chain(...NO_BLOCKS), catchUp: 5 })
      .followed({ stretches: timeline.chain('sequencer-slow'), rate: 0.75, catchUp: 5 });
    this.noBatches = timeline.anybody(...NO_BATCHES, 'l1-halt');
  }

  /** The newest L1 block at a point of L1's progress. */
  l1Block(progress: number): Head {
    const whole = step(progress, L1_BLOCK);
    return { number: 20_000_000 + whole / L1_BLOCK, time: this.l1.when(whole) };
  }

  /** The L2 block found in the newest batch that L1 held at `time`. */
  batched(time: number): Head {
    const unseen = [...this.noBatches, ...this.#timeline.anybody('batches-lost')];
    return l2Block(this.unsafe.at(lastTickBefore(BATCH_INTERVAL, unseen, time - BATCH_INCLUSION)));
  }

  /** What L1 has finalized, as its progress. */
  finality(time: number): number {
    const path = this.l1.followed({
      delay: FINALITY_DELAY,
      stretches: this.#timeline.chain('l1-finality-stall'),
      catchUp: 60,
    });
    return step(path.at(time), EPOCH);
  }

  /** The L1 block that an L2 block was built on. */
  originOf(head: Head): Head {
    return this.l1Block(this.l1.at(head.time) - ORIGIN_DELAY);
  }
}

/** As the op-node of the timeline's process sees them. */
export function headsOf(timeline: Timeline, chain: SimulatedChain): Heads {
  const { now } = timeline;
  const stuck = timeline.replicas('node-stuck');
  const seen = chain.l1.followed({ stretches: timeline.replicas('l1-rpc-stuck'), catchUp: 60 });
  const derived = seen.followed({
    delay: L1_BLOCK,
    stretches: [...stuck, ...timeline.mine('derivation-stuck')],
    catchUp: 30,
  });
  const unsafe = chain.unsafe.followed({ stretches: stuck, catchUp: 20 });
  const finality = Math.min(chain.finality(now), seen.at(now));
  const safe = chain.batched(chain.l1.when(derived.at(now)));
  return {
    l1Head: chain.l1Block(seen.at(now)),
    l1Safe: chain.l1Block(Math.min(step(chain.l1.at(now) - EPOCH, EPOCH), seen.at(now))),
    l1Finalized: chain.l1Block(finality),
    l1Derived: chain.l1Block(derived.at(now)),
    unsafe: l2Block(unsafe.at(now)),
    safe,
    finalized: lower(safe, chain.batched(chain.l1.when(finality))),
  };
}

/** The head of an op-geth: it executes what its op-node gives it, unless it hangs. */
export function executed(timeline: Timeline, chain: SimulatedChain): Head {
  return l2Block(chain.unsafe.followed({ stretches: timeline.mine('engine-stuck'), catchUp: 20 }).at(timeline.now));
}

export function l2Block(timestamp: number): Head {
  const time = step(timestamp, L2_BLOCK);
  return { number: time / L2_BLOCK, time };
}

function lower(a: Head, b: Head): Head {
  return a.number <= b.number ? a : b;
}

export function step(time: number, size: number): number {
  return Math.floor(time / size) * size;
}

/** The first bytes of a block's hash as a number, the way op-node exposes it; another one on a fork. */
export function hashOf({ number }: Head, forked: boolean): number {
  const mixed = Math.imul(number ^ (forked ? 0x5bd1e995 : 0), 2654435761) >>> 0;
  return mixed * 2 ** 32 + (Math.imul(mixed, 40503) >>> 0);
}
