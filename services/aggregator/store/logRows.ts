import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { inTransaction } from '../../shared/store/database.ts';
import { WANT_KEYS, WANT_MARK } from '../control/decided.ts';
import type { KeptPart, LogMark, OwnPart, Question, Reply } from './records.ts';

type LogQuestion = Extract<Question, { readonly ask: 'log' | 'unseen' | 'beginLog' | 'forgetOwn' }>;

/**
 * How far this replica has read the log that all replicas share, and what it accepted itself and has to bring there.
 *
 * A part of an own batch is kept after it was seen in the log, too: the log may lose it even then.
 */
export class LogRows {
  readonly #db: DatabaseSync;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#sql = prepare(db);
  }

  answer(question: LogQuestion): Reply {
    let parts: readonly OwnPart[] = [];
    if (question.ask === 'unseen') parts = this.unseen(question.after, question.limit);
    else if (question.ask === 'beginLog') inTransaction(this.#db, () => this.begin(question.mark));
    else if (question.ask === 'forgetOwn') this.forget(question.seenBefore, question.upTo);
    else if (question.since !== undefined) this.#sql.setSince.run(question.since);
    const since = Number(this.#sql.since.get()?.value ?? 0);
    return { of: 'log', mark: this.mark(), since, unseen: this.countUnseen(), parts };
  }

  /** @returns undefined where nothing was read yet */
  mark(): LogMark | undefined {
    const row = this.#sql.mark.get();
    if (row === undefined) return undefined;
    return { stream: String(row.stream), seq: Number(row.seq), name: String(row.name), at: Number(row.at) };
  }

  /** Within a transaction, with what was read there. */
  setMark({ stream, seq, name, at }: LogMark): void {
    this.#sql.setMark.run(stream, seq, name, at);
  }

  /** That a message was found in the log. */
  seen({ name, seq }: LogMark, now: number): void {
    this.#sql.seen.run(seq, now, name);
  }

  /** @param name with the network: `the-block/batch-7` */
  keep(name: string, receivedAt: number, body: Uint8Array): void {
    this.#sql.keep.run(name, receivedAt, body);
  }

  /** Own parts that were not found in the log yet, in their order. @param after an id; 0 for the first */
  unseen(after: number, limit: number): OwnPart[] {
    return this.#sql.unseen.all(after, limit).flatMap(({ id, name, received_at, body }) => {
      if (!(body instanceof Uint8Array)) return [];
      return [{ id: Number(id), name: String(name), receivedAt: Number(received_at), body: Uint8Array.from(body) }];
    });
  }

  countUnseen(): number {
    return Number(this.#sql.countUnseen.get()?.parts ?? 0);
  }

  /** Forgets own parts that every replica has. @returns how many */
  forget(seenBefore: number, upTo: number): number {
    return Number(this.#sql.forget.run(seenBefore, upTo).changes);
  }

  /** The log is another one than before: it is read from there on, and whether it has what is ours has to be seen again. */
  begin(mark: LogMark): void {
    this.#sql.unsee.run();
    this.#sql.wantMark.run();
    this.#sql.wantKeys.run();
    this.setMark(mark);
  }

  all(): KeptPart[] {
    return this.#sql.all.all().flatMap((row) => {
      if (!(row.body instanceof Uint8Array)) return [];
      const [id, receivedAt] = [Number(row.id), Number(row.received_at)];
      const [seenSeq, seenAt] = [Number(row.seen_seq), Number(row.seen_at)];
      return [{ id, name: String(row.name), receivedAt, body: Uint8Array.from(row.body), seenSeq, seenAt }];
    });
  }

  /** In place of what is kept: that is another replica's, whose database this was. */
  replace(parts: readonly KeptPart[]): void {
    inTransaction(this.#db, () => {
      this.#sql.disown.run();
      for (const { name, receivedAt, body, seenSeq, seenAt } of parts) {
        this.#sql.restore.run(name, receivedAt, body, seenSeq, seenAt);
      }
    });
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    mark: sql('SELECT stream, seq, name, at FROM log WHERE id = 1'),
    setMark: sql('INSERT OR REPLACE INTO log (id, stream, seq, name, at) VALUES (1, ?, ?, ?, ?)'),
    seen: sql('UPDATE own SET seen_seq = ?, seen_at = ? WHERE name = ?'),
    keep: sql('INSERT OR IGNORE INTO own (name, received_at, body) VALUES (?, ?, ?)'),
    unseen: sql('SELECT id, name, received_at, body FROM own WHERE seen_seq = 0 AND id > ? ORDER BY id LIMIT ?'),
    countUnseen: sql('SELECT count(*) AS parts FROM own WHERE seen_seq = 0'),
    forget: sql('DELETE FROM own WHERE seen_seq > 0 AND seen_at < ? AND seen_seq <= ?'),
    unsee: sql('UPDATE own SET seen_seq = 0 WHERE seen_seq > 0'),
    since: sql("SELECT value FROM meta WHERE key = 'since'"),
    setSince: sql("UPDATE meta SET value = ? WHERE key = 'since'"),
    wantMark: sql(WANT_MARK),
    wantKeys: sql(WANT_KEYS),
    all: sql('SELECT id, name, received_at, body, seen_seq, seen_at FROM own ORDER BY id'),
    disown: sql('DELETE FROM own'),
    restore: sql('INSERT INTO own (name, received_at, body, seen_seq, seen_at) VALUES (?, ?, ?, ?, ?)'),
  };
}
