import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The folder that all clones of one user share: Node and external programs, by version and platform.
 * `CHAINWATCH_CACHE`, else `$XDG_CACHE_HOME/chainwatch` (the XDG specification says to ignore a relative one), else `~/.cache/chainwatch`.
 * @param {Record<string, string | undefined>} [env]
 * @returns {string} an absolute path; the folder may not exist yet
 */
export function cacheDirectory(env = process.env) {
  if (env.CHAINWATCH_CACHE) return resolve(env.CHAINWATCH_CACHE);
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, 'chainwatch');
  return join(homedir(), '.cache', 'chainwatch');
}
