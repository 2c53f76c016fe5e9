/** What the disk refuses, as one message that names the place and the remedy. */
import { accessSync, constants, lstatSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { CliError } from '../cli/errors.ts';
import { exitCodes } from '../cli/exitCodes.ts';
import { makeFolders } from '../cli/makeFolder.ts';

/** Makes a folder where there is none, and sees that it can be written. @throws CliError */
export function writableFolder(path: string): void {
  writing(path, () => {
    makeFolders(path);
    accessSync(path, constants.W_OK | constants.X_OK);
  });
}

/**
 * Does work that writes at `path`, or below it.
 * @throws CliError with exit code 5 where the system refuses; whatever else the work throws as it is
 */
export function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storageError(path, error) ?? error;
  }
}

function storageError(path: string, error: unknown): CliError | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined;
  const place = nearestThere(path);
  const fail = (message: string, remedy: string) => new CliError(message, { exitCode: exitCodes.storage, remedy });
  const aside = `move it away: mv ${place} ${place}.old`;
  const elsewhere = 'keep the stack files in a folder that can be written, and start there';
  switch (error.code) {
    case 'ENOENT':
    case 'EEXIST':
    case 'ENOTDIR': {
      const stats = statSync(place, { throwIfNoEntry: false });
      if (stats === undefined)
        return fail(`${place} is a link to what is not there`, `make its target, or: rm ${place}`);
      if (stats.isDirectory()) return fail(`no folder can be made in ${place} (${error.code})`, elsewhere);
      return fail(`${place} is a file; Chainwatch needs a folder there`, aside);
    }
    case 'EISDIR':
    case 'ERR_FS_EISDIR':
    case 'ENOTEMPTY':
      return fail(`${place} is a folder; Chainwatch writes a file there`, aside);
    case 'EACCES':
    case 'EPERM':
      return fail(
        `${path} cannot be written: ${userName()} may not write to ${place}`,
        `give it to yourself: sudo chown -R ${userName()} ${place} && chmod -R u+rwX ${place}`,
      );
    case 'EROFS':
      return fail(`${path} cannot be written: it is on a read-only disk`, elsewhere);
    case 'ENOSPC':
    case 'EDQUOT':
      return fail(`${path} cannot be written: the disk is full`, `make room; see: df -h ${place}`);
    default:
      return undefined;
  }
}

/** The path itself, or the deepest part of it that there is: also a link that leads nowhere. */
function nearestThere(path: string): string {
  for (let at = path; ; at = dirname(at)) if (isThere(at) || dirname(at) === at) return at;
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Below a file, or in a folder that we may not even look into.
    return false;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user need not be in any list.
    return `user ${process.getuid?.() ?? ''}`.trim();
  }
}
