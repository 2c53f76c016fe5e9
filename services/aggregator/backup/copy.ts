import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Manifest } from './manifest.ts';
import type { Job, Word } from './thread.ts';

/** What was copied; see Manifest for each figure. */
export type CopyReport = Manifest;

export interface CopyOptions {
  /** Ends it, and takes away what is there of the copy. */
  readonly signal?: AbortSignal;
  /** Of the time that it may work; half where left out, so that commits go on beside it. 1 where nobody else is there. */
  readonly share?: number;
  /** In pages. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Makes a copy of a store that shows one moment, while the service goes on writing: see `copyMoment`.
 *
 * In a thread of its own, since all of it blocks.
 *
 * @param store whose `path` is that of a SQLite database
 * @param path of the copy, which must not be there: a database of one file, mode 0600, on the disk when the promise resolves
 * @throws an Error with the system's code (ENOSPC, EEXIST, …) or what SQLite says; the signal's reason
 */
export async function copyStore(
  store: { readonly path: string },
  path: string,
  options: CopyOptions = {},
): Promise<CopyReport> {
  const { signal, share = 0.5, onProgress } = options;
  signal?.throwIfAborted();
  const stopped = new Int32Array(new SharedArrayBuffer(4));
  const job: Job = { from: store.path, to: path, share, stopped };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: job });
  const stop = () => Atomics.store(stopped, 0, 1);
  signal?.addEventListener('abort', stop);
  const said: Word[] = [];
  worker.on('message', (word: Word) => {
    if (word.say === 'progress') onProgress?.(word.done, word.total);
    else said.push(word);
  });
  try {
    await once(worker, 'exit');
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  const [word] = said;
  if (word?.say === 'done') return word.manifest;
  signal?.throwIfAborted();
  if (word?.say !== 'failed') throw new Error('the thread that copies the store died');
  throw Object.assign(new Error(word.reason), word.code === undefined ? {} : { code: word.code, path });
}
