import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

/** What the two threads share, as 32-bit numbers. */
export const STATE = { busy: 0, frames: 1, moved: 2 } as const;
export const IDLE = 0;
export const BUSY = 1;
/** Of `frames` where the last checkpoint failed. */
export const FAILED = -1;

export interface CheckpointerOptions {
  readonly path: string;
  /** Bytes written after which the log is moved into the database. */
  readonly every: number;
  /** Bytes written after which the log begins anew, and its file grows no more: the writer waits for the disk then. */
  readonly anew: number;
  /** Passed before and after, as `<name>.before` and `<name>.after`. */
  readonly failpoint: { readonly name: string; readonly setting: string | undefined };
}

export interface CheckpointTask {
  readonly path: string;
  readonly failpoint: CheckpointerOptions['failpoint'];
  readonly state: Int32Array<SharedArrayBuffer>;
}

/**
 * The log takes whole pages, and each commit begins with those that the one before has not filled: of small commits that is ten times what they add
 * (measured: 18 KB for each of some hundred bytes).
 */
const EACH_COMMIT = 16_384;
/** What so few frames need is soon done, and done by the writer itself: only while nothing is written can the log begin anew. */
const FEW_FRAMES = 128;
/** A log that grows faster than it is moved: as many times `anew`, and the writer waits for the disk, and so do the senders. */
const MOST = 3;

/**
 * Moves the write-ahead log into the database from a thread of its own, a little at a time: the disk takes a tenth of a second for what comes
 * together in a second, and no commit should wait for that. Passive: it waits for no reader. A log that is not moved is kept, so nothing depends on it.
 */
export class Checkpointer {
  readonly #db: DatabaseSync;
  readonly #options: CheckpointerOptions;
  readonly #state = new Int32Array(new SharedArrayBuffer(12));
  #worker: Worker | undefined;
  /** Bytes since the log was moved, and since it began. */
  #unmoved = 0;
  #written = 0;
  #under = false;

  /** @param db the connection of the writer, to end with what the other thread has left over */
  constructor(db: DatabaseSync, options: CheckpointerOptions) {
    this.#db = db;
    this.#options = options;
  }

  /** @param bytes of what a commit added */
  committed(bytes: number): void {
    this.#unmoved += bytes + EACH_COMMIT;
    this.#written += bytes + EACH_COMMIT;
  }

  /** To be called between commits. */
  step(): void {
    const { every, anew } = this.#options;
    if (this.#written > MOST * anew) {
      this.#settle();
      this.#finish();
      return;
    }
    if (this.#under) {
      if (Atomics.load(this.#state, STATE.busy) === BUSY) return;
      this.#under = false;
      const frames = Atomics.load(this.#state, STATE.frames);
      const left = frames - Atomics.load(this.#state, STATE.moved);
      if (frames === FAILED) this.#finish();
      else if (this.#written >= anew) {
        if (left <= FEW_FRAMES) this.#finish();
        else this.#begin();
      }
    }
    if (!this.#under && this.#unmoved >= every) this.#begin();
  }

  /** Waits for what is under way. */
  close(): void {
    this.#settle();
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  #begin(): void {
    const { path, failpoint } = this.#options;
    const task: CheckpointTask = { path, failpoint, state: this.#state };
    if (this.#worker === undefined) {
      this.#worker = new Worker(new URL('./checkpoints.ts', import.meta.url), { workerData: task });
      this.#worker.unref();
    }
    Atomics.store(this.#state, STATE.busy, BUSY);
    this.#unmoved = 0;
    this.#under = true;
    this.#worker.postMessage('go');
  }

  #finish(): void {
    this.#unmoved = 0;
    this.#written = 0;
    this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }

  #settle(): void {
    Atomics.wait(this.#state, STATE.busy, BUSY);
    this.#under = false;
  }
}
