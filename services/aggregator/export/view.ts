import { setImmediate } from 'node:timers/promises';
import { metricsOf } from '../ingest/batch.ts';
import type { PeerRow, Place, Reader } from '../store/reader.ts';
import type { Store } from '../store/store.ts';

/** Bytes that are put together before they are passed on. */
const CHUNK = 65_536;
/** Samples that are looked up before others get their turn. */
const TURN = 500;
const PEERS_PER_PAGE = 200;

export type Shown = 'metrics' | 'snapshot';

export interface ViewOptions {
  readonly ask: Store['ask'];
  readonly reader: Reader;
  /** Unix seconds: older samples are left out. */
  readonly since: number;
  /** Samples of a peer at most. */
  readonly history: number;
}

/**
 * All peers as they are at one moment, however long it takes to read them: later samples are not seen, and the pruner
 * leaves the earlier ones until `close`. No transaction is open meanwhile, so the log of the database can be moved.
 */
export class View {
  readonly #options: ViewOptions;
  readonly #heads: Float64Array;
  readonly #number: number;

  private constructor(options: ViewOptions, heads: Float64Array, number: number) {
    this.#options = options;
    this.#heads = heads;
    this.#number = number;
  }

  /** @throws StoreError where the database is not open */
  static async open(options: ViewOptions): Promise<View> {
    const reply = await options.ask({ ask: 'hold', since: options.since });
    if (reply.of !== 'view') throw new Error('the store opened no view');
    return new View(options, reply.heads, reply.view);
  }

  /** Lets the pruner have what it wants. */
  async close(): Promise<void> {
    try {
      await this.#options.ask({ ask: 'letGo', view: this.#number });
    } catch {
      // A database that is not open holds nothing.
    }
  }

  /** The peers of these networks, by network and name. */
  *peers(networks: readonly string[]): Generator<PeerRow> {
    for (const network of networks) {
      for (let name = ''; ; ) {
        const page = this.#options.reader.peers([network], { network, name }, PEERS_PER_PAGE);
        yield* page;
        const last = page.at(-1);
        if (last === undefined || page.length < PEERS_PER_PAGE) break;
        name = last.name;
      }
    }
  }

  /** Where the samples of a peer are, newest first by time; none for a peer of which nothing is kept. */
  async places(peer: number): Promise<Place[]> {
    const { reader, history, since } = this.#options;
    const places: Place[] = [];
    let id = this.#heads[peer] ?? 0;
    for (let left = history; left > 0 && id !== 0; left -= TURN) {
      if (left < history) await setImmediate();
      id = reader.together(() => {
        for (let steps = Math.min(left, TURN); steps > 0; steps -= 1) {
          const place = reader.step(id);
          if (place === undefined) return 0;
          if (place.at >= since) places.push({ id, at: place.at, reporter: place.reporter });
          id = place.prev;
        }
        return id;
      });
    }
    return places.sort((a, b) => b.at - a.at || (a.reporter < b.reporter ? -1 : 1));
  }

  /**
   * `[[timestamp, metrics], …]` as `GET /peer/:id` has it, in pieces, the bytes that were sent passed on as they are.
   *
   * @throws an Error where a sample is gone: nothing may be left out of what is said to be whole
   */
  async *json(places: readonly Place[], show: Shown): AsyncGenerator<Buffer> {
    for (let next = 0; ; ) {
      const parts: Uint8Array[] = [];
      const end = Math.min(places.length, next + TURN);
      this.#options.reader.together(() => {
        for (let size = 0; next < end && size < CHUNK; next += 1) {
          const part = this.#sample(places[next], next === 0 ? '[' : ',', show);
          parts.push(...part);
          size += part.reduce((sum, { length }) => sum + length, 0);
        }
      });
      if (next === places.length) parts.push(Buffer.from(places.length === 0 ? '[]' : ']'));
      yield Buffer.concat(parts);
      if (next === places.length) return;
      // A reader that is quick enough would otherwise keep everybody else waiting.
      await setImmediate();
    }
  }

  #sample(place: Place | undefined, before: string, show: Shown): Uint8Array[] {
    if (place === undefined) return [];
    const body = this.#options.reader.body(place.id);
    if (body === undefined) throw new Error(`the sample ${place.id} is gone`);
    return [Buffer.from(`${before}[${place.at},`), show === 'metrics' ? metricsOf(body) : body, Buffer.from(']')];
  }
}
