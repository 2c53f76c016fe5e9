/** A token or a passphrase that somebody keeps in a file or a variable: never an argument, which all on a machine can read. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';

/**
 * The first line of a file. A pipe will do too: `--openssl-pass-file <(pass show exports)`.
 *
 * @param option for the message: `--token-file`
 * @throws CliError where it is not there, empty, or readable by others
 */
export function secretIn(file: string, option: string, { cwd }: Pick<Io, 'cwd'>): string {
  const path = requirePrivate(resolve(cwd, file), option);
  const [line = ''] = readFileSync(path, 'utf8').split(/\r?\n/, 1);
  if (line.trim() === '')
    throw new CliError(`${option}: the first line of ${path} is empty`, { remedy: 'write the secret there' });
  return line;
}

/**
 * A file that is no one else's to read.
 *
 * @returns its path
 * @throws CliError where it is not there, or readable by others
 */
export function requirePrivate(path: string, option: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new CliError(`${option}: there is no file ${path}`, { remedy: 'name the file that holds it' });
  if (stats.isDirectory()) throw new CliError(`${option}: ${path} is a folder`, { remedy: 'name the file in it' });
  // Of somebody else's file it is the group that lets us read it, as in a pod.
  const others = stats.uid === process.getuid?.() ? 0o077 : 0o007;
  if (stats.isFile() && (stats.mode & others) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    throw new CliError(`${option}: others on this machine may read ${path} (mode ${mode})`, {
      remedy: `chmod 0600 ${path}`,
    });
  }
  return path;
}
