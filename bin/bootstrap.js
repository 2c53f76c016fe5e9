import { realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from './cache.js';
import { runToEnd } from './child.js';
import { asFailure, exitCodes, Failure, Interrupted } from './failure.js';
import { findNode } from './node.js';
import { ensurePackages, linkCommand } from './packages.js';

const CLONE = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Runs a TypeScript program of this clone with this process' arguments, on any Node from 20 on: finds a Node that can, installs the
 * packages, and stays between the program and whoever started it. Sets the exit code; never throws for what the user can mend.
 * @param {string} entry path in the clone, e.g. `cli/main.ts`
 * @param {{ root?: string, args?: string[], env?: Record<string, string | undefined> }} [options]
 */
export async function bootstrap(entry, { root = CLONE, args = process.argv.slice(2), env = process.env } = {}) {
  try {
    if (process.platform === 'win32') {
      throw new Failure('Chainwatch runs on Linux and macOS.', {
        remedy: 'On Windows use WSL 2, with the clone inside it.',
      });
    }
    const node = await findNode({ cache: cacheDirectory(env), env });
    await ensurePackages({ root, node, env });
    linkCommand(root);
    const flags = ['--disable-warning=ExperimentalWarning'];
    const { exitCode } = await runToEnd(node, [...flags, join(root, entry), ...args], {
      env: programEnvironment(env, node, root),
    });
    process.exitCode = exitCode;
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error) {
  if (error instanceof Interrupted) return error.exitCode;
  const failure = asFailure(error);
  if (!failure) {
    process.stderr.write(`chainwatch: a fault in Chainwatch itself, please report it: ${error?.stack ?? error}\n`);
    return exitCodes.internal;
  }
  const details = failure.details.map((line) => `  ${line}\n`).join('');
  process.stderr.write(`chainwatch: ${failure.message}\n${details}Remedy: ${failure.remedy}\n`);
  return failure.exitCode;
}

function programEnvironment(env, node, root) {
  // Types are stripped and code is compiled once per file and not at every start, which halves a short command's time. It goes with the packages.
  const compiled = join(root, 'node_modules', '.cache', 'node-compile');
  return { NODE_COMPILE_CACHE: compiled, ...withNodeFirst(env, node) };
}

/**
 * `node` in whatever the program starts is the same Node. Where PATH leads there already it stays as it is: a folder such as /usr/bin put first
 * would hide the user's own programs.
 * @param {Record<string, string | undefined>} env
 * @param {string} node
 */
export function withNodeFirst(env, node) {
  const folders = env.PATH ? env.PATH.split(delimiter) : [];
  const first = folders.map((folder) => realPath(join(folder, 'node'))).find((path) => path !== undefined);
  return first === realPath(node) ? env : { ...env, PATH: [dirname(node), ...folders].join(delimiter) };
}

function realPath(file) {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
