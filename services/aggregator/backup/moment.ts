import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, fsyncSync, openSync, readSync, rmSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { contentOf } from './content.ts';
import type { Manifest } from './manifest.ts';
import { pacer } from './pace.ts';

/** Pages of one step, of 8 KiB each: what a commit beside us may have to wait for. */
const STEP_PAGES = 256;
const ROOM_BYTES = 67_108_864;
const CHUNK_BYTES = 1_048_576;
/** Said here once more: what reads manifests takes a while to load, and this runs in a thread that is made for each copy. */
const FORMAT: Manifest['format'] = 'chainwatch-aggregator-backup-1';

export interface MomentOptions {
  /** See `pacer`. */
  readonly share: number;
  /** Asked between two steps; throws to end it. */
  readonly check: () => void;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Copies the moment that a database shows now to a new file, while others write to it.
 *
 * SQLite's own copying of pages, in steps, within one open read transaction: without that, each commit of the service would make
 * it begin anew, and it would never end. Meanwhile the log of the database cannot begin anew, and grows by what is written.
 * After each step the pages are on the disk, or the next commit would have to wait for all of them; then we rest.
 *
 * Nothing that is in memory alone is missing: each sample is in the database before it is acknowledged, and what rows of peers are
 * behind by is read again when the copy is opened, as after a kill.
 *
 * @param to must not be there; taken away again where this fails
 * @throws what SQLite and the system say
 */
export async function copyMoment(from: string, to: string, options: MomentOptions): Promise<Manifest> {
  const rest = pacer(options.share);
  const turn = () => {
    options.check();
    rest();
  };
  // Made by us, so that only its owner may read it.
  const file = openSync(to, 'wx+', 0o600);
  try {
    const seen = await copyPages(from, to, file, turn, options);
    const db = openAlone(to);
    let manifest: Omit<Manifest, 'bytes' | 'sha256'>;
    try {
      const { rows, digest } = contentOf(db, turn);
      manifest = { format: FORMAT, schema: schemaOf(db), at: seen.at, lastId: lastIdOf(db), rows, content: digest };
    } finally {
      db.close();
    }
    if (manifest.lastId !== seen.lastId || manifest.schema !== seen.schema) {
      throw new Error(`the copy ends with sample ${manifest.lastId}, the database with ${seen.lastId}`);
    }
    fsyncSync(file);
    return { ...manifest, ...digestOf(file, turn) };
  } catch (error) {
    for (const left of [to, `${to}-journal`, `${to}-wal`, `${to}-shm`]) rmSync(left, { force: true });
    throw error;
  } finally {
    // Not earlier: a file that is closed anywhere loses the locks that SQLite has on it.
    closeSync(file);
  }
}

async function copyPages(
  from: string,
  to: string,
  file: number,
  turn: () => void,
  options: MomentOptions,
): Promise<{ readonly at: string; readonly schema: number; readonly lastId: number }> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
  try {
    source.exec('BEGIN');
    const seen = { schema: schemaOf(source), lastId: lastIdOf(source), at: new Date().toISOString() };
    requireRoomFor(bytesOf(source), to);
    let failure: unknown;
    await backup(source, to, {
      rate: STEP_PAGES,
      progress: ({ totalPages, remainingPages }) => {
        fdatasyncSync(file);
        options.onProgress(totalPages - remainingPages, totalPages);
        turn();
      },
    }).catch((error: unknown) => {
      failure = error;
    });
    if (failure !== undefined) throw failure;
    return seen;
  } finally {
    source.close();
  }
}

/** One file, without a log beside it: then it can be moved, and read where nothing can be written. */
function openAlone(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = DELETE');
  return db;
}

/** @throws an Error with code ENOSPC: a copy must not take the last room of those who write */
function requireRoomFor(bytes: number, path: string): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize >= bytes + ROOM_BYTES) return;
  const mebibytes = (size: number) => `${Math.ceil(size / 1_048_576)} MiB`;
  const reason = `a copy needs ${mebibytes(bytes + ROOM_BYTES)}; ${mebibytes(bavail * bsize)} are left on the disk`;
  throw Object.assign(new Error(reason), { code: 'ENOSPC', path });
}

/** Its length and SHA-256. */
function digestOf(file: number, turn: () => void): { readonly bytes: number; readonly sha256: string } {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  for (;;) {
    const read = readSync(file, buffer, 0, CHUNK_BYTES, bytes);
    if (read === 0) return { bytes, sha256: hash.digest('hex') };
    hash.update(buffer.subarray(0, read));
    bytes += read;
    if (bytes % (16 * CHUNK_BYTES) === 0) turn();
  }
}

export function schemaOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version);
}

export function lastIdOf(db: DatabaseSync): number {
  return Number(db.prepare('SELECT coalesce(max(id), 0) AS id FROM sample').get()?.id);
}

function bytesOf(db: DatabaseSync): number {
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
  return pages * Number(db.prepare('PRAGMA page_size').get()?.page_size);
}
