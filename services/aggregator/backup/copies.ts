import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HttpFault } from '../../shared/http.ts';

/** The copies that a service makes of its store: one at a time, since each takes a part of the disk's time, and as much room as the store. */
export class Copies {
  #running: AbortController | undefined;
  #stopped = false;
  #left: () => void = () => {};

  get busy(): boolean {
    return this.#running !== undefined || this.#stopped;
  }

  /**
   * Does what makes a copy.
   *
   * @param work ends soon when its signal is aborted
   * @throws HttpFault 503 while there is another
   */
  async alone<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.busy) {
      const reason = this.#stopped ? 'the service is about to end' : 'a copy of the store is being made already';
      const body = { error: 'busy', reason, remedy: 'try again in a minute' };
      throw new HttpFault(503, body, { 'retry-after': '60' });
    }
    const controller = new AbortController();
    this.#running = controller;
    try {
      return await work(controller.signal);
    } finally {
      this.#running = undefined;
      this.#left();
    }
  }

  /** Ends what is under way, and waits until it has tidied up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#running === undefined) return;
    const left = new Promise<void>((resolve) => {
      this.#left = resolve;
    });
    this.#running.abort(new Error('the service ends'));
    await left;
  }
}

/** What a service that was killed has left beside the database, or in the folder of its backups. */
export function sweep(folder: string, isLeft: (name: string) => boolean): void {
  for (const name of readdirSync(folder)) if (isLeft(name)) rmSync(join(folder, name), { force: true });
}

/** Names of copies beside a database, for those who only want to send one. */
export function copyBeside(database: string, name: string): string {
  return `${database}.${name}.copy`;
}

export function sweepBeside(database: string): void {
  const start = `${basename(database)}.`;
  sweep(dirname(database), (name) => name.startsWith(start) && /\.copy(?:-\w+)?$/.test(name));
}
