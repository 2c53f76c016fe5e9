import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { isExecutable } from './probe.ts';

/**
 * One folder per family, version, platform and way it was made: `<cache>/tools/<family>/<version>-<os>-<arch>-<release | recipe>/`, with the
 * programs and `entry.json`. Folders appear by one rename, whole or not at all.
 */
const ENTRY_FILE = 'entry.json';

const entrySchema = z.strictObject({
  family: z.string(),
  version: z.string(),
  /** The archive's address, or the module and its version. */
  source: z.string(),
  programs: z.record(z.string(), z.strictObject({ sha256: z.string(), bytes: z.int(), modifiedMs: z.number() })),
});

type Entry = z.infer<typeof entrySchema>;
export type EntryFacts = Omit<Entry, 'programs'>;

export type Found = { readonly paths: Readonly<Record<string, string>> } | { readonly reason: string };

/**
 * The programs of an entry, if they are what was put there. Size and modification time decide: whoever can write here can write entry.json too, so a
 * sum guards against accidents only (a disk that ran full, half a copy), and those change size or time. Where only the time differs (a
 * cache that was restored by a CI system), the SHA-256 decides, and the new time is kept.
 */
export async function readEntry(folder: string, programs: readonly string[]): Promise<Found> {
  const entry = await parseEntry(folder);
  if ('reason' in entry) return entry;
  const paths: Record<string, string> = {};
  for (const program of programs) {
    const facts = entry.programs[program];
    const path = join(folder, program);
    if (!facts) return { reason: `${folder} was made without ${program}` };
    const state = await stat(path).catch(() => undefined);
    if (!state || state.size !== facts.bytes || !isExecutable(path)) return { reason: `${path} is not whole` };
    if (state.mtimeMs !== facts.modifiedMs) {
      if ((await sha256(path)) !== facts.sha256) return { reason: `${path} is not the file that was put there` };
      await utimes(path, state.atime, new Date(facts.modifiedMs)).catch(() => undefined);
    }
    paths[program] = path;
  }
  return { paths };
}

/**
 * An empty folder beside the entry, on the same file system, for what is being made. The caller holds the family's lock, so any other draft is
 * one whose maker has died.
 */
export async function makeDraft(folder: string): Promise<string> {
  const family = dirname(folder);
  await mkdir(family, { recursive: true });
  const abandoned = (await readdir(family)).filter((name) => name.startsWith('.draft-'));
  for (const name of abandoned) await rm(join(family, name), { recursive: true, force: true });
  return mkdtemp(join(family, '.draft-'));
}

/** Makes a draft the entry, in place of one that was found to be damaged. The draft holds the programs and nothing else. */
export async function publish(draft: string, folder: string, facts: EntryFacts): Promise<void> {
  const programs: Entry['programs'] = {};
  for (const program of (await readdir(draft)).sort()) {
    const path = join(draft, program);
    await chmod(path, 0o755);
    // Whole seconds: what every file system and every archive keeps exactly.
    const modifiedMs = Math.floor(Date.now() / 1000) * 1000;
    await utimes(path, new Date(modifiedMs), new Date(modifiedMs));
    await flush(path);
    programs[program] = { sha256: await sha256(path), bytes: (await stat(path)).size, modifiedMs };
  }
  const entry: Entry = { ...facts, programs };
  await writeFile(join(draft, ENTRY_FILE), `${JSON.stringify(entry, null, 2)}\n`, { flush: true });
  const old = join(dirname(folder), `.draft-old-${basename(draft)}`);
  await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(draft, folder);
  await rm(old, { recursive: true, force: true });
}

async function parseEntry(folder: string): Promise<Entry | { readonly reason: string }> {
  const file = join(folder, ENTRY_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return { reason: `nothing in ${folder}` };
  }
  try {
    return entrySchema.parse(JSON.parse(text));
  } catch {
    return { reason: `${file} cannot be read` };
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
