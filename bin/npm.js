import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { runToEnd } from './child.js';
import { exitCodes, Failure } from './failure.js';

/**
 * Runs npm silently and returns what it printed.
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string | undefined>, node?: string, what: string }} options `what` for the error, e.g. `install the packages`
 * @returns {Promise<string>}
 * @throws {Failure} with npm's own error lines and a remedy; {Interrupted} when a signal came
 */
export async function runNpm(args, { cwd, env = process.env, node = process.execPath, what }) {
  // Under `npm start` npm says where it lies: the same npm again, not whichever comes first on PATH.
  const own = env.npm_execpath;
  const [command, first] = own && basename(own) === 'npm-cli.js' && existsSync(own) ? [node, [own]] : ['npm', []];
  let result;
  try {
    result = await runToEnd(command, [...first, ...args], { cwd, env, capture: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Failure(`npm is not on PATH, so it cannot ${what}.`, {
      remedy: 'Install npm (it comes with Node from https://nodejs.org), then run this again.',
    });
  }
  if (result.exitCode !== 0) throw npmFailure(result, { args, cwd, what });
  return result.output;
}

const KNOWN_FAULTS = [
  {
    pattern: /ENOSPC|no space left/i,
    exitCode: exitCodes.storage,
    remedy: (cwd) => `The disk is full: free some space for ${cwd} and for npm's cache, then run this again.`,
  },
  {
    pattern: /EACCES|EPERM|EROFS/,
    exitCode: exitCodes.storage,
    remedy: (cwd) => `Make ${cwd} and npm's cache writable for you (were they made by root?), then run this again.`,
  },
  {
    pattern: /can only install packages when|EUSAGE/,
    remedy: () => 'package.json and package-lock.json disagree: run `npm install`, then commit package-lock.json.',
  },
  {
    pattern: /EINTEGRITY/,
    remedy: () =>
      'A downloaded package differs from package-lock.json: run `npm cache clean --force` and try again; if it stays so, do not trust the registry.',
  },
  {
    pattern: /SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY)|CERT_/,
    remedy: () => 'npm does not trust the certificate of its registry: name your CA file in NODE_EXTRA_CA_CERTS.',
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/,
    remedy: () =>
      'npm cannot reach its registry (`npm config get registry`): check the network or the proxy (HTTPS_PROXY), then run this again.',
  },
];

function npmFailure({ exitCode, output }, { args, cwd, what }) {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => /^npm (?:error|ERR!)/.test(line));
  const fault = KNOWN_FAULTS.find(({ pattern }) => pattern.test(output));
  return new Failure(`npm could not ${what} (exit code ${exitCode}).`, {
    details: errors.length > 0 ? errors.slice(0, 12) : lines.slice(-12),
    exitCode: fault?.exitCode ?? exitCodes.missing,
    remedy: fault?.remedy(cwd) ?? `Run \`npm ${args.join(' ')}\` in ${cwd} to see all that npm says.`,
  });
}
