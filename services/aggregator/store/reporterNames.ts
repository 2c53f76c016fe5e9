import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Names of reporters by their numbers. One keeps its name, and there are few of them beside the samples. */
export class ReporterNames {
  readonly #known = new Map<number, string>();
  readonly #sql: StatementSync;

  constructor(db: DatabaseSync) {
    this.#sql = db.prepare('SELECT name FROM reporter WHERE id = ?');
  }

  of(id: number): string {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const name = String(this.#sql.get(id)?.name ?? '');
    this.#known.set(id, name);
    return name;
  }
}
