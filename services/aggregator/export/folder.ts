import { constants, type Dirent, realpathSync, statSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, realpath, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf, ServiceFault } from '../../shared/fault.ts';

/** What is asked for is no place in the folder. `suspicious`: nobody asks so by mistake. */
export class PathRefused extends Error {
  override name = 'PathRefused';
  readonly suspicious: boolean;

  constructor(reason: string, suspicious: boolean) {
    super(reason);
    this.suspicious = suspicious;
  }
}

/** Somebody writes this very file. */
export class PathLocked extends Error {
  override name = 'PathLocked';
}

const COMPONENT = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;
const DEPTH = 8;
const FOLDER_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const DRAFT_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** @returns the names on the way to a file. @throws PathRefused */
export function componentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  const outwards = path.startsWith('/') || path.includes('\\') || parts.includes('..') || /\p{Cc}/u.test(path);
  if (outwards) throw new PathRefused('the path leads out of the folder, or tries to', true);
  const odd = parts.find((part) => !COMPONENT.test(part));
  if (odd !== undefined) {
    throw new PathRefused(
      'a name in the path is not of up to 100 letters, digits and . _ - , or begins with . or -',
      odd.startsWith('.'),
    );
  }
  if (parts.length > DEPTH) throw new PathRefused(`the path has more than ${DEPTH} names`, false);
  return parts;
}

/**
 * The one folder that exports may be written to.
 *
 * Each folder on the way is opened by its name in the one before, never following a link, and what is done next is done in the
 * opened one: exchanging a folder for a link meanwhile leads nowhere. (Only Linux lets us; elsewhere the real path is compared.)
 * A file has another name until it is whole; that name, which only one can create, is the lock.
 */
export class ExportFolder {
  readonly #root: string;
  readonly #staleAfter: number;

  /**
   * @param staleAfter milliseconds: a draft that nobody has touched for so long is of a process that was killed
   * @throws ServiceFault where it is no folder
   */
  constructor(path: string, staleAfter: number) {
    const remedy = 'make it, owned by the user of the service, or leave exportFolder out';
    try {
      if (!statSync(path).isDirectory()) throw new Error('it is no folder');
      this.#root = realpathSync(path);
    } catch (error) {
      throw new ServiceFault(`the exportFolder ${path} cannot be used: ${messageOf(error)}`, remedy);
    }
    this.#staleAfter = staleAfter;
  }

  /**
   * Writes a file, which is there when it is whole.
   *
   * @param write is given the open draft
   * @returns bytes
   * @throws PathRefused, PathLocked, what the system says of the disk, what `write` throws
   */
  async write(path: string, write: (file: FileHandle) => Promise<void>): Promise<number> {
    const parts = componentsOf(path);
    const name = parts.at(-1) ?? '';
    const folder = await this.#descend(parts.slice(0, -1));
    try {
      const target = `${folder.path}/${name}`;
      const there = await lstat(target).catch(onlyMissing);
      if (there !== undefined && !there.isFile()) throw notPlain(there);
      const draft = `${folder.path}/.${name}.part`;
      const file = await this.#lock(draft);
      try {
        let size: number;
        try {
          await write(file);
          await file.sync();
          size = (await file.stat()).size;
        } finally {
          await file.close();
        }
        await rename(draft, target);
        await folder.handle.sync();
        return size;
      } catch (error) {
        await unlink(draft).catch(() => {});
        throw error;
      }
    } finally {
      await folder.handle.close();
    }
  }

  async #descend(names: readonly string[]): Promise<{ readonly handle: FileHandle; readonly path: string }> {
    let handle = await openFolder(this.#root);
    try {
      for (const [index, name] of names.entries()) {
        const child = `${placeOf(handle, join(this.#root, ...names.slice(0, index)))}/${name}`;
        await mkdir(child, 0o700).catch((error: unknown) => {
          if (codeOf(error) !== 'EEXIST') throw error;
        });
        const next = await openFolder(child);
        await handle.close();
        handle = next;
      }
      const path = join(this.#root, ...names);
      if ((await realpath(placeOf(handle, path))) !== path)
        throw new PathRefused('the way to the file was changed', true);
      return { handle, path: placeOf(handle, path) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #lock(draft: string): Promise<FileHandle> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await open(draft, DRAFT_FLAGS, 0o600);
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
        const there = await lstat(draft).catch(onlyMissing);
        if (there !== undefined && !there.isFile()) throw notPlain(there);
        const stale = there === undefined || Date.now() - there.mtimeMs > this.#staleAfter;
        if (!stale || tries > 0) throw new PathLocked('the file is being written');
        await unlink(draft).catch(onlyMissing);
      }
    }
  }
}

/** @throws PathRefused where a link or a file stands there */
async function openFolder(path: string): Promise<FileHandle> {
  try {
    return await open(path, FOLDER_FLAGS);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ELOOP' && code !== 'ENOTDIR') throw error;
    throw notPlain(await lstat(path));
  }
}

function notPlain(there: Pick<Dirent, 'isSymbolicLink'>): PathRefused {
  return there.isSymbolicLink()
    ? new PathRefused('a symbolic link stands on the way', true)
    : new PathRefused('something else than a folder or a file stands on the way', false);
}

/** How to name what is in an open folder, wherever that has been moved to. */
function placeOf(handle: FileHandle, path: string): string {
  return process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : path;
}

function onlyMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
