import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { RowsBehind } from './rowsBehind.ts';

type Column = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Peers that have several names, the first first: one that has another key may have another name. */
interface Names {
  firstName(network: string, name: string): string;
  namesOf(network: string, name: string): readonly string[];
}
const ONE_EACH: Names = { firstName: (_network, name) => name, namesOf: (_network, name) => [name] };

/** Numbers that are noted of a peer before a commit changes it. */
const BEFORE = 4;

/**
 * All peers, in memory: where the chain of each begins, how long it is, how recent.
 *
 * The columns are arrays by the peer's id: eight bytes for a number, where an object for each peer has a header and pointers.
 */
export class Roster {
  readonly #networks = new Map<string, { readonly id: number; readonly peers: Map<string, number> }>();
  readonly #reporters = new Map<string, number>();
  #heads = new Float64Array(1_024);
  #seqs = new Float64Array(1_024);
  #lastAts = new Uint32Array(1_024);
  readonly #behind = new RowsBehind();
  #count = 0;
  #networkOf = new Uint32Array(1_024);
  /** How many peers of each network were last heard of in each stretch of `grain` seconds, so that nobody has to count all of them. */
  readonly #heardOf = new Map<number, Map<number, number>>();
  readonly #grain: number;
  readonly #names: Names;
  readonly #sql: ReturnType<typeof prepare>;
  /** What the commit under way has changed, undone when it fails: peer, head, seq and last time, one after the other. */
  #changed: number[] = [];
  /** The commit that changed a peer last, so that what was before is noted once. */
  #changedIn = new Uint32Array(1_024);
  #commit = 1;
  #added: { readonly peers: Map<string, number>; readonly name: string }[] = [];
  #addedNames: (() => void)[] = [];

  /** @param grain seconds: as exactly as this it is known when a peer was last heard of */
  constructor(db: DatabaseSync, grain = 60, names: Names = ONE_EACH) {
    this.#grain = grain;
    this.#names = names;
    this.#sql = prepare(db);
    for (const { id, name } of this.#sql.networks.iterate()) {
      this.#networks.set(String(name), { id: Number(id), peers: new Map() });
    }
    for (const { id, name } of this.#sql.reporters.iterate()) this.#reporters.set(String(name), Number(id));
    const byId = new Map([...this.#networks.values()].map((network) => [network.id, network.peers]));
    for (const row of this.#sql.peers.iterate()) {
      const id = Number(row.id);
      byId.get(Number(row.network))?.set(String(row.name), id);
      this.#room(id);
      this.#networkOf[id] = Number(row.network);
      this.#heads[id] = Number(row.head);
      this.#seqs[id] = Number(row.seq);
      this.#setLastAt(id, Number(row.last_at));
      this.#count += 1;
    }
    for (const row of this.#sql.unflushed.iterate()) {
      const peer = Number(row.peer);
      this.#heads[peer] = Number(row.id);
      this.#seqs[peer] = Number(row.seq);
      this.#setLastAt(peer, Math.max(this.lastAt(peer), Number(row.at)));
      this.#behind.mark(peer);
    }
  }

  /** How many peers there are. */
  get size(): number {
    return this.#count;
  }

  get reporters(): number {
    return this.#reporters.size;
  }

  /** Peers of each network that were heard of since this time, to the grain; networks without any too. @param since Unix seconds */
  active(since: number): Record<string, number> {
    const counts = [...this.#networks].map(([name, { id }]): [string, number] => {
      let sum = 0;
      for (const [slot, count] of this.#heardOf.get(id) ?? []) if (slot * this.#grain >= since) sum += count;
      return [name, sum];
    });
    return Object.fromEntries(counts);
  }

  /** Of these names, how many are no peers yet. */
  unknown(network: string, names: readonly string[]): number {
    const peers = this.#networks.get(network)?.peers;
    const isKnown = (name: string) => peers?.has(name) || peers?.has(this.#names.firstName(network, name));
    return new Set(names.filter((name) => !isKnown(name))).size;
  }

  unknownReporters(names: readonly string[]): number {
    return new Set(names.filter((name) => !this.#reporters.has(name))).size;
  }

  /** @returns the id of a reporter, known or new */
  reporter(name: string): number {
    const known = this.#reporters.get(name);
    if (known !== undefined) return known;
    const id = Number(this.#sql.addReporter.run(name).lastInsertRowid);
    this.#reporters.set(name, id);
    this.#addedNames.push(() => this.#reporters.delete(name));
    return id;
  }

  /** @returns the id of a peer, known or new */
  peer(network: string, name: string, at: number): number {
    const { id: networkId, peers } = this.#network(network);
    const known = peers.get(name);
    if (known !== undefined) return known;
    const first = this.#names.firstName(network, name);
    if (first !== name) {
      const same = this.peer(network, first, at);
      peers.set(name, same);
      this.#addedNames.push(() => peers.delete(name));
      return same;
    }
    const id = Number(this.#sql.addPeer.run(networkId, name, at).lastInsertRowid);
    this.#room(id);
    this.#networkOf[id] = networkId;
    peers.set(name, id);
    this.#added.push({ peers, name });
    this.#count += 1;
    return id;
  }

  /** @returns the ids under which a peer is known: several where it sent under its new name before we heard of that */
  find(network: string, name: string): readonly number[] {
    const peers = this.#networks.get(network)?.peers;
    const ids = this.#names.namesOf(network, name).map((each) => peers?.get(each));
    return [...new Set(ids.filter((id) => id !== undefined))];
  }

  head(peer: number): number {
    return this.#heads[peer] ?? 0;
  }

  seq(peer: number): number {
    return this.#seqs[peer] ?? 0;
  }

  lastAt(peer: number): number {
    return this.#lastAts[peer] ?? 0;
  }

  /** Where all chains begin and how long they are, by peer, as copies that stay as they are. */
  moment(): { readonly heads: Float64Array<ArrayBuffer>; readonly seqs: Float64Array<ArrayBuffer> } {
    return { heads: this.#heads.slice(), seqs: this.#seqs.slice() };
  }

  /** Puts a sample before all others of its peer. */
  advance(peer: number, sample: number, at: number): void {
    if (this.#changedIn[peer] !== this.#commit) {
      this.#changedIn[peer] = this.#commit;
      this.#changed.push(peer, this.head(peer), this.seq(peer), this.lastAt(peer));
    }
    this.#heads[peer] = sample;
    this.#seqs[peer] = this.seq(peer) + 1;
    if (at > this.lastAt(peer)) this.#setLastAt(peer, at);
  }

  /** Whether some of the rows that were behind are saved, and others wait for the next commits. */
  get flushing(): boolean {
    return this.#behind.inRound;
  }

  /**
   * Brings so many rows up to date; within a transaction.
   *
   * @param upTo the last sample of the commit before
   */
  flushSome(most: number, upTo: number): void {
    const { peers, upTo: reached } = this.#behind.next(most, upTo);
    for (const peer of peers) this.#save(peer);
    if (reached !== undefined) this.#sql.saveFlushed.run(reached);
  }

  /** Brings all rows up to date, up to this sample; within a transaction that adds no sample, and is the last. */
  flush(upTo: number): void {
    for (const peer of this.#behind.all()) this.#save(peer);
    this.#sql.saveFlushed.run(upTo);
  }

  /** The transaction has succeeded. */
  committed(): void {
    for (let at = 0; at < this.#changed.length; at += BEFORE) this.#behind.mark(this.#changed[at] ?? 0);
    this.#behind.committed();
    this.#forget();
  }

  /** The transaction has failed: all is as before. */
  rolledBack(): void {
    this.#behind.rolledBack();
    for (let at = 0; at < this.#changed.length; at += BEFORE) {
      const [peer = 0, head = 0, seq = 0, lastAt = 0] = this.#changed.slice(at, at + BEFORE);
      this.#heads[peer] = head;
      this.#seqs[peer] = seq;
      this.#setLastAt(peer, lastAt);
    }
    for (const { peers, name } of this.#added) peers.delete(name);
    this.#count -= this.#added.length;
    for (const undo of this.#addedNames) undo();
    this.#forget();
  }

  #setLastAt(peer: number, at: number): void {
    const before = this.lastAt(peer);
    this.#lastAts[peer] = at;
    const [left, entered] = [Math.floor(before / this.#grain), Math.floor(at / this.#grain)];
    if (left === entered) return;
    if (before !== 0) this.#heard(peer, left, -1);
    if (at !== 0) this.#heard(peer, entered, 1);
  }

  #save(peer: number): void {
    this.#sql.savePeer.run(this.head(peer), this.seq(peer), this.lastAt(peer), peer);
  }

  #heard(peer: number, slot: number, change: number): void {
    const network = this.#networkOf[peer] ?? 0;
    const slots = this.#heardOf.get(network) ?? new Map<number, number>();
    this.#heardOf.set(network, slots);
    const count = (slots.get(slot) ?? 0) + change;
    if (count === 0) slots.delete(slot);
    else slots.set(slot, count);
  }

  #forget(): void {
    this.#changed = [];
    this.#added = [];
    this.#addedNames = [];
    this.#commit += 1;
  }

  #network(name: string): { readonly id: number; readonly peers: Map<string, number> } {
    const known = this.#networks.get(name);
    if (known !== undefined) return known;
    const network = { id: Number(this.#sql.addNetwork.run(name).lastInsertRowid), peers: new Map<string, number>() };
    this.#networks.set(name, network);
    this.#addedNames.push(() => this.#networks.delete(name));
    return network;
  }

  #room(id: number): void {
    if (id < this.#heads.length) return;
    const length = Math.max(id + 1, this.#heads.length * 2);
    const grow = <A extends Column>(next: A, old: A): A => {
      next.set(old);
      return next;
    };
    this.#heads = grow(new Float64Array(length), this.#heads);
    this.#seqs = grow(new Float64Array(length), this.#seqs);
    this.#lastAts = grow(new Uint32Array(length), this.#lastAts);
    this.#networkOf = grow(new Uint32Array(length), this.#networkOf);
    this.#changedIn = grow(new Uint32Array(length), this.#changedIn);
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    networks: sql('SELECT id, name FROM network'),
    reporters: sql('SELECT id, name FROM reporter'),
    peers: sql('SELECT id, network, name, head, seq, last_at FROM peer'),
    unflushed: sql(
      "SELECT id, peer, seq, at FROM sample WHERE id > (SELECT value FROM meta WHERE key = 'flushed') ORDER BY id",
    ),
    addNetwork: sql('INSERT INTO network (name) VALUES (?)'),
    addReporter: sql('INSERT INTO reporter (name) VALUES (?)'),
    addPeer: sql('INSERT INTO peer (network, name, first_at) VALUES (?, ?, ?)'),
    savePeer: sql('UPDATE peer SET head = ?, seq = ?, last_at = ? WHERE id = ?'),
    saveFlushed: sql("UPDATE meta SET value = ? WHERE key = 'flushed'"),
  };
}
