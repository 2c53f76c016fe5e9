import { createReadStream, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { addAbortSignal, type Readable } from 'node:stream';
import { messageOf } from '../../shared/fault.ts';
import { checkCopy } from './check.ts';
import { unpack } from './container.ts';
import { opened } from './crypt.ts';
import { BackupFault, unfit } from './fault.ts';
import type { Quietly } from './inThread.ts';
import type { Manifest } from './manifest.ts';
import { syncFolder } from './write.ts';

export interface RestoreOptions extends Quietly {
  /** `AGE-SECRET-KEY-1…` */
  readonly identities?: readonly string[];
  /** Whether a database that is there, and that nobody uses, may be replaced. It is kept under another name. */
  readonly replace?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Where the database that was there is now. */
  readonly kept: string | undefined;
}

/** The database is not ours to replace. */
export class DatabaseTaken extends BackupFault {
  override name = 'DatabaseTaken';

  constructor(reason: string, remedy: string) {
    super('unfit', reason, remedy);
  }
}

/**
 * Puts the database of a backup in its place, when it has been compared with its manifest there: before that it has another name,
 * which is gone whatever happens.
 *
 * @param from a path, or what comes out of a pipe
 * @throws BackupFault, DatabaseTaken, what the system says, the signal's reason
 */
export async function restoreBackup(
  from: string | Readable,
  database: string,
  options: RestoreOptions = {},
): Promise<Restored> {
  const { signal, identities = [], onProgress } = options;
  const draft = `${database}.${process.pid}.restore`;
  requirePlace(database, options);
  const bytes = typeof from === 'string' ? createReadStream(from) : from;
  if (signal !== undefined) addAbortSignal(signal, bytes);
  try {
    const manifest = await unpack(opened(bytes, identities), draft, (done, total) => {
      signal?.throwIfAborted();
      onProgress?.(done, total);
    });
    await checkCopy(draft, manifest, options);
    signal?.throwIfAborted();
    const kept = putInPlace(draft, database);
    await syncFolder(dirname(database));
    return { manifest, kept };
  } finally {
    for (const left of [draft, `${draft}-wal`, `${draft}-shm`]) rmSync(left, { force: true });
  }
}

/** Before the work, so that nobody waits for nothing. */
function requirePlace(database: string, { replace = false }: RestoreOptions): void {
  if (existsSync(database)) {
    if (!replace) {
      throw new DatabaseTaken(
        `the database ${database} exists already, and is left as it is`,
        'choose another place, or stop its service and give --replace, which keeps the old one beside it',
      );
    }
    alone(database).close();
    return;
  }
  const log = ['-wal', '-journal'].map((end) => `${database}${end}`).find((path) => existsSync(path));
  if (log === undefined) return;
  throw new DatabaseTaken(
    `${log} is the log of a database that is gone; SQLite would apply it to the restored one`,
    'move it away, or choose another place',
  );
}

/** @returns where the old one is now */
function putInPlace(draft: string, database: string): string | undefined {
  if (!existsSync(database)) {
    renameSync(draft, database);
    return undefined;
  }
  // Held until the new one is in its place, so that no service opens the old one meanwhile.
  const old = alone(database);
  try {
    const kept = `${database}.before-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
    linkSync(database, kept);
    renameSync(draft, database);
    return kept;
  } finally {
    old.close();
  }
}

/**
 * Opens a database for us alone, its log moved into it.
 *
 * A database in WAL mode can leave that mode only while no other process has it open.
 *
 * @throws DatabaseTaken
 */
function alone(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    if (/locked|busy/.test(messageOf(error))) {
      throw new DatabaseTaken(`the database ${path} is in use`, 'stop the aggregator that uses it, then try again');
    }
    throw unfit(`${path} that is to be replaced cannot be read: ${messageOf(error)}`, 'move it away yourself');
  }
}
