import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { withLock } from '../bin/lock.js';
import { makeDraft } from './cache.ts';
import type { Report } from './report.ts';

export interface DeriveRequest {
  readonly cache: string;
  /** A short name for the kind of data, e.g. `crds`. */
  readonly name: string;
  /** The version of what it is made from, and of the way it is made where that may change. */
  readonly version: string;
  /** Fills an empty folder. */
  readonly make: (into: string) => Promise<void>;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

const ENTRY_FILE = 'entry.json';
const entrySchema = z.strictObject({ files: z.record(z.string(), z.int()) });

/**
 * Data made from pinned sources, kept like programs are: `<cache>/tools/<name>/<version>/`, shared by all clones, there whole or not at all.
 * A folder whose files are not as large as they were is made anew.
 * @returns the folder
 */
export async function derive({ cache, name, version, make, report, signal }: DeriveRequest): Promise<string> {
  const folder = join(cache, 'tools', name, version);
  if (await isWhole(folder)) return folder;
  const onWait = ({ pid, host }: { pid: number; host: string }) =>
    report('wait', `process ${pid} on ${host}, which is making it`);
  await withLock(
    join(dirname(folder), '.lock'),
    async () => {
      if (await isWhole(folder)) return;
      const draft = await makeDraft(folder);
      try {
        await make(draft);
        const files = Object.fromEntries(
          await Promise.all((await filesOf(draft)).map(async (file) => [file, (await stat(join(draft, file))).size])),
        );
        await writeFile(join(draft, ENTRY_FILE), `${JSON.stringify({ files }, null, 2)}\n`, { flush: true });
        await rm(folder, { recursive: true, force: true });
        await rename(draft, folder);
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    },
    { onWait, ...(signal && { signal }) },
  );
  return folder;
}

/** Writes a file and the folders above it. */
export async function put(folder: string, file: string, content: string): Promise<void> {
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { flush: true });
}

async function isWhole(folder: string): Promise<boolean> {
  try {
    const { files } = entrySchema.parse(JSON.parse(await readFile(join(folder, ENTRY_FILE), 'utf8')));
    const sizes = await Promise.all(Object.keys(files).map(async (file) => (await stat(join(folder, file))).size));
    return Object.values(files).every((size, index) => size === sizes[index]);
  } catch {
    return false;
  }
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(folder.length + 1)).sort();
}
