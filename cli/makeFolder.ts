import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from './errors.ts';
import { exitCodes } from './exitCodes.ts';

type OnMade = (folder: string) => void;

/**
 * A folder with all that is above it. Node's own `recursive` never returns where a folder that exists takes no new ones and says so by
 * ENOENT, as /proc does.
 * @param onMade told of each that was not there, the outermost first
 * @throws what the system says, with the path that it is about
 */
export function makeFolders(path: string, onMade: OnMade = () => {}): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const above = dirname(path);
  if (above !== path) makeFolders(above, onMade);
  mkdirSync(path);
  onMade(path);
}

/**
 * The same at a place that somebody named on the command line.
 * @throws CliError, or what else the system says
 */
export function makeFolder(path: string, onMade: OnMade = () => {}): void {
  try {
    makeFolders(path, onMade);
  } catch (error) {
    throw explained(error);
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && 'path' in error)) return error;
  const refuse = (what: string, remedy: string) =>
    new CliError(`${error.path}: ${what} (${error.code})`, { exitCode: exitCodes.storage, remedy });
  if (error.code === 'ENOENT') return refuse('no folder can be made there', 'choose another place');
  if (error.code === 'EEXIST')
    return refuse('a file stands where a folder is needed', 'move it away, or choose another place');
  return error;
}
