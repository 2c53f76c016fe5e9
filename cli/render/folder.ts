/**
 * A folder that we own: a manifest in it lists what we wrote, with hashes. So we know which files are stale, which of ours somebody has
 * changed, and that a folder without a manifest is none of ours.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';
import { count, indent, json } from '../output.ts';
import { Changes } from './changes.ts';

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

export interface FolderOptions {
  readonly stack: string;
  /** Path → text. */
  readonly files: ReadonlyMap<string, string>;
  /** Also over what others wrote or changed. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

/**
 * Makes the folder hold exactly these files of ours, and leaves what others put there. Where that fails or is aborted, the folder is as
 * it was.
 * @throws CliError for a folder of somebody else's, or files of ours that somebody changed, unless forced; the signal's reason
 */
export async function writeFolder(folder: string, options: FolderOptions): Promise<Written> {
  const { stack, files, force } = options;
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
  const changes = new Changes();
  try {
    return await replace(folder, stale, options, changes);
  } catch (error) {
    changes.undo();
    throw error;
  }
}

async function replace(
  folder: string,
  stale: readonly string[],
  { stack, files, signal }: FolderOptions,
  changes: Changes,
): Promise<Written> {
  const added: string[] = [];
  const changed: string[] = [];
  for (const [path, text] of files) {
    // Between two files a signal can be heard.
    await turn();
    signal.throwIfAborted();
    const target = inside(folder, path);
    const before = hashOfFile(target);
    if (before === hash(text)) continue;
    (before === undefined ? added : changed).push(path);
    changes.write(target, text);
  }
  for (const path of stale) removeWithEmptyFolders(folder, path, changes);
  const hashes = Object.fromEntries([...files].map(([path, text]) => [path, hash(text)]));
  changes.write(join(folder, MANIFEST), json({ format: 1, stack, files: hashes } satisfies Manifest));
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

function removeWithEmptyFolders(folder: string, path: string, changes: Changes): void {
  changes.remove(inside(folder, path));
  for (let at = dirname(path); at !== '.'; at = dirname(at)) {
    const emptied = join(folder, at);
    if (!existsSync(emptied) || readdirSync(emptied).length > 0) return;
    changes.removeFolder(emptied);
  }
}

function hash(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hashOfFile(path: string): string | undefined {
  try {
    return hash(readFileSync(path));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    // The only one of its kind in which the system does not say where.
    if (error.code === 'EISDIR')
      throw new CliError(`${path}: a folder stands where a file is needed`, {
        exitCode: exitCodes.storage,
        remedy: 'move it away, or choose another --out',
      });
    throw error;
  }
}
