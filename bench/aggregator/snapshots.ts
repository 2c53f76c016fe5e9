import { createHash } from 'node:crypto';
import { type Request, requestOf } from '../http/load.ts';

export const TOKEN = 'benchmark-token-benchmark-token';
export const BATCH = 1_000;
/** So long ago the first snapshot of each peer was, in seconds. */
const BEGAN = 500_000;

/** What a node of the-block tells of a peer. */
export interface Snapshot {
  readonly peer_id: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** Snapshots of so many peers in turn: each of a peer is a second younger than the one before, so that none is a duplicate. */
export class Snapshots {
  readonly #ids: string[] = [];
  readonly #peers: number;
  #made = 0;

  constructor(peers: number) {
    this.#peers = peers;
  }

  next(): Snapshot {
    const n = this.#made++;
    const start = Math.floor(Date.now() / 1000) - BEGAN;
    return {
      peer_id: this.#id(n % this.#peers),
      timestamp: start + Math.floor(n / this.#peers),
      metrics: {
        requests: n,
        bytes_sent: n * 1_437,
        drops: { rate_limit: n % 7, malformed: n % 3 },
        handshake_fail: { timeout: n % 5 },
        handshake_success: n % 1_000,
        tls_errors: 0,
        reputation: { score: (n % 100) / 100 },
        last_updated: start,
        sec_requests: n % 50,
        sec_bytes: n % 50_000,
        throttled_until: 0,
        throttle_reason: null,
        backoff_level: n % 4,
        breach_count: 0,
      },
    };
  }

  batch(each: number): Snapshot[] {
    return Array.from({ length: each }, () => this.next());
  }

  /** As requests, all made before the first is sent, so that making them is not measured. */
  requests(count: number, each: number): Request[] {
    return [...this.stream(count, each)];
  }

  /** As requests that are made when they are sent. */
  *stream(count: number, each: number, headers: Readonly<Record<string, string>> = {}): Generator<Request> {
    for (let made = 0; made < count; made += 1) {
      yield requestOf('/ingest', JSON.stringify(this.batch(each)), TOKEN, headers);
    }
  }

  /** In no order, as names of peers are: an index of them grows at all its places. */
  #id(index: number): string {
    const known = this.#ids[index];
    if (known !== undefined) return known;
    const id = `12D3KooW${createHash('sha256').update(String(index)).digest('hex').slice(0, 44)}`;
    this.#ids[index] = id;
    return id;
  }
}
