import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failpoint } from '../../shared/failpoint.ts';
import { codeOf } from '../../shared/fault.ts';
import { type BatchName, compareNames, fileOf, halfOf, isBelow, readName, TEMPORARY } from './batchName.ts';
import { LOCK_FILE, lockFolder } from './lock.ts';

/** A batch that waits on the disk. */
export interface QueuedBatch extends BatchName {
  /** Of its file. */
  readonly bytes: number;
}

/** What a file is to hold: a body in gzip, and how many snapshots it has. */
export interface Packed {
  readonly body: Uint8Array;
  readonly snapshots: number;
}

export interface QueueOptions {
  readonly folder: string;
  /** Of all files together. Where a batch is cut in halves it may be exceeded by their headers, until the next append. */
  readonly maxBytes: number;
  readonly failpoint?: Failpoint;
  /** Called for each batch that had to make room. */
  readonly onDropped?: (batch: QueuedBatch) => void;
}

/**
 * A queue of batches in a folder: a file for each, so that what was appended is there after any end of the process.
 *
 * A file is written beside, synced, and renamed: a name that fits is a whole batch. What the name says (order, count, id) needs no reading, so a
 * start costs one listing however much waits.
 *
 * The oldest make room when the bound is reached, but for the one that is being sent (`hold`).
 */
export class DiskQueue {
  readonly #options: QueueOptions;
  readonly #unlock: () => void;
  readonly #failpoint: Failpoint;
  readonly #batches: QueuedBatch[];
  #held: QueuedBatch | undefined;
  #bytes = 0;
  #snapshots = 0;
  #nextSeq: number;
  #working: Promise<unknown> = Promise.resolve();

  /** @throws ServiceFault where another process has the folder; Error where the disk fails */
  static async open(options: QueueOptions): Promise<DiskQueue> {
    const { folder } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const unlock = lockFolder(folder);
    try {
      const queue = new DiskQueue(options, await recover(folder), unlock);
      await queue.#makeRoom(0);
      return queue;
    } catch (error) {
      unlock();
      throw error;
    }
  }

  private constructor(options: QueueOptions, batches: QueuedBatch[], unlock: () => void) {
    this.#options = options;
    this.#unlock = unlock;
    this.#failpoint = options.failpoint ?? (() => {});
    this.#batches = batches;
    for (const batch of batches) this.#count(batch, 1);
    this.#nextSeq = (batches.at(-1)?.seq ?? 0) + 1;
  }

  get length(): number {
    return this.#batches.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get snapshots(): number {
    return this.#snapshots;
  }

  /** The oldest batch. */
  first(): QueuedBatch | undefined {
    return this.#batches[0];
  }

  /** All of them, oldest first. */
  list(): readonly QueuedBatch[] {
    return [...this.#batches];
  }

  /** Keeps a batch from making room, for as long as it is under way; undefined for none. */
  hold(batch: QueuedBatch | undefined): void {
    this.#held = batch;
  }

  /**
   * Durable when it returns.
   *
   * @returns undefined where the batch alone is larger than the bound; it counts as dropped
   * @throws what the disk says; nothing of the batch is kept then
   */
  append(packed: Packed, id: string): Promise<QueuedBatch | undefined> {
    return this.#oneByOne(async () => {
      const batch = { seq: this.#nextSeq, part: '', id, snapshots: packed.snapshots, bytes: packed.body.length };
      if (batch.bytes > this.#options.maxBytes) {
        this.#options.onDropped?.(batch);
        return undefined;
      }
      await this.#makeRoom(batch.bytes);
      await this.#write(batch, packed.body);
      this.#nextSeq += 1;
      this.#batches.push(batch);
      this.#count(batch, 1);
      return batch;
    });
  }

  /**
   * @returns undefined where somebody has taken the file, and it alone
   * @throws where it cannot be read for now: a disk that is not mounted gives back what it holds when it is again
   */
  async read(batch: QueuedBatch): Promise<Buffer | undefined> {
    try {
      return await readFile(this.#path(batch));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // One listing, for the folder may be back between two questions: what is in it while our lock is in it is all that there is.
      const files = await readdir(this.#options.folder);
      if (!files.includes(LOCK_FILE) || files.includes(fileOf(batch))) throw error;
      return undefined;
    }
  }

  /** Takes a batch out: it is delivered, or given up. */
  remove(batch: QueuedBatch): Promise<void> {
    return this.#oneByOne(() => this.#remove(batch));
  }

  /**
   * Puts two batches in the place of one. Their ids follow from its id, so whoever has taken one of them knows it again.
   *
   * @throws what the disk says; the batch stays as it was then
   */
  split(batch: QueuedBatch, halves: readonly [Packed, Packed]): Promise<void> {
    return this.#oneByOne(async () => {
      const index = this.#batches.indexOf(batch);
      if (index < 0) return;
      const parts = halves.map(({ body, snapshots }, half): QueuedBatch => {
        return { ...halfOf(batch, half), snapshots, bytes: body.length };
      });
      try {
        for (const [half, part] of parts.entries()) {
          await this.#write(part, halves[half === 0 ? 0 : 1].body);
          this.#failpoint('agent.split.half');
        }
        await this.#forget(batch);
      } catch (error) {
        for (const part of parts) await this.#forget(part).catch(() => {});
        throw error;
      }
      // Until this is on the disk none of the halves may go: with the whole beside it a half is thrown away at the start.
      await syncFolder(this.#options.folder);
      this.#batches.splice(index, 1, ...parts);
      this.#count(batch, -1);
      for (const part of parts) this.#count(part, 1);
    });
  }

  /** Waits for what is under way, and lets go of the folder. */
  async close(): Promise<void> {
    await this.#working.catch(() => {});
    this.#unlock();
  }

  async #makeRoom(bytes: number): Promise<void> {
    while (this.#bytes + bytes > this.#options.maxBytes) {
      const oldest = this.#batches.find((batch) => batch !== this.#held) ?? this.#batches[0];
      if (oldest === undefined) return;
      await this.#remove(oldest);
      this.#options.onDropped?.(oldest);
    }
  }

  async #remove(batch: QueuedBatch): Promise<void> {
    const index = this.#batches.indexOf(batch);
    if (index < 0) return;
    await this.#forget(batch);
    this.#batches.splice(index, 1);
    this.#count(batch, -1);
  }

  async #forget(batch: QueuedBatch): Promise<void> {
    try {
      await rm(this.#path(batch));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }

  async #write(batch: QueuedBatch, body: Uint8Array): Promise<void> {
    const path = this.#path(batch);
    const temporary = `${path}${TEMPORARY}`;
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(body);
        await file.sync();
      } finally {
        await file.close();
      }
      this.#failpoint('agent.queue.written');
      await rename(temporary, path);
      await syncFolder(this.#options.folder);
      this.#failpoint('agent.queue.appended');
    } catch (error) {
      for (const left of [temporary, path]) await rm(left, { force: true }).catch(() => {});
      throw error;
    }
  }

  #path(batch: BatchName): string {
    return join(this.#options.folder, fileOf(batch));
  }

  #count({ bytes, snapshots }: QueuedBatch, sign: 1 | -1): void {
    this.#bytes += sign * bytes;
    this.#snapshots += sign * snapshots;
  }

  #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#working.then(work, work);
    this.#working = done.catch(() => {});
    return done;
  }
}

/** What an earlier process left, without what it had not finished. */
async function recover(folder: string): Promise<QueuedBatch[]> {
  const names: BatchName[] = [];
  for (const file of await readdir(folder)) {
    if (file.endsWith(TEMPORARY)) await rm(join(folder, file), { force: true });
    const name = readName(file);
    if (name !== undefined) names.push(name);
  }
  names.sort(compareNames);
  const batches: QueuedBatch[] = [];
  for (const name of names) {
    // A whole comes before its halves.
    const before = batches.at(-1);
    if (before !== undefined && isBelow(name, before)) await rm(join(folder, fileOf(name)), { force: true });
    else batches.push({ ...name, bytes: (await stat(join(folder, fileOf(name)))).size });
  }
  return batches;
}

/** Makes names durable: a file that is synced may still be lost with its name. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
