import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { BackupFault } from './fault.ts';
import type { Manifest } from './manifest.ts';

/** How a thread works beside others. */
export interface Quietly {
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Called about once a second as long as the thread goes on. */
  readonly onSign?: () => void;
  /** Of the time that it may work; half where left out, so that commits go on beside it. 1 where nobody else is there. */
  readonly share?: number;
}

/** What a thread is to do. */
export type Job =
  | { readonly do: 'copy'; readonly from: string; readonly to: string }
  | { readonly do: 'check'; readonly path: string; readonly manifest: Manifest };

export interface Given {
  readonly job: Job;
  readonly share: number;
  /** Not 0: it is to stop. */
  readonly stopped: Int32Array<SharedArrayBuffer>;
}

/** What it says. */
export type Word =
  | { readonly say: 'progress'; readonly done: number; readonly total: number }
  | { readonly say: 'sign' }
  | { readonly say: 'done'; readonly manifest: Manifest }
  | {
      readonly say: 'failed';
      readonly reason: string;
      readonly code: string | undefined;
      readonly fault: { readonly kind: BackupFault['kind']; readonly remedy: string } | undefined;
    };

/**
 * Does what blocks in a thread of its own.
 *
 * @returns the manifest of the copy
 * @throws BackupFault, an Error with the system's code (ENOSPC, EEXIST, …) or what SQLite says; the signal's reason
 */
export async function inThread(
  job: Job,
  { signal, onSign, share = 0.5 }: Quietly,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Manifest> {
  signal?.throwIfAborted();
  const stopped = new Int32Array(new SharedArrayBuffer(4));
  const given: Given = { job, share, stopped };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: given });
  const stop = () => Atomics.store(stopped, 0, 1);
  signal?.addEventListener('abort', stop);
  const said: Word[] = [];
  worker.on('message', (word: Word) => {
    if (word.say === 'progress') onProgress(word.done, word.total);
    else if (word.say === 'sign') onSign?.();
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
  if (word?.say !== 'failed') throw new Error('the thread died');
  const { fault, code, reason } = word;
  if (fault !== undefined) throw new BackupFault(fault.kind, reason, fault.remedy);
  throw Object.assign(new Error(reason), code === undefined ? {} : { code });
}
