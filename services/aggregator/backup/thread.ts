import { parentPort, workerData } from 'node:worker_threads';
import { workInBackground } from '../../shared/backgroundThread.ts';
import { codeOf, messageOf } from '../../shared/fault.ts';
import { compare } from './check.ts';
import { BackupFault } from './fault.ts';
import type { Given, Word } from './inThread.ts';
import { copyMoment } from './moment.ts';

const say = (word: Word) => parentPort?.postMessage(word);
const { job, share, stopped }: Given = workerData;
const SIGN_EVERY_MS = 1_000;
if (share < 1) workInBackground();
let signedAt = Number.NEGATIVE_INFINITY;
const check = () => {
  if (Atomics.load(stopped, 0) !== 0) throw new Error('stopped');
  if (performance.now() - signedAt < SIGN_EVERY_MS) return;
  signedAt = performance.now();
  say({ say: 'sign' });
};
try {
  check();
  if (job.do === 'copy') {
    const onProgress = (done: number, total: number) => say({ say: 'progress', done, total });
    say({ say: 'done', manifest: await copyMoment(job.from, job.to, { share, check, onProgress }) });
  } else {
    compare(job.path, job.manifest, share, check);
    say({ say: 'done', manifest: job.manifest });
  }
} catch (error) {
  const fault = error instanceof BackupFault ? { kind: error.kind, remedy: error.remedy } : undefined;
  say({ say: 'failed', reason: messageOf(error), code: codeOf(error), fault });
}
