import { messageOf } from '../../shared/fault.ts';
import { orderSrv, type SrvRecord } from './srv.ts';

/** Where aggregators are: a list, the preferred first, or a name of DNS under which they are listed. */
export type Discovery =
  | { readonly urls: readonly string[] }
  | {
      readonly srv: string;
      readonly scheme: 'http' | 'https';
      /** Milliseconds between two questions. */
      readonly interval: number;
      readonly resolve: (name: string) => Promise<readonly SrvRecord[]>;
    };

interface Place {
  readonly url: string;
  /** Milliseconds: not asked before, since it said so. */
  readonly notBefore: number;
}

export type Pick =
  | { readonly url: URL }
  /** Nobody is to be asked for so many milliseconds. */
  | { readonly rest: number }
  /** Nobody is known. */
  | { readonly problem: string };

const RESOLVE_AGAIN_MS = 5_000;

/**
 * The aggregators, and which of them is next.
 *
 * One that takes our batches is kept. One that fails is left for the next; when all have failed, the round is over, and who waits then is the
 * sender. A name is resolved again after its interval, and after each round that failed; while it cannot be resolved, the last answer stays.
 */
export class Targets {
  readonly #discovery: Discovery;
  readonly #now: () => number;
  readonly #chance: () => number;
  #places: Place[];
  #at = 0;
  #failed = 0;
  #resolvedAt = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;

  constructor(discovery: Discovery, now: () => number = Date.now, chance: () => number = Math.random) {
    this.#discovery = discovery;
    this.#now = now;
    this.#chance = chance;
    this.#places = 'urls' in discovery ? discovery.urls.map((url) => ({ url, notBefore: 0 })) : [];
  }

  /** How many are known. */
  get size(): number {
    return this.#places.length;
  }

  /** Why the name could not be resolved when it was last asked for. */
  problem(): string | undefined {
    return this.#problem;
  }

  async pick(): Promise<Pick> {
    await this.#resolve();
    const now = this.#now();
    const { length } = this.#places;
    if (length === 0) return { problem: this.#problem ?? 'no aggregator is known' };
    for (let step = 0; step < length; step += 1) {
      const index = (this.#at + step) % length;
      const place = this.#places[index];
      if (place === undefined || place.notBefore > now) continue;
      this.#at = index;
      return { url: new URL(place.url) };
    }
    return { rest: this.#rest() };
  }

  succeeded(): void {
    this.#failed = 0;
  }

  /**
   * Goes on to the next.
   *
   * @param rest milliseconds that this one does not want to be asked
   * @returns undefined where another is to be tried at once; else the milliseconds until one of them may be asked, 0 where none said anything
   */
  failed(rest: number): number | undefined {
    const now = this.#now();
    this.#places = this.#places.map((place, index) =>
      index === this.#at && rest > 0 ? { ...place, notBefore: now + rest } : place,
    );
    this.#at = (this.#at + 1) % Math.max(1, this.#places.length);
    this.#failed += 1;
    const free = this.#places.filter(({ notBefore }) => notBefore <= now).length;
    if (this.#failed < this.#places.length && free > 0) return undefined;
    this.#failed = 0;
    this.#resolvedAt = Number.NEGATIVE_INFINITY;
    return free > 0 ? 0 : this.#rest();
  }

  #rest(): number {
    return Math.max(0, Math.min(...this.#places.map(({ notBefore }) => notBefore)) - this.#now());
  }

  async #resolve(): Promise<void> {
    const discovery = this.#discovery;
    if ('urls' in discovery || this.#now() - this.#resolvedAt < discovery.interval) return;
    try {
      const records = orderSrv(await discovery.resolve(discovery.srv), this.#chance);
      if (records.length === 0) throw new Error('the name has no record of an aggregator');
      this.#replace(records.map(({ name, port }) => `${discovery.scheme}://${name}:${port}`));
      this.#problem = undefined;
      this.#resolvedAt = this.#now();
    } catch (error) {
      this.#problem = `${discovery.srv} cannot be resolved: ${messageOf(error)}`;
      // Those that are known are used meanwhile: not each batch may wait for a dead name server.
      const again = Math.min(discovery.interval, RESOLVE_AGAIN_MS);
      this.#resolvedAt = this.#now() - discovery.interval + (this.#places.length === 0 ? 0 : again);
    }
  }

  /** The one in use stays in use where it is still there. */
  #replace(urls: readonly string[]): void {
    const inUse = this.#places[this.#at]?.url ?? '';
    const known = new Map(this.#places.map(({ url, notBefore }) => [url, notBefore]));
    this.#places = urls.map((url) => ({ url, notBefore: known.get(url) ?? 0 }));
    this.#at = Math.max(0, urls.indexOf(inUse));
  }
}
