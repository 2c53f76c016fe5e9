/** Changes to a folder that can be taken back: a run that fails or is interrupted leaves it as it was. */
import { lstatSync, readFileSync, readlinkSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeAtomically } from '../atomic.ts';
import { makeFolder } from '../makeFolder.ts';

export class Changes {
  readonly #steps: (() => void)[] = [];

  /** Makes the folders above it where they are missing. */
  write(path: string, text: string): void {
    makeFolder(dirname(path), (folder) => this.#steps.push(() => rmdirSync(folder)));
    this.#steps.push(restorer(path));
    writeAtomically(path, text);
  }

  remove(path: string): void {
    this.#steps.push(restorer(path));
    rmSync(path, { force: true });
  }

  /** An empty one. */
  removeFolder(path: string): void {
    rmdirSync(path);
    this.#steps.push(() => makeFolder(path));
  }

  /** The latest first. What cannot be taken back stays, and the rest is taken back all the same. */
  undo(): void {
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        step();
      } catch {
        // The reason for undoing is what the user is told of; a second fault would only hide it.
      }
    }
  }
}

function restorer(path: string): () => void {
  const before = lstatSync(path, { throwIfNoEntry: false });
  if (!before) return () => rmSync(path, { force: true });
  if (before.isSymbolicLink()) {
    const target = readlinkSync(path);
    return () => {
      rmSync(path, { force: true });
      symlinkSync(target, path);
    };
  }
  const bytes = readFileSync(path);
  return () => writeAtomically(path, bytes);
}
