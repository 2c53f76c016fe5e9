import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { eventsOf, type KeyChain } from '../keys/chain.ts';

/** SQL: whether the log has what was decided has to be seen again. */
export const WANT_MARK = "UPDATE meta SET value = 0 WHERE key = 'prune_logged'";
export const WANT_KEYS = 'UPDATE key_event SET logged = 0 WHERE logged <> 0';

/** Where a page ended; both empty for the first one. */
export interface ChainCursor {
  readonly network: string;
  readonly peer: string;
}

/** What was decided for all replicas, as one of them has it. */
export class DecidedReader {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
  }

  /** The newest epoch that decided something. */
  get epoch(): number {
    return this.#meta('epoch');
  }

  /** Samples from before may go; see Control. Unix seconds. */
  get pruneBefore(): number {
    return this.#meta('prune_before');
  }

  /** The same where the log does not have it, as far as it was read; else 0. */
  get missingMark(): number {
    return this.pruneBefore > this.#meta('prune_logged') ? this.pruneBefore : 0;
  }

  /** Keys of peers of which the log lacks something, as far as it was read: whole chains, by network and peer. */
  missingChains({ network, peer }: ChainCursor, limit: number): KeyChain[] {
    return this.#chains(this.#sql.missing.all(network, peer, limit));
  }

  /** Of all peers. */
  chains(): KeyChain[] {
    return this.#chains(this.#sql.peers.all());
  }

  /** In which a peer has had a key. */
  networks(): string[] {
    return this.#sql.networks.all().map(({ network }) => String(network));
  }

  #chains(peers: readonly Readonly<Record<string, unknown>>[]): KeyChain[] {
    return peers.map((row) => {
      const [network, peer] = [String(row.network), String(row.peer)];
      return { network, peer, events: eventsOf(this.#sql.chain.all(network, peer)) };
    });
  }

  #meta(key: string): number {
    return Number(this.#sql.meta.get(key)?.value ?? 0);
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    meta: sql('SELECT value FROM meta WHERE key = ?'),
    missing: sql(`
      SELECT DISTINCT network, peer FROM key_event WHERE logged = 0 AND (network, peer) > (?, ?)
      ORDER BY network, peer LIMIT ?`),
    peers: sql('SELECT DISTINCT network, peer FROM key_event ORDER BY network, peer'),
    networks: sql('SELECT DISTINCT network FROM key_event'),
    chain: sql('SELECT * FROM key_event WHERE network = ? AND peer = ? ORDER BY id'),
  };
}
