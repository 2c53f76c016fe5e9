import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';
import { reasonOf, unreachable } from './aggregator.ts';

/**
 * Writes what is answered to a file, which is there when it is whole: until then it has another name, which is gone whatever happens.
 *
 * @param path absolute; what is there is replaced
 * @returns bytes
 * @throws CliError where the answer breaks off; what the system says of the file; the signal's reason
 */
export async function save(
  answer: Response,
  path: string,
  signal: AbortSignal,
  onBytes: (done: number) => void,
): Promise<number> {
  const draft = `${path}.${process.pid}.draft`;
  try {
    // Who has which peers is nobody else's business.
    const file = await open(draft, 'wx', 0o600);
    let bytes: number;
    try {
      bytes = await copy(answer, file, signal, onBytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    return bytes;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new CliError(`${path} cannot be written: there is no folder ${dirname(path)} that takes files`, {
        exitCode: exitCodes.storage,
        remedy: 'make it, or choose another place',
      });
    }
    // Of the draft nobody has heard.
    throw error instanceof Error && 'code' in error && 'syscall' in error ? Object.assign(error, { path }) : error;
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

async function copy(
  { body, url }: Response,
  file: FileHandle,
  signal: AbortSignal,
  onBytes: (done: number) => void,
): Promise<number> {
  let done = 0;
  const chunks = (body ?? new ReadableStream<Uint8Array>({ start: (controller) => controller.close() })).getReader();
  for (;;) {
    const { value } = await chunks.read().catch((error: unknown) => {
      signal.throwIfAborted();
      const remedy =
        'try again; /metrics of the aggregator says why it ended exports (bulk_export_total), its log more';
      throw unreachable(
        `${new URL(url).origin} broke off after ${done} bytes (${reasonOf(error)}); nothing of it was kept`,
        remedy,
      );
    });
    if (value === undefined) return done;
    await file.writeFile(value);
    done += value.byteLength;
    onBytes(done);
  }
}
