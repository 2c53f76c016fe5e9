import { inThread, type Quietly } from './inThread.ts';
import type { Manifest } from './manifest.ts';

/** What was copied; see Manifest for each figure. */
export type CopyReport = Manifest;

export interface CopyOptions extends Quietly {
  /** In pages. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Makes a copy of a store that shows one moment, while the service goes on writing: see `copyMoment`.
 *
 * @param store whose `path` is that of a SQLite database
 * @param path of the copy, which must not be there: a database of one file, mode 0600, on the disk when the promise resolves
 * @throws an Error with the system's code (ENOSPC, EEXIST, …) or what SQLite says; the signal's reason
 */
export async function copyStore(
  store: { readonly path: string },
  path: string,
  { onProgress, ...quietly }: CopyOptions = {},
): Promise<CopyReport> {
  return inThread({ do: 'copy', from: store.path, to: path }, quietly, onProgress);
}
