import { accessSync, constants, statSync } from 'node:fs';
import { codeOf } from '../../services/shared/fault.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';

/**
 * A file that is there and may be read, or a pipe: a backup may come out of another program.
 *
 * @param none what to say where there is none: `--from: there is no backup`
 * @throws CliError
 */
export function requireReadable(path: string, { none, remedy }: { readonly none: string; readonly remedy: string }) {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true)
    throw new CliError(`${none} ${path}`, { remedy });
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new CliError(`${path} cannot be read (${codeOf(error)})`, {
      exitCode: exitCodes.storage,
      remedy: 'ask whoever owns it for the right to read it, or run this as that user',
    });
  }
  return path;
}
