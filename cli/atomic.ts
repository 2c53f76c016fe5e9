/** Files that are there whole or not at all: whoever reads one, or a full disk in the middle, never leaves half of it. */
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { CliError } from './errors.ts';

type Content = string | Uint8Array;

/** Replaces what is there, and keeps its mode. */
export function writeAtomically(path: string, content: Content): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  withDraft(path, content, mode, (draft) => renameSync(draft, path));
}

/** @throws CliError where there is a file already, whoever made it in the meantime */
export function createAtomically(path: string, content: Content): void {
  withDraft(path, content, undefined, (draft) => {
    try {
      linkSync(draft, path);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
        throw new CliError(`${path} exists already, and is left as it is`);
      throw error;
    }
  });
}

function withDraft(path: string, content: Content, mode: number | undefined, publish: (draft: string) => void): void {
  const draft = `${path}.${process.pid}.draft`;
  try {
    const file = openSync(draft, 'w', mode === undefined ? 0o666 : mode & 0o777);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    publish(draft);
  } catch (error) {
    // Of a write to an open file the system does not say where, and of the draft nobody has heard.
    throw error instanceof Error && 'code' in error ? Object.assign(error, { path }) : error;
  } finally {
    rmSync(draft, { force: true });
  }
}
