import { DatabaseSync } from 'node:sqlite';
import { ReporterNames } from '../store/reporterNames.ts';
import { metricsText } from './metricsText.ts';
import type { Bounds, Shown } from './moment.ts';

/** A peer with more bytes of samples is not put together in memory. */
const MOST_BYTES = 1_048_576;

const PEERS_PER_PAGE = 200;

export interface Peer {
  readonly id: number;
  readonly network: string;
  readonly name: string;
}

/** All that a peer shows. */
export interface Whole {
  /** Of its newest sample, in Unix seconds. */
  readonly at: number;
  /** The same as `Moment.json` makes. */
  readonly json: Buffer;
}

interface Row {
  readonly at: number;
  readonly reporter: number;
  readonly text: string;
}

/**
 * Reads the chain of a peer by one statement: to ask for each sample takes several times as long. Blocks, so it is for a thread of its own.
 */
export class Chains {
  readonly #db: DatabaseSync;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #bounds: Bounds;
  readonly #reporters: ReporterNames;

  constructor(path: string, bounds: Bounds) {
    this.#db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    this.#sql = prepare(this.#db);
    this.#reporters = new ReporterNames(this.#db);
    this.#bounds = bounds;
  }

  /**
   * The peers of these networks, in the order in which they were first seen: those that came together lie together on the disk, and to read
   * them by name takes twice as long.
   */
  *peers(networks: readonly string[]): Generator<Peer> {
    const wanted = new Set(networks);
    for (let last = 0; ; ) {
      const page = this.#sql.peers.all(last, PEERS_PER_PAGE);
      for (const { id, network, name } of page) {
        last = Number(id);
        if (wanted.has(String(network))) yield { id: last, network: String(network), name: String(name) };
      }
      if (page.length < PEERS_PER_PAGE) return;
    }
  }

  /** @returns undefined for a peer of which nothing is kept, and `large` for one that must be read in pieces */
  read(peer: number, show: Shown): Whole | 'large' | undefined {
    const { heads, since, history } = this.#bounds;
    const head = heads[peer] ?? 0;
    if (head === 0) return undefined;
    const rows: Row[] = [];
    let [last, sorted] = [Number.POSITIVE_INFINITY, true];
    let size = 0;
    for (const row of this.#sql.chain.all(head, history, MOST_BYTES)) {
      const [text, at, reporter, bytes] = Object.values(row);
      size = Number(bytes);
      if (typeof at !== 'number' || typeof text !== 'string') throw new Error(`a sample behind ${head} is none`);
      if (at < since) continue;
      sorted &&= at < last;
      last = at;
      rows.push({ at, reporter: Number(reporter), text });
    }
    if (size >= MOST_BYTES) return 'large';
    if (!sorted)
      rows.sort((a, b) => b.at - a.at || (this.#reporters.of(a.reporter) < this.#reporters.of(b.reporter) ? -1 : 1));
    const [newest] = rows;
    if (newest === undefined) return undefined;
    const parts = rows.map(({ at, text }) => `[${at},${show === 'metrics' ? metricsText(text) : text}]`);
    return { at: newest.at, json: Buffer.from(`[${parts.join(',')}]`) };
  }

  close(): void {
    this.#db.close();
  }
}

function prepare(db: DatabaseSync) {
  // Text becomes a string in less time than bytes become an array: they were looked through as UTF-8 when they came.
  const chain = db.prepare(`
    WITH RECURSIVE chain (at, reporter, prev, body, steps, size) AS (
      SELECT at, reporter, prev, body, 1, length(body) FROM sample WHERE id = ?
      UNION ALL
      SELECT sample.at, sample.reporter, sample.prev, sample.body, steps + 1, size + length(sample.body)
      FROM chain JOIN sample ON sample.id = chain.prev WHERE steps < ? AND size < ?
    ) SELECT CAST(body AS TEXT), at, reporter, size FROM chain`);
  chain.setReturnArrays(true);
  const peers = db.prepare(`
    SELECT peer.id, peer.name, network.name AS network FROM peer CROSS JOIN network ON network.id = peer.network
    WHERE peer.id > ? ORDER BY peer.id LIMIT ?`);
  return { chain, peers };
}
