import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from './errors.ts';
import { exitCodes } from './exitCodes.ts';

/**
 * A folder with all that is above it. Node's own `recursive` never returns where a folder that exists takes no new ones and says so by
 * ENOENT, as /proc does.
 * @param onMade told of each that was not there, the outermost first
 * @throws CliError, or what else the system says, with the path that it is about
 */
export function makeFolder(path: string, onMade: (folder: string) => void = () => {}): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above, onMade);
  try {
    mkdirSync(path);
  } catch (error) {
    throw explained(error, path);
  }
  onMade(path);
}

function explained(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const refuse = (what: string, remedy: string) =>
    new CliError(`${path}: ${what} (${error.code})`, { exitCode: exitCodes.storage, remedy });
  if (error.code === 'ENOENT') return refuse('no folder can be made there', 'choose another place');
  if (error.code === 'EEXIST')
    return refuse('a file stands where a folder is needed', 'move it away, or choose another place');
  return error;
}
