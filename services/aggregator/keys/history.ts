import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ControlEntry } from '../control/control.ts';
import { currentKey, rotationOf, type Way } from './rotation.ts';

/**
 * The keys of all peers, as the writer needs them.
 *
 * Where peers are named by their keys, a peer that has another key has another name. Both lead to what is known of it: the new name
 * from the rotation on, the old one until its time is over. Later snapshots under it are not taken: whoever sends them has not
 * heard of the rotation, or is somebody else who holds the old key.
 */
export class KeyHistory {
  readonly #sql: ReturnType<typeof prepare>;
  /** By network and name. */
  #first = new Map<string, string>();
  #names = new Map<string, string[]>();
  #goodUntil = new Map<string, number>();
  #isKnown = false;

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
    this.#load();
  }

  /** The name that a peer came by first. */
  firstName(network: string, name: string): string {
    if (!this.#isKnown) this.#load();
    return this.#first.size === 0 ? name : (this.#first.get(`${network}/${name}`) ?? name);
  }

  /** All names that a peer has had, the first first. @param name any of them */
  namesOf(network: string, name: string): readonly string[] {
    const first = this.firstName(network, name);
    return this.#names.get(`${network}/${first}`) ?? [first];
  }

  /** Before when snapshots under a name are taken. Unix seconds. */
  goodUntil(network: string, name: string): number {
    if (!this.#isKnown) this.#load();
    if (this.#goodUntil.size === 0) return Number.POSITIVE_INFINITY;
    return this.#goodUntil.get(`${network}/${name}`) ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Within a transaction. Nothing happens where the peer has another key by now than whoever decided thought, or where the new key
   * has been somebody's before: a rotation that was signed once cannot be played again.
   */
  apply({ epoch, at, data }: ControlEntry): void {
    const sent = rotationOf(data);
    if (sent === undefined) return;
    const { network, oldKey, newKey, until, how, signature } = sent;
    const peer = this.firstName(network, sent.peer);
    const last = this.#sql.last.get(network, peer);
    const current = currentKey(peer, last && { newKey: String(last.new_key) });
    if (current !== oldKey || newKey === oldKey || (how === 'introduced') !== (oldKey === '')) return;
    if (this.#sql.used.get(network, newKey, newKey) !== undefined) return;
    this.#sql.add.run(network, peer, at, epoch, oldKey, newKey, until, how, signature);
    this.#name(network, peer, oldKey, newKey, until, how);
  }

  /** Read again when it is needed: the disk that has just failed may fail once more. */
  rolledBack(): void {
    this.#isKnown = false;
  }

  #load(): void {
    this.#first = new Map();
    this.#names = new Map();
    this.#goodUntil = new Map();
    this.#isKnown = true;
    for (const { network, peer, old_key, new_key, until, how } of this.#sql.all.iterate()) {
      const way = how === 'signed' || how === 'forced' ? how : 'introduced';
      this.#name(String(network), String(peer), String(old_key), String(new_key), Number(until), way);
    }
  }

  #name(network: string, peer: string, oldKey: string, newKey: string, until: number, how: Way): void {
    if (oldKey === '' || this.firstName(network, oldKey) !== peer) return;
    this.#first.set(`${network}/${newKey}`, peer);
    this.#names.set(`${network}/${peer}`, [...this.namesOf(network, peer), newKey]);
    // A name of 64 digits may be something else than a key: only a signature shows that it is one.
    if (how === 'signed') this.#goodUntil.set(`${network}/${oldKey}`, until);
    if (how === 'forced') this.#endAll(network, peer, until);
  }

  /** One of the keys before may have been stolen, and whoever did so may have rotated on from it. */
  #endAll(network: string, peer: string, at: number): void {
    for (const name of this.namesOf(network, peer)) {
      const until = this.#goodUntil.get(`${network}/${name}`);
      if (until !== undefined) this.#goodUntil.set(`${network}/${name}`, Math.min(until, at));
    }
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    all: sql('SELECT network, peer, old_key, new_key, until, how FROM key_event ORDER BY id'),
    last: sql('SELECT new_key FROM key_event WHERE network = ? AND peer = ? ORDER BY id DESC LIMIT 1'),
    used: sql('SELECT 1 FROM key_event WHERE network = ? AND (new_key = ? OR old_key = ?)'),
    add: sql(`
      INSERT INTO key_event (network, peer, at, epoch, old_key, new_key, until, how, signature)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
  };
}
