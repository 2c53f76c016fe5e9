import { parentPort, workerData } from 'node:worker_threads';
import { codeOf, messageOf } from '../../shared/fault.ts';
import type { Manifest } from './manifest.ts';
import { copyMoment } from './moment.ts';

/** What a thread is to do. */
export interface Job {
  readonly from: string;
  readonly to: string;
  readonly share: number;
  /** Not 0: it is to stop. */
  readonly stopped: Int32Array<SharedArrayBuffer>;
}

/** What it says. */
export type Word =
  | { readonly say: 'progress'; readonly done: number; readonly total: number }
  | { readonly say: 'done'; readonly manifest: Manifest }
  | { readonly say: 'failed'; readonly reason: string; readonly code: string | undefined };

const say = (word: Word) => parentPort?.postMessage(word);
const job: Job = workerData;
try {
  const manifest = await copyMoment(job.from, job.to, {
    share: job.share,
    check: () => {
      if (Atomics.load(job.stopped, 0) !== 0) throw new Error('stopped');
    },
    onProgress: (done, total) => say({ say: 'progress', done, total }),
  });
  say({ say: 'done', manifest });
} catch (error) {
  say({ say: 'failed', reason: messageOf(error), code: codeOf(error) });
}
