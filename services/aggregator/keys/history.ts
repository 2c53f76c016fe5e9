import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ControlEntry } from '../control/control.ts';
import { eventsOf, isNewer, type KeyChain, sharedLength } from './chain.ts';
import { currentKey, type KeyEvent, rotationOf, type Way } from './rotation.ts';

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
   *
   * @param isLogged it was read in the log of the replicas, which so has it
   */
  apply({ epoch, at, data }: ControlEntry, isLogged: boolean): void {
    const sent = rotationOf(data);
    if (sent === undefined) return;
    const { network, oldKey, newKey, how } = sent;
    const peer = this.firstName(network, sent.peer);
    if (isLogged) this.#sql.found.run(network, peer, oldKey, newKey, epoch, at);
    const last = this.#sql.last.get(network, peer);
    const current = currentKey(peer, last && { newKey: String(last.new_key) });
    if (current !== oldKey || newKey === oldKey || (how === 'introduced') !== (oldKey === '')) return;
    if (this.#sql.used.get(network, newKey, newKey) !== undefined) return;
    this.#add({ ...sent, peer, epoch, at }, isLogged);
    this.#name(network, peer, oldKey, newKey, sent.until, how);
  }

  /**
   * Within a transaction. Takes what another replica has of a peer's keys in place of what is here, where that is newer. Where it is not, the log may
   * lack what is here; so it is noted, and then brought there.
   */
  merge({ network, peer, events }: KeyChain, isLogged: boolean): void {
    const here = this.#chain(network, peer);
    const shared = sharedLength(events, here);
    if (shared === events.length) {
      if (!isLogged) return;
      for (const [index, { newKey }] of here.entries())
        this.#sql.setLogged.run(index < shared ? 1 : 0, network, newKey);
      return;
    }
    const peers = new Set([peer, ...events.flatMap(({ newKey }) => this.#usersOf(network, newKey))]);
    if ([...peers].every((each) => isNewer(events, this.#chain(network, each)))) {
      for (const each of peers) this.#sql.remove.run(network, each);
      for (const event of events) this.#add(event, isLogged);
      this.#isKnown = false;
    } else if (isLogged) {
      for (const each of peers) this.#sql.want.run(network, each);
    }
  }

  /** Read again when it is needed: the disk that has just failed may fail once more. */
  rolledBack(): void {
    this.#isKnown = false;
  }

  #chain(network: string, peer: string): KeyEvent[] {
    return eventsOf(this.#sql.chain.all(network, peer));
  }

  /** Peers of which a key is, or was, one. */
  #usersOf(network: string, key: string): string[] {
    return this.#sql.users.all(network, key, key).map(({ peer }) => String(peer));
  }

  #add({ network, peer, at, epoch, oldKey, newKey, until, how, signature }: KeyEvent, isLogged: boolean): void {
    this.#sql.add.run(network, peer, at, epoch, oldKey, newKey, until, how, signature, isLogged ? 1 : 0);
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
      INSERT INTO key_event (network, peer, at, epoch, old_key, new_key, until, how, signature, logged)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    chain: sql('SELECT * FROM key_event WHERE network = ? AND peer = ? ORDER BY id'),
    users: sql('SELECT DISTINCT peer FROM key_event WHERE network = ? AND (new_key = ? OR old_key = ?)'),
    remove: sql('DELETE FROM key_event WHERE network = ? AND peer = ?'),
    found: sql(`
      UPDATE key_event SET logged = 1
      WHERE network = ? AND peer = ? AND old_key = ? AND new_key = ? AND epoch = ? AND at = ?`),
    setLogged: sql('UPDATE key_event SET logged = ? WHERE network = ? AND new_key = ?'),
    want: sql('UPDATE key_event SET logged = 0 WHERE network = ? AND peer = ?'),
  };
}
