import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

const COLUMNS = ['id', 'peer', 'reporter', 'at', 'seq', 'prev', 'body'] as const;
/** Rows of one statement: a call for each row would take a fourth of the time of a commit. */
const TOGETHER = 10;

/** Adds samples, some at a time. They are there after `flush`. */
export class SampleRows {
  readonly #one: StatementSync;
  readonly #many: StatementSync;
  #waiting: SQLInputValue[] = [];

  constructor(db: DatabaseSync) {
    const insert = (rows: number): StatementSync => {
      const row = `(${COLUMNS.map(() => '?').join(', ')})`;
      return db.prepare(`INSERT INTO sample (${COLUMNS.join(', ')}) VALUES ${Array(rows).fill(row).join(', ')}`);
    };
    this.#one = insert(1);
    this.#many = insert(TOGETHER);
  }

  add(id: number, peer: number, reporter: number, at: number, seq: number, prev: number, body: Uint8Array): void {
    this.#waiting.push(id, peer, reporter, at, seq, prev, body);
    if (this.#waiting.length < TOGETHER * COLUMNS.length) return;
    this.#many.run(...this.#waiting);
    this.#waiting = [];
  }

  flush(): void {
    for (let at = 0; at < this.#waiting.length; at += COLUMNS.length) {
      this.#one.run(...this.#waiting.slice(at, at + COLUMNS.length));
    }
    this.#waiting = [];
  }

  /** The transaction has failed: what waits is not wanted any more. */
  forget(): void {
    this.#waiting = [];
  }
}
