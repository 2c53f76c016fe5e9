import { closeSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { codeOf, ServiceFault } from '../fault.ts';

/** With less left on the disk, the next larger commit fails. */
const ROOM_BYTES = 524_288;

export interface DatabaseKind {
  /** What each version of the schema adds to the one before. */
  readonly steps: readonly string[];
  /** Further pragmas, such as the page size of a new file. */
  readonly pragmas?: string;
}

/**
 * Opens a database for its one writer, at the present schema.
 *
 * Durability: WAL with `synchronous=FULL`, so when a commit returns, the operating system has been asked to put the log
 * on the disk (fdatasync) and said that it did. Checkpoints are the writer's: inside a commit they would make that one slow.
 *
 * @throws ServiceFault for a database that a newer program wrote; what SQLite throws where the file cannot be opened
 */
export function openForWriting(path: string, kind: DatabaseKind): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  createForUsAlone(path);
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    db.exec(
      `${kind.pragmas ?? ''}PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16000`,
    );
    migrate(db, path, kind.steps);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * SQLite gives its log the mode of the database. One that is there keeps its own: somebody may want it so.
 *
 * Never opens one that is there: to close it would let go of the locks that SQLite has on it in this process.
 */
function createForUsAlone(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    // What hinders us otherwise hinders SQLite too, which says it as everybody knows it.
    if (codeOf(error) === undefined) throw error;
  }
}

/** All of the work, or nothing of it. */
export function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    // SQLite has already rolled back where the disk was full or failed.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Otherwise a disk with one block left would be called good and full in turn.
 *
 * @throws an Error with code ENOSPC where hardly anything is left
 */
export function requireRoom(path: string): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize >= ROOM_BYTES) return;
  throw Object.assign(new Error(`only ${Math.floor((bavail * bsize) / 1024)} KiB are left on the disk`), {
    code: 'ENOSPC',
  });
}

/** Brings an open database to the present schema, one transaction per step. */
function migrate(db: DatabaseSync, path: string, steps: readonly string[]): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (version > steps.length) {
    throw new ServiceFault(
      `the database ${path} has schema ${version}; this program knows ${steps.length}`,
      'start the newer program that wrote it, or choose another database file',
    );
  }
  for (const [index, step] of steps.entries()) {
    if (index < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}
