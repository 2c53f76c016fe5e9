import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Roster } from './roster.ts';
import type { Views } from './views.ts';

/** Rows that one step looks at: some milliseconds, so that a commit does not wait long. */
const STEP = 2_000;
/** How long a batch that named itself is known, in seconds: longer than any sender tries again. */
const BATCHES_KEPT = 86_400;

/**
 * Forgets samples, from the oldest on: those before a time, and those that have as many newer ones of the same peer as
 * are kept. A chain is only shortened at its end: a sample that came late is older than those before it, and cutting
 * there would hide them.
 *
 * What a view holds stays as long as it does.
 *
 * A walk goes over all samples, a step at a time; the next call after its end begins a new one.
 */
export class Pruner {
  readonly #sql: ReturnType<typeof prepare>;
  readonly #roster: Roster;
  readonly #views: Views;
  readonly #history: number;
  #at = 0;
  #pruned = 0;

  constructor(db: DatabaseSync, roster: Roster, views: Views, history: number) {
    this.#sql = prepare(db);
    this.#roster = roster;
    this.#views = views;
    this.#history = history;
  }

  /** Samples that were taken away so far. */
  get pruned(): number {
    return this.#pruned;
  }

  /** The sample that the walk has come to; 0 before its first step and after its last. */
  get at(): number {
    return this.#at;
  }

  goOnBehind(sample: number): void {
    this.#at = sample;
  }

  /** @param before Unix milliseconds. @returns whether the walk goes on */
  step(before: number): boolean {
    const oldest = this.#views.oldest(Math.floor(before / 1000));
    const rows = this.#sql.rows.all(this.#at, STEP);
    for (const { id, peer, at, seq, prev } of rows) {
      this.#at = Number(id);
      const longest = this.#views.seq(Number(peer), this.#roster.seq(Number(peer)));
      const keep = Number(at) >= oldest && Number(seq) > longest - this.#history;
      if (keep || (prev !== 0 && this.#sql.exists.get(Number(prev)) !== undefined)) continue;
      this.#sql.remove.run(Number(id));
      this.#pruned += 1;
    }
    if (rows.length === STEP) return true;
    this.#at = 0;
    this.#sql.removeBatches.run(Math.floor(Date.now() / 1000) - BATCHES_KEPT);
    return false;
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    rows: sql('SELECT id, peer, at, seq, prev FROM sample WHERE id > ? ORDER BY id LIMIT ?'),
    exists: sql('SELECT 1 FROM sample WHERE id = ?'),
    remove: sql('DELETE FROM sample WHERE id = ?'),
    removeBatches: sql('DELETE FROM batch WHERE received_at < ?'),
  };
}
