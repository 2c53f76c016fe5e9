import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file system of two megabytes. */
export class SmallDisk {
  readonly folder: string;
  /** Why there is none here. */
  readonly obstacle: string | undefined;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder);
    this.obstacle = this.#mount();
  }

  #mount(): string | undefined {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'chainwatch-test', this.folder], {
        stdio: 'pipe',
      });
      return undefined;
    } catch (error) {
      return `a small file system cannot be mounted here (needs root): ${error instanceof Error ? error.message.split('\n')[0] : error}`;
    }
  }

  /** Takes so many bytes away; given back by `makeRoom`. */
  fill(bytes: number): void {
    writeFileSync(this.#ballast, Buffer.alloc(bytes));
  }

  /** Takes what is left, to the last byte. */
  fillAll(): void {
    for (let size = 1_048_576; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (;;) writeFileSync(this.#ballast, Buffer.alloc(size), { flag: 'a' });
      } catch {
        // No room for this size; try half of it.
      }
    }
  }

  makeRoom(): void {
    rmSync(this.#ballast);
  }

  /** Nothing may use it any more. */
  clear(): void {
    if (this.obstacle === undefined) execFileSync('umount', [this.folder]);
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }
}
