import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DecidedReader } from '../control/decided.ts';
import { eventsOf } from '../keys/chain.ts';
import type { KeyEvent } from '../keys/rotation.ts';
import { CorrelationReader } from './correlationRows.ts';
import { ReporterNames } from './reporterNames.ts';
import { TelemetryReader } from './telemetryRows.ts';

/** One sample of a peer's history, as its sender wrote it. */
export interface Sample {
  /** Unix seconds. */
  readonly at: number;
  readonly reporter: string;
  /** The snapshot: a JSON object in UTF-8. */
  readonly body: Uint8Array;
}

/** Where one sample of a chain is, without its body. */
export interface Place {
  readonly id: number;
  /** Unix seconds. */
  readonly at: number;
  readonly reporter: string;
}

export interface PeerRow {
  readonly id: number;
  readonly network: string;
  readonly name: string;
  readonly firstAt: number;
}

/** Reads beside the writer: no read transaction is open between two calls from outside, so nothing keeps the log from being moved. */
export class Reader {
  readonly #db: DatabaseSync;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #reporters: ReporterNames;
  readonly telemetry: TelemetryReader;
  readonly correlations: CorrelationReader;
  readonly decided: DecidedReader;

  /** @throws where there is no database yet */
  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    this.#sql = prepare(this.#db);
    this.#reporters = new ReporterNames(this.#db);
    this.telemetry = new TelemetryReader(this.#db);
    this.correlations = new CorrelationReader(this.#db);
    this.decided = new DecidedReader(this.#db);
  }

  /**
   * A peer's samples, newest first by time.
   *
   * @param head where its chain begins
   * @param options.limit how many
   * @param options.since Unix seconds; older ones are left out
   * @param options.upTo the last id of the moment that is looked at
   */
  history(head: number, options: { readonly limit: number; readonly since: number; readonly upTo?: number }): Sample[] {
    const { limit, since, upTo = Number.POSITIVE_INFINITY } = options;
    const samples: Sample[] = [];
    for (let id = head; id !== 0 && samples.length < limit; ) {
      const row = this.#sql.sample.get(id);
      if (row === undefined) break;
      const at = Number(row.at);
      const { body } = row;
      if (id <= upTo && at >= since && body instanceof Uint8Array) {
        samples.push({ at, reporter: String(row.reporter), body });
      }
      id = Number(row.prev);
    }
    return samples.sort((a, b) => b.at - a.at || (a.reporter < b.reporter ? -1 : 1));
  }

  /**
   * Does some reads in one transaction: to begin one takes longer than to look up a row.
   *
   * @param work that waits for nothing, and takes some milliseconds at most
   */
  together<T>(work: () => T): T {
    this.#db.exec('BEGIN');
    try {
      return work();
    } finally {
      if (this.#db.isTransaction) this.#db.exec('COMMIT');
    }
  }

  /**
   * One sample after the other along a chain, newest first as they came.
   *
   * @param from a sample's id
   * @returns undefined where the chain ends
   */
  step(from: number): (Place & { readonly prev: number }) | undefined {
    const row = from === 0 ? undefined : this.#sql.place.get(from);
    if (row === undefined) return undefined;
    return { id: from, at: Number(row.at), reporter: this.#reporters.of(Number(row.reporter)), prev: Number(row.prev) };
  }

  /** @returns what the sender of a sample wrote; undefined where it is gone */
  body(id: number): Uint8Array | undefined {
    const body = this.#sql.body.get(id)?.body;
    return body instanceof Uint8Array ? body : undefined;
  }

  /** How many peers these networks have together, counted no further than `most`. */
  count(networks: readonly string[], most: number): number {
    let sum = 0;
    for (const network of networks) sum += Number(this.#sql.count.get(network, most - sum)?.peers ?? 0);
    return sum;
  }

  /** Peers of these networks in the order of network and name, behind the one that is named. */
  peers(networks: readonly string[] | undefined, after: { network: string; name: string }, limit: number): PeerRow[] {
    const rows: PeerRow[] = [];
    for (const network of networks ?? this.networks()) {
      if (rows.length >= limit || network < after.network) continue;
      const from = network === after.network ? after.name : '';
      for (const { id, name, first_at } of this.#sql.peers.all(network, from, limit - rows.length)) {
        rows.push({ id: Number(id), network, name: String(name), firstAt: Number(first_at) });
      }
    }
    return rows;
  }

  /** Which keys a peer has had, and under which name it came first. @param name any that it has had */
  keyEvents(network: string, name: string): { readonly peer: string; readonly events: readonly KeyEvent[] } {
    const byName = this.#sql.keyEvents.all(network, name);
    const first = byName.length > 0 ? undefined : this.#sql.peerOfKey.get(network, name)?.peer;
    const peer = first === undefined ? name : String(first);
    const rows = first === undefined ? byName : this.#sql.keyEvents.all(network, peer);
    return { peer, events: eventsOf(rows) };
  }

  /** Whether a key is, or was, that of a peer. */
  isKeyUsed(network: string, key: string): boolean {
    return this.#sql.keyUsed.get(network, key, key) !== undefined;
  }

  networks(): string[] {
    return this.#sql.networks
      .all()
      .map(({ name }) => String(name))
      .sort();
  }

  close(): void {
    this.#db.close();
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    sample: sql(
      'SELECT sample.at, sample.prev, sample.body, reporter.name AS reporter FROM sample JOIN reporter ON reporter.id = sample.reporter WHERE sample.id = ?',
    ),
    // The body stands last in its row: what is not asked for is not read.
    place: sql('SELECT at, prev, reporter FROM sample WHERE id = ?'),
    body: sql('SELECT body FROM sample WHERE id = ?'),
    count: sql(`
      SELECT count(*) AS peers FROM (
        SELECT 1 FROM peer WHERE network = (SELECT id FROM network WHERE name = ?) LIMIT ?)`),
    keyEvents: sql('SELECT * FROM key_event WHERE network = ? AND peer = ? ORDER BY id'),
    peerOfKey: sql('SELECT peer FROM key_event WHERE network = ? AND new_key = ?'),
    keyUsed: sql('SELECT 1 FROM key_event WHERE network = ? AND (new_key = ? OR old_key = ?)'),
    networks: sql('SELECT name FROM network'),
    peers: sql(`
      SELECT id, name, first_at FROM peer WHERE network = (SELECT id FROM network WHERE name = ?) AND name > ?
      ORDER BY name LIMIT ?`),
  };
}
