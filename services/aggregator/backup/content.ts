import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

export interface Content {
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>;
  /** SHA-256, in hexadecimal. */
  readonly digest: string;
}

/** Rows between two calls of `rest`. */
const TURN = 20_000;
const BUFFER_BYTES = 1_048_576;

/**
 * What a database holds, however its pages lie: every table by name, every row by its key, every value with its type and length.
 *
 * @param rest called now and then; may throw to end it
 */
export function contentOf(db: DatabaseSync, rest: () => void = () => {}): Content {
  const sink = new Sink();
  const rows: Record<string, number> = {};
  for (const { name, order } of tablesOf(db)) {
    sink.text(`${JSON.stringify(name)}\n`);
    const statement = db.prepare(`SELECT * FROM ${quoted(name)} ORDER BY ${order}`);
    statement.setReturnArrays(true);
    let count = 0;
    for (const row of statement.iterate()) {
      for (const value of Object.values(row)) sink.value(value);
      sink.text('\n');
      count += 1;
      if (count % TURN === 0) rest();
    }
    rows[name] = count;
  }
  return { rows, digest: sink.digest() };
}

function tablesOf(db: DatabaseSync): { readonly name: string; readonly order: string }[] {
  const tables = db.prepare("SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'").all();
  return tables
    .map(({ name, wr }) => ({ name: String(name), withoutRowId: wr === 1 }))
    .filter(({ name }) => !name.startsWith('sqlite_'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, withoutRowId }) => ({ name, order: withoutRowId ? keyOf(db, name) : 'rowid' }));
}

function keyOf(db: DatabaseSync, table: string): string {
  const columns = db.prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk').all(table);
  return columns.map(({ name }) => quoted(String(name))).join(', ');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Gathers what is hashed: a call of the hash for each value would be most of the work. */
class Sink {
  readonly #hash = createHash('sha256');
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #at = 0;

  value(value: unknown): void {
    if (value instanceof Uint8Array) {
      this.text(`b${value.length}:`);
      this.#bytes(value);
    } else if (typeof value === 'string') this.text(`t${value.length}:${value}`);
    else this.text(value === null ? '-' : `n${value};`);
  }

  text(text: string): void {
    // UTF-8 takes up to three bytes for each unit of a string.
    if (text.length * 3 > BUFFER_BYTES) this.#bytes(Buffer.from(text));
    else {
      if (this.#at + text.length * 3 > BUFFER_BYTES) this.#flush();
      this.#at += this.#buffer.write(text, this.#at);
    }
  }

  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #bytes(bytes: Uint8Array): void {
    if (this.#at + bytes.length > BUFFER_BYTES) this.#flush();
    if (bytes.length > BUFFER_BYTES) this.#hash.update(bytes);
    else {
      this.#buffer.set(bytes, this.#at);
      this.#at += bytes.length;
    }
  }

  #flush(): void {
    this.#hash.update(this.#buffer.subarray(0, this.#at));
    this.#at = 0;
  }
}
