import type { Logger } from '../shared/log.ts';

/** Something that is read again and again. */
export interface Sampler {
  /** Must not throw; where it does all the same, the next round still comes. */
  round(): Promise<void>;
  close(): void;
}

/**
 * Repeats each sampler's round at its interval, one round of a sampler at a time: where a round takes longer than the
 * interval, the next begins when it has ended. Samplers do not wait for one another.
 */
export class Rounds {
  readonly #samplers: readonly Sampler[];
  readonly #interval: number;
  readonly #log: Logger;
  readonly #timers = new Map<Sampler, NodeJS.Timeout>();
  readonly #done = new Set<Sampler>();
  #stopped = false;

  /** @param interval milliseconds */
  constructor(samplers: readonly Sampler[], interval: number, log: Logger) {
    this.#samplers = samplers;
    this.#interval = interval;
    this.#log = log;
  }

  /** Whether every sampler has ended its first round. */
  get allDone(): boolean {
    return this.#done.size === this.#samplers.length;
  }

  start(): void {
    for (const sampler of this.#samplers) void this.#run(sampler);
  }

  /** Rounds under way are cut off: what they would find, nobody will ask for. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const sampler of this.#samplers) sampler.close();
  }

  async #run(sampler: Sampler): Promise<void> {
    const began = performance.now();
    try {
      await sampler.round();
      this.#done.add(sampler);
    } catch (error) {
      this.#log.error({ err: error }, 'a round failed for a reason of our own');
    }
    if (this.#stopped) return;
    const wait = Math.max(0, this.#interval - (performance.now() - began));
    this.#timers.set(
      sampler,
      setTimeout(() => void this.#run(sampler), wait),
    );
  }
}
