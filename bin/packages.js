import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { withLock } from './lock.js';
import { runNpm } from './npm.js';
import { withProgress } from './progress.js';

const MARKER = '.chainwatch-installed.json';

/**
 * Installs the packages of package-lock.json when they are missing, or others than it says. Two starts at once: the second waits.
 * @param {{ root: string, node: string, env?: Record<string, string | undefined> }} options `node` is the Node that npm runs under
 */
export async function ensurePackages({ root, node, env = process.env }) {
  if (isInstalled(root)) return;
  const onWait = ({ pid }) => process.stderr.write(`Waiting for process ${pid}, which installs the packages …\n`);
  await withLock(
    join(root, '.chainwatch', 'install.lock'),
    async () => {
      if (!isInstalled(root)) await install(root, node, env);
    },
    { onWait },
  );
}

function isInstalled(root) {
  const wanted = fingerprint(root);
  if (read(join(root, 'node_modules', MARKER)) === wanted) return true;
  if (!installedByHand(root)) return false;
  writeFileSync(join(root, 'node_modules', MARKER), wanted);
  return true;
}

// The platform belongs to it: a folder that is mounted into a container has the host's native packages.
function fingerprint(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const sha256 = createHash('sha256').update(lock).digest('hex');
  return `${JSON.stringify({ packageLockSha256: sha256, platform: `${process.platform}-${process.arch}` })}\n`;
}

// Someone ran `npm install` or `npm ci` themselves: npm's own record of what lies in node_modules says whether that is what the lock file wants.
function installedByHand(root) {
  const record = readPackages(join(root, 'node_modules', '.package-lock.json'));
  const wanted = readPackages(join(root, 'package-lock.json'));
  if (!record || !wanted) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const present = record[path];
    // Those for other platforms are optional and absent.
    if (!present) return Boolean(optional);
    return present.version === version && present.integrity === integrity;
  });
}

function readPackages(file) {
  const text = read(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text).packages;
  } catch {
    return undefined;
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function install(root, node, env) {
  const wanted = Object.values(readPackages(join(root, 'package-lock.json')) ?? {});
  const count = wanted.filter(({ os, cpu }) => allows(os, process.platform) && allows(cpu, process.arch)).length - 1;
  await withProgress(`Installing about ${count} packages (npm ci)`, async () => {
    await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: root,
      node,
      env: { ...env, PATH: [dirname(node), env.PATH].filter(Boolean).join(delimiter) },
      what: `install the packages in ${root}`,
    });
    writeFileSync(join(root, 'node_modules', MARKER), fingerprint(root));
  });
}

function allows(list, value) {
  return !list || list.includes(value);
}

/**
 * Lets `npx chainwatch` in the clone find the clone's own command: npm links the commands of dependencies only, and npx would look further.
 * @param {string} root
 */
export function linkCommand(root) {
  const link = join(root, 'node_modules', '.bin', 'chainwatch');
  const target = join('..', '..', 'bin', 'chainwatch.js');
  try {
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === target) return;
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(target, link);
  } catch (error) {
    // A convenience only: a read-only clone, or another start that has just made it.
    if (!['EEXIST', 'EACCES', 'EROFS', 'EPERM'].includes(error.code)) throw error;
  }
}
