import { setImmediate } from 'node:timers/promises';
import { metricsOf } from '../ingest/batch.ts';
import type { Place, Reader } from '../store/reader.ts';

/** Bytes that are put together before they are passed on. */
const CHUNK = 65_536;
/** Samples that are looked up before others get their turn. */
const TURN = 500;

export type Shown = 'metrics' | 'snapshot';

/** What of the store is looked at. */
export interface Bounds {
  /** Where the chain of each peer begins, by its id. */
  readonly heads: Float64Array;
  /** Unix seconds: older samples are left out. */
  readonly since: number;
  /** Samples of a peer at most. */
  readonly history: number;
}

/** Reads the peers of one moment. The samples must stay as long as that takes: see `View`. */
export class Moment {
  readonly #reader: Reader;
  readonly #bounds: Bounds;

  constructor(reader: Reader, bounds: Bounds) {
    this.#reader = reader;
    this.#bounds = bounds;
  }

  /** Where the samples of a peer are, newest first by time; none for a peer of which nothing is kept. */
  async places(peer: number): Promise<Place[]> {
    const { heads, history, since } = this.#bounds;
    const places: Place[] = [];
    let id = heads[peer] ?? 0;
    for (let left = history; left > 0 && id !== 0; left -= TURN) {
      if (left < history) await setImmediate();
      id = this.#reader.together(() => {
        for (let steps = Math.min(left, TURN); steps > 0; steps -= 1) {
          const place = this.#reader.step(id);
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
      this.#reader.together(() => {
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
    const body = this.#reader.body(place.id);
    if (body === undefined) throw new Error(`the sample ${place.id} is gone`);
    return [Buffer.from(`${before}[${place.at},`), show === 'metrics' ? metricsOf(body) : body, Buffer.from(']')];
  }
}
