import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../shared/fault.ts';
import type { ReadinessCheck } from '../../shared/http.ts';
import type { Logger } from '../../shared/log.ts';
import type { Leadership } from './leadership.ts';

/** Who has the seat. */
export type Attempt =
  | { readonly ours: true; readonly epoch: number }
  | { readonly ours: false; readonly leader: string | undefined; readonly epoch: number | undefined };

/** The one place that all replicas want, wherever it is kept. */
export interface Seat {
  /**
   * Takes the seat where it is free, and keeps it where it is ours: for `ttl` from the begin of this call on, nobody else can have it.
   *
   * @throws Error where that is not known
   */
  attempt(): Promise<Attempt>;
  /** Leaves it to the others, where it is ours. */
  release(): Promise<void>;
}

export interface ElectionOptions {
  readonly seat: Seat;
  /** Milliseconds. */
  readonly ttl: number;
  readonly log: Logger;
  /** Milliseconds of a clock that never jumps; for tests. */
  readonly now?: () => number;
}

/**
 * Takes part in an election, until it is stopped.
 *
 * The seat is renewed five times in its time. This replica stops to lead when four fifths of that are over, counted from before the
 * last renewal that succeeded was sent: earlier than anybody else can take it, also when our clock goes slower. The clock is the
 * system's monotonic one, which goes on while the process is paused; whoever wakes up sees at once that its time is over.
 *
 * Where that clock stands still too (a machine that sleeps, a virtual one that is paused), and between a look and the decision that
 * follows it, the epoch is what helps: see Control.
 */
export class Election implements Leadership {
  readonly #options: ElectionOptions;
  readonly #now: () => number;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<(epoch: number | undefined) => void>();
  #held: { readonly epoch: number; readonly until: number } | undefined;
  #seen: { readonly leader: string | undefined; readonly epoch: number | undefined } | undefined;
  #told: number | undefined;
  #trouble: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Yields so far: what was asked before one says nothing any more. */
  #yields = 0;
  readonly #campaign: Promise<void>;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#campaign = this.#takePart();
  }

  epoch(): number | undefined {
    return this.#held !== undefined && this.#now() < this.#held.until ? this.#held.epoch : undefined;
  }

  known(): { readonly leader: string | undefined; readonly epoch: number | undefined } {
    return this.#seen ?? { leader: undefined, epoch: undefined };
  }

  onChange(listener: (epoch: number | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async yield(): Promise<void> {
    this.#yields += 1;
    this.#held = undefined;
    this.#tell();
    await this.#release();
  }

  readiness(): ReadinessCheck {
    const leads = this.epoch() !== undefined;
    const { leader = null, epoch = null } = this.known();
    return {
      ok: true,
      leads,
      leader: leads ? 'this replica' : leader,
      epoch,
      ...(this.#trouble === undefined ? {} : { reason: this.#trouble }),
    };
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#campaign;
    clearTimeout(this.#timer);
    this.#listeners.clear();
    if (this.#held === undefined) return;
    this.#held = undefined;
    await this.#release();
  }

  async #takePart(): Promise<void> {
    const { signal } = this.#stop;
    const pause = this.#options.ttl / 5;
    while (!signal.aborted) {
      await this.#attempt();
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }

  async #attempt(): Promise<void> {
    const { seat, ttl, log } = this.#options;
    const [begun, yields] = [this.#now(), this.#yields];
    try {
      const result = await seat.attempt();
      if (this.#trouble !== undefined) log.info('the election goes on');
      this.#trouble = undefined;
      if (yields !== this.#yields) return;
      this.#held = result.ours ? { epoch: result.epoch, until: begun + (ttl * 4) / 5 } : undefined;
      this.#seen = { leader: result.ours ? undefined : result.leader, epoch: result.epoch };
    } catch (error) {
      const trouble = messageOf(error);
      if (trouble !== this.#trouble) log.warn({ reason: trouble }, 'who leads is not known');
      this.#trouble = trouble;
    }
    this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#timer);
    const epoch = this.epoch();
    if (this.#held !== undefined && epoch !== undefined) {
      this.#timer = setTimeout(() => this.#tell(), this.#held.until - this.#now() + 1);
    }
    if (epoch === this.#told) return;
    if (epoch === undefined) this.#options.log.warn({ epoch: this.#told }, 'this replica leads no longer');
    else this.#options.log.info({ epoch }, 'this replica leads');
    this.#told = epoch;
    for (const listener of this.#listeners) listener(epoch);
  }

  /** That it fails is no loss: its time ends by itself. */
  async #release(): Promise<void> {
    try {
      await this.#options.seat.release();
    } catch (error) {
      this.#options.log.warn({ reason: messageOf(error) }, 'the leadership was not handed over; it ends by itself');
    }
  }
}
