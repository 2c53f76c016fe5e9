import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { backupName } from '../../services/aggregator/backup/schedule.ts';
import { makeBackup, type WriteOptions, type Written, writeBackup } from '../../services/aggregator/backup/write.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { count, json } from '../output.ts';
import { progressOn } from '../progress.ts';
import { type AggregatorOptions, aggregatorAt, reasonOf, unreachable } from './aggregator.ts';
import { explained } from './backupFaults.ts';
import { requireReadable } from './readable.ts';
import { mebibytes } from './size.ts';

export interface BackupOptions extends AggregatorOptions {
  /** A folder, or the file. */
  readonly path: string;
  /** A database on this machine, in place of an aggregator that is asked. */
  readonly database?: string;
  readonly ageRecipient?: string;
}

const STAGES = { copying: 'copied', writing: 'written', proving: 'restored into a scratch copy' } as const;

/** All of the store as one file, which is there when it has been restored into a scratch copy and compared. */
export async function backupPeers(options: BackupOptions, io: Io): Promise<ExitCode> {
  const recipients = options.ageRecipient?.split(',').map((each) => each.trim()) ?? [];
  const target = targetOf(resolve(io.cwd, options.path), recipients.length > 0);
  const progress = progressOn(io);
  const written = await interruptible(async (signal) => {
    const onStage: WriteOptions['onStage'] = (stage, done, total) => {
      const part = total > 0 ? `${Math.floor((100 * done) / total)} %` : mebibytes(done);
      progress.show(`${part} ${STAGES[stage]}`);
    };
    try {
      return await make(options, target, { recipients, signal, onStage }, io);
    } catch (error) {
      signal.throwIfAborted();
      throw explained(error, target);
    } finally {
      progress.clear();
    }
  });
  const { bytes, manifest } = written;
  const { at, lastId, rows } = manifest;
  if (options.json) io.out(json({ path: target, bytes, at, last_id: lastId, rows, content: manifest.content }));
  else {
    const samples = count(rows.sample ?? 0, 'sample');
    io.out(
      `${target}: ${mebibytes(bytes)}, ${count(rows.peer ?? 0, 'peer')}, ${samples} as of ${at}; restored and compared\n`,
    );
  }
  return exitCodes.ok;
}

async function make(options: BackupOptions, target: string, write: WriteOptions, io: Io): Promise<Written> {
  if (options.database !== undefined) {
    const path = resolve(io.cwd, options.database);
    requireReadable(path, { none: 'there is no database', remedy: 'name the file that the setting database says' });
    return makeBackup({ path }, target, write);
  }
  const { signal = new AbortController().signal } = write;
  const { body } = await aggregatorAt(options, io, signal).ask('/backup');
  if (body === null) throw unreachable('the aggregator sent nothing', 'see what listens there');
  const received = Readable.fromWeb(body).on('error', () => {});
  return writeBackup(arriving(received), target, { ...write, share: 1 });
}

/** So that a connection that breaks is not told as a fault of the disk. */
async function* arriving(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw unreachable(`the aggregator broke off (${reasonOf(error)}); nothing of it was kept`, 'try again');
  }
}

function targetOf(path: string, encrypted: boolean): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(path, backupName(Date.now(), encrypted)) : path;
}
