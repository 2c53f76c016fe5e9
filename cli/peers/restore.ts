import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { restoreBackup } from '../../services/aggregator/backup/restore.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { count, json } from '../output.ts';
import { progressOn } from '../progress.ts';
import { explained } from './backupFaults.ts';
import { requireReadable } from './readable.ts';

export interface RestoreOptions {
  readonly from: string;
  readonly database: string;
  readonly ageIdentity?: string;
  readonly replace: boolean;
  readonly json: boolean;
}

/** The database of a backup, in its place when it has been compared with what the backup says. */
export async function restorePeers(options: RestoreOptions, io: Io): Promise<ExitCode> {
  const from = options.from === '-' ? standardInput() : requireBackup(resolve(io.cwd, options.from));
  const database = resolve(io.cwd, options.database);
  if (statSync(database, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CliError(`--database: ${database} is a folder`, {
      remedy: `name the file in it: ${join(options.database, 'aggregator.db')}`,
    });
  }
  const identities = options.ageIdentity === undefined ? [] : identitiesIn(resolve(io.cwd, options.ageIdentity));
  const { replace } = options;
  const progress = progressOn(io);
  const { manifest, kept } = await interruptible(async (signal) => {
    const onProgress = (done: number, total: number) =>
      progress.show(`${Math.floor((100 * done) / Math.max(1, total))} % unpacked; then it is compared`);
    try {
      return await restoreBackup(from, database, { identities, replace, signal, share: 1, onProgress });
    } catch (error) {
      signal.throwIfAborted();
      throw explained(error, database);
    } finally {
      progress.clear();
    }
  });
  const { at, lastId, rows } = manifest;
  if (options.json) io.out(json({ database, at, last_id: lastId, rows, kept: kept ?? null }));
  else {
    io.out(
      `${database}: ${count(rows.peer ?? 0, 'peer')}, ${count(rows.sample ?? 0, 'sample')} as of ${at}, compared\n`,
    );
    if (kept !== undefined) io.err(`The database that was there is now ${kept}\n`);
  }
  return exitCodes.ok;
}

function requireBackup(path: string): string {
  return requireReadable(path, { none: '--from: there is no backup', remedy: 'name the file that peers backup wrote' });
}

function standardInput(): Readable {
  if (!process.stdin.isTTY) return process.stdin;
  throw new CliError('--from -: nothing is piped into this command', { remedy: 'as in: cat peers.tar | … --from -' });
}

/** As age-keygen writes them. The file is not repeated in messages: it holds a secret. */
function identitiesIn(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new CliError(`--age-identity: the file ${path} cannot be read`, {
      remedy: 'name the file that age-keygen wrote',
    });
  }
  const found = text.split(/\r?\n/).filter((line) => line.startsWith('AGE-SECRET-KEY-'));
  if (found.length > 0) return found.map((line) => line.trim());
  throw new CliError(`--age-identity: ${path} holds no AGE-SECRET-KEY-…`, {
    remedy: 'name the file that age-keygen wrote',
  });
}
