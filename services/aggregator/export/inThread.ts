import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Bounds, Shown } from './moment.ts';
import { Turnstile } from './turnstile.ts';

/** What a thread is to make an archive of. */
export interface Order {
  /** Of the database. */
  readonly path: string;
  readonly bounds: Bounds;
  /** Sorted. */
  readonly networks: readonly string[];
  readonly show: Shown;
  readonly gate: Int32Array<SharedArrayBuffer>;
}

/** What it says. */
export type Word =
  | { readonly say: 'piece'; readonly piece: Uint8Array<ArrayBuffer> }
  | { readonly say: 'end' }
  | { readonly say: 'failed'; readonly reason: string };

/** Pieces of some 64 KiB that may be ahead of the reader. */
const AHEAD = 8;

/** Nothing lives long in the thread: with as much as it may have by itself it is no quicker, and takes 50 MB more (measured). */
const YOUNG_MB = 4;

/**
 * An archive (see `zipOf`) that a thread of its own makes, of a lower priority, as much of it as the reader takes: to read and to compress
 * would keep those waiting who send.
 *
 * @returns the bytes; the stream closes when the thread has ended, also where it is destroyed before
 */
export class Archive extends Readable {
  readonly #worker: Worker;
  readonly #turnstile: Turnstile;
  readonly #pieces: Uint8Array[] = [];
  readonly #gone: Promise<unknown>;
  #complete = false;
  #wanted = false;

  constructor(order: Omit<Order, 'gate'>) {
    super();
    const gate = Turnstile.cell(AHEAD);
    this.#turnstile = new Turnstile(gate);
    const given: Order = { ...order, gate };
    this.#worker = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: given,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#gone = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.on('message', (word: Word) => this.#hear(word));
    this.#worker.on('error', (error) => this.destroy(new Error(`the thread of the export died: ${error.message}`)));
    this.#worker.once('exit', () => {
      if (!this.#complete) this.destroy(new Error('the thread of the export died'));
    });
  }

  override _read(): void {
    this.#wanted = true;
    this.#give();
  }

  override _destroy(error: Error | null, closed: (error: Error | null) => void): void {
    this.#turnstile.close();
    void this.#gone.then(() => closed(error));
  }

  #hear(word: Word): void {
    if (word.say === 'failed') this.destroy(new Error(word.reason));
    else if (word.say === 'piece') this.#pieces.push(word.piece);
    else this.#complete = true;
    this.#give();
  }

  #give(): void {
    while (this.#wanted && !this.destroyed) {
      const piece = this.#pieces.shift();
      if (piece === undefined) break;
      this.#turnstile.leave();
      this.#wanted = this.push(piece);
    }
    if (this.#complete && this.#wanted && !this.destroyed) this.push(null);
  }
}
