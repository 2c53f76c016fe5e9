import { messageOf } from '../shared/fault.ts';
import type { Logger } from '../shared/log.ts';
import type { Client, PeerSnapshot } from './client.ts';
import type { Collector } from './collect/collector.ts';
import { CollectFault, type CollectFaultKind } from './collect/fault.ts';
import type { Metrics } from './metrics.ts';

export interface RoundsOptions {
  readonly collector: Pick<Collector, 'collect'>;
  readonly client: Pick<Client, 'push'>;
  /** Milliseconds. */
  readonly interval: number;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export interface RoundTrouble {
  readonly reason: CollectFaultKind;
  readonly message: string;
}

/** Seconds. A clock that was further ahead was wrong, and is right now. */
const MOST_AHEAD = 60;

const SECOND = 1_000;
/** Milliseconds by which a timer may come too early. */
const EARLY = 2;

/** Looks at the node at each interval, and puts what it tells into the queue. A look that takes longer than the interval makes the next one late. */
export class Rounds {
  readonly #options: RoundsOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  #done = false;
  #trouble: RoundTrouble | undefined;
  #hint: string | undefined;
  #said: string | undefined;
  #lastAt = 0;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** Whether there was a look at all. */
  get begun(): boolean {
    return this.#done;
  }

  trouble(): RoundTrouble | undefined {
    return this.#trouble;
  }

  /** What of the settings did not fit at the last look that brought something. */
  hint(): string | undefined {
    return this.#hint;
  }

  /** The first look is at the next full second: an earlier process may have sent one of this second, and of two the aggregator keeps one. */
  start(): void {
    this.#timer = setTimeout(() => this.#next(), SECOND - (Date.now() % SECOND) + EARLY);
  }

  /** Waits for the look that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #next(): void {
    if (this.#stopped) return;
    const begun = performance.now();
    this.#running = this.#round().then(() => {
      if (this.#stopped) return;
      const { interval } = this.#options;
      const late = performance.now() - begun;
      // On the beat of the interval, whatever a look takes.
      this.#timer = setTimeout(() => this.#next(), interval - (late % interval));
    });
  }

  async #round(): Promise<void> {
    const { collector, client, metrics, log } = this.#options;
    const begun = performance.now();
    try {
      const timestamp = this.#stamp();
      const { rows, odd, hint } = await collector.collect();
      const snapshots = rows.map(({ peer, metrics: figures }): PeerSnapshot => {
        return { peer_id: peer, metrics: figures, timestamp };
      });
      metrics.collected.inc(rows.length + odd);
      if (odd > 0) metrics.dropped.inc({ reason: 'invalid' }, odd);
      metrics.peers.set(rows.length);
      await this.#push(client, snapshots);
      metrics.lastCollect.set(Date.now() / 1000);
      metrics.collectSeconds.observe((performance.now() - begun) / 1000);
      if (this.#trouble !== undefined) log.info({ peers: rows.length }, 'the node tells of its peers again');
      this.#trouble = undefined;
      this.#tell(hint);
    } catch (error) {
      // Cut short by ourselves.
      if (this.#stopped) return;
      const fault = error instanceof CollectFault ? error : new CollectFault('payload', messageOf(error));
      metrics.collectFailures.inc({ reason: fault.kind });
      if (this.#trouble?.reason !== fault.kind)
        log.warn({ reason: fault.kind, message: fault.message }, 'a look at the node brought nothing');
      this.#trouble = { reason: fault.kind, message: fault.message };
    }
    this.#done = true;
  }

  /** Not anew where it comes and goes. */
  #tell(hint: string | undefined): void {
    this.#hint = hint;
    if (hint === undefined || hint === this.#said) return;
    this.#said = hint;
    this.#options.log.warn({ hint }, 'what the node tells does not fit all that the settings say of it');
  }

  async #push(client: Pick<Client, 'push'>, snapshots: readonly PeerSnapshot[]): Promise<void> {
    try {
      await client.push(snapshots);
    } catch (error) {
      throw new CollectFault('queue', `the queue cannot be written: ${messageOf(error)}`);
    }
  }

  /** Unix seconds, later for each look, also where the clock is set back a little: of two of the same second the aggregator would keep one. */
  #stamp(): number {
    const now = Math.floor(Date.now() / 1000);
    const ahead = this.#lastAt - now;
    this.#lastAt = ahead >= 0 && ahead < MOST_AHEAD ? this.#lastAt + 1 : now;
    return this.#lastAt;
  }
}
