/**
 * A folder that we own: a manifest in it lists what we wrote, with hashes. So we know which files are stale, which of ours somebody has
 * changed, and that a folder without a manifest is none of ours.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../atomic.ts';
import { CliError } from '../errors.ts';
import { count, indent, json } from '../output.ts';

export const MANIFEST = '.chainwatch-render.json';

const schema = z.strictObject({
  format: z.literal(1),
  stack: z.string(),
  /** Path → SHA-256 of its bytes. */
  files: z.record(z.string(), z.string()),
});
type Manifest = z.infer<typeof schema>;

export interface Written {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly same: number;
}

/**
 * Makes the folder hold exactly these files of ours, and leaves what others put there.
 * @throws CliError for a folder of somebody else's, or files of ours that somebody changed, unless forced
 */
export function writeFolder(
  folder: string,
  stack: string,
  files: ReadonlyMap<string, string>,
  force: boolean,
): Written {
  const manifest = readManifest(folder);
  if (!manifest && !force) refuseForeign(folder);
  if (manifest && manifest.stack !== stack && !force) {
    throw new CliError(`${folder} holds stack ${manifest.stack}, not ${stack}`, {
      remedy: 'choose a folder for each stack, or add --force to write over it',
    });
  }
  const old = new Map(Object.entries(manifest?.files ?? {}));
  const stale = [...old.keys()].filter((path) => !files.has(path) && existsSync(inside(folder, path)));
  if (!force) refuseOverwriting(folder, files, old, stale);

  const added: string[] = [];
  const changed: string[] = [];
  for (const [path, text] of files) {
    const target = inside(folder, path);
    const before = hashOfFile(target);
    if (before === hash(text)) continue;
    (before === undefined ? added : changed).push(path);
    mkdirSync(dirname(target), { recursive: true });
    writeAtomically(target, text);
  }
  for (const path of stale) removeWithEmptyFolders(folder, path);
  const hashes = Object.fromEntries([...files].map(([path, text]) => [path, hash(text)]));
  mkdirSync(folder, { recursive: true });
  writeAtomically(join(folder, MANIFEST), json({ format: 1, stack, files: hashes } satisfies Manifest));
  return { added, changed, removed: stale, same: files.size - added.length - changed.length };
}

function readManifest(folder: string): Manifest | undefined {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new CliError(`${file} is not as render wrote it`, { remedy: `remove ${folder}, or choose another --out` });
  }
}

function refuseForeign(folder: string): void {
  const entries = existsSync(folder) ? readdirSync(folder) : [];
  if (entries.length === 0) return;
  throw new CliError(`${folder} is not empty, and render did not write it (no ${MANIFEST} in it)`, {
    remedy: 'choose an empty folder, or add --force to write into this one; files of others there stay',
  });
}

/** What we wrote and somebody has changed since, and what somebody else put where we would write. */
function refuseOverwriting(
  folder: string,
  files: ReadonlyMap<string, string>,
  old: ReadonlyMap<string, string>,
  stale: readonly string[],
): void {
  const foreign = [...files.keys(), ...stale].filter((path) => {
    const there = hashOfFile(inside(folder, path));
    const text = files.get(path);
    return there !== undefined && there !== old.get(path) && (text === undefined || there !== hash(text));
  });
  if (foreign.length === 0) return;
  throw new CliError(
    `in ${folder} ${count(foreign.length, 'file is', 'files are')} not as render wrote them:\n${indent(foreign.sort().join('\n'))}`,
    {
      remedy: 'put the change into the stack file or the rules, then add --force to write over them',
    },
  );
}

/** The manifest is a file that anybody could edit: it must not lead us out of the folder. */
function inside(folder: string, path: string): string {
  const target = join(folder, path);
  const way = relative(folder, target);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`))
    throw new CliError(`${join(folder, MANIFEST)} names ${path}, which is outside`, { remedy: `remove ${folder}` });
  return target;
}

function removeWithEmptyFolders(folder: string, path: string): void {
  rmSync(inside(folder, path), { force: true });
  for (let at = dirname(path); at !== '.'; at = dirname(at)) {
    const emptied = join(folder, at);
    if (!existsSync(emptied) || readdirSync(emptied).length > 0) return;
    rmdirSync(emptied);
  }
}

function hash(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hashOfFile(path: string): string | undefined {
  try {
    return hash(readFileSync(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
