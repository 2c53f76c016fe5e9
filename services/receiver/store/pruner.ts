import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** Rows that one step looks at, so that a commit never waits long behind it. */
const STEP_ROWS = 500;

interface Table {
  /** The next rows behind a key. */
  readonly next: StatementSync;
  /** Takes a row away by its key. */
  readonly remove: StatementSync;
  readonly key: readonly string[];
  readonly age: string;
  readonly first: readonly SQLInputValue[];
}

/**
 * Forgets what is older than the retention, by walking through the tables in the order of their keys: an index by age
 * would cost each commit more than the walk costs in all.
 *
 * Alerts count from their last delivery, so one that still fires stays as long as somebody says so. The transition that
 * led to an alert's present state stays with it.
 */
export class Pruner {
  readonly #tables: readonly Table[];
  #table = 0;
  #from: readonly SQLInputValue[];

  constructor(db: DatabaseSync) {
    const table = (
      name: string,
      key: readonly string[],
      age: string,
      first: readonly SQLInputValue[],
      keep = 'TRUE',
    ): Table => {
      const columns = key.join(', ');
      const marks = key.map(() => '?').join(', ');
      return {
        next: db.prepare(
          `SELECT ${columns}, ${age} FROM ${name} WHERE (${columns}) > (${marks}) ORDER BY ${columns} LIMIT ${STEP_ROWS}`,
        ),
        remove: db.prepare(`DELETE FROM ${name} WHERE (${columns}) = (${marks}) AND ${keep}`),
        key,
        age,
        first,
      };
    };
    this.#tables = [
      table('alert', ['rowid'], 'last_received_at', [0]),
      table('delivery', ['fingerprint', 'starts_at', 'status', 'source', 'channel'], 'last_received_at', [
        '',
        '',
        '',
        '',
        '',
      ]),
      table('watchdog', ['fingerprint'], 'last_fired_at', ['']),
      table('transition', ['id'], 'received_at', [0], TRANSITION_NOT_NEEDED),
    ];
    this.#from = this.#tables[0]?.first ?? [];
  }

  /**
   * Looks at the next rows; to be called inside a transaction.
   *
   * @param before milliseconds; what is older goes
   * @returns false when the walk has come to its end; the next step begins a new one
   */
  step(before: number): boolean {
    const table = this.#tables[this.#table];
    if (table === undefined) return this.#begin(0);
    const rows = table.next.all(...this.#from);
    for (const row of rows) {
      const key = table.key.map((column) => row[column] ?? null);
      if (Number(row[table.age]) < before) table.remove.run(...key);
      this.#from = key;
    }
    return rows.length < STEP_ROWS ? this.#begin(this.#table + 1) : true;
  }

  #begin(table: number): boolean {
    const goesOn = table < this.#tables.length;
    this.#table = goesOn ? table : 0;
    this.#from = this.#tables[this.#table]?.first ?? [];
    return goesOn;
  }
}

const TRANSITION_NOT_NEEDED = `
  id < (SELECT max(id) FROM transition)
  AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.fingerprint = transition.fingerprint AND change_id = transition.id)`;
