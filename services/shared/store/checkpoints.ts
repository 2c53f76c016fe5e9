import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { workInBackground } from '../backgroundThread.ts';
import { createFailpoint } from '../failpoint.ts';
import { type CheckpointTask, FAILED, IDLE, STATE } from './checkpointer.ts';

/** The thread of a Checkpointer: one checkpoint for each message. */
const { path, failpoint, state }: CheckpointTask = workerData;
const pass = createFailpoint(failpoint.setting);

// Where the log has become too long, the writer waits for it.
workInBackground(true);
parentPort?.on('message', () => {
  try {
    pass(`${failpoint.name}.before`);
    checkpoint();
    pass(`${failpoint.name}.after`);
  } catch {
    // The log keeps what could not be moved; the next commit says whether the disk still takes writes.
    Atomics.store(state, STATE.frames, FAILED);
  } finally {
    Atomics.store(state, STATE.busy, IDLE);
    Atomics.notify(state, STATE.busy);
  }
});

/** With a connection for this once: one that stayed would keep the last one that closes from tidying up. */
function checkpoint(): void {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
    const { log = FAILED, checkpointed = 0 } = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() ?? {};
    Atomics.store(state, STATE.frames, Number(log));
    Atomics.store(state, STATE.moved, Number(checkpointed));
  } finally {
    db.close();
  }
}
