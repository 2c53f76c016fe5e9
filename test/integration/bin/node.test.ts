import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../bin/failure.js';
import { findNode, nodePackages, runsTypeScript } from '../../../bin/node.js';
import { captureStderr, makeFolder } from './clone.ts';

const PLATFORM = 'test-os';

/** A package with a `node` that answers as that version, and an npm that hands it out. */
function makeRegistry(answer: string) {
  captureStderr();
  const root = makeFolder();
  const write = (file: string, content: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
    chmodSync(join(root, file), 0o755);
  };
  write('package/bin/node', `#!/bin/sh\necho ${answer}\n`);
  write('package/LICENSE', '');
  execFileSync('tar', ['-czf', 'node.tgz', 'package'], { cwd: root });
  write('path/npm', `#!/bin/sh\necho "$@" >> ${root}/npm.log\ncp ${root}/node.tgz .\n`);
  const integrity = `sha512-${createHash('sha512')
    .update(readFileSync(join(root, 'node.tgz')))
    .digest('base64')}`;
  const env = { ...process.env, PATH: `${join(root, 'path')}:${process.env.PATH}`, npm_execpath: undefined };
  const cache = join(root, 'cache');
  const options = { cache, version: 'v20.1.0', platform: PLATFORM, env };
  return { root, cache, options, wanted: { name: 'node-test-os', version: '24.21.0', integrity } };
}

const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => Promise.reject(new Error('nothing failed')),
    (error: Failure) => error,
  );

describe('runsTypeScript', () => {
  it.each([
    ['v20.20.2', false],
    ['v22.17.1', false],
    ['v22.18.0', true],
    ['v23.5.0', false],
    ['v23.6.0', true],
    ['v24.0.0', true],
    ['26.1.0', true],
  ])('%s: %s', (version, expected) => {
    expect(runsTypeScript(version)).toBe(expected);
  });

  it('holds for every Node that we take from npm', () => {
    expect(Object.values(nodePackages).filter(({ version }) => !runsTypeScript(version))).toEqual([]);
  });
});

describe('findNode', () => {
  it('is this one where it is new enough', async () => {
    expect(await findNode({ cache: '/nowhere', version: 'v22.18.0', execPath: '/this/node' })).toBe('/this/node');
  });

  it('comes from npm into the cache, once', async () => {
    const { root, cache, options, wanted } = makeRegistry('v24.21.0');
    const expected = join(cache, 'node', '24.21.0-test-os', 'bin', 'node');
    const find = () => findNode({ ...options, packages: { [PLATFORM]: wanted } });
    expect(await Promise.all([find(), find()])).toEqual([expected, expected]);
    expect(await find()).toBe(expected);
    expect(readFileSync(join(root, 'npm.log'), 'utf8').trim().split('\n')).toEqual([
      expect.stringMatching(/^pack node-test-os@24\.21\.0 /),
    ]);
    expect(readdirSync(join(cache, 'node'))).toEqual(['24.21.0-test-os']);
  });

  it('that is not the file that we know is refused, and nothing of it stays', async () => {
    const { cache, options, wanted } = makeRegistry('v24.21.0');
    const failure = await failureOf(
      findNode({ ...options, packages: { [PLATFORM]: { ...wanted, integrity: 'sha512-other' } } }),
    );
    expect(failure.message).toMatch(
      /node-test-os@24\.21\.0 from npm is not the file that we know \(sha512-.* instead of sha512-other\)/,
    );
    expect(failure).toMatchObject({ exitCode: 3, remedy: expect.stringContaining('Install Node 24') });
    expect(readdirSync(join(cache, 'node'))).toEqual([]);
  });

  it('that does not run on this machine is not kept', async () => {
    const { cache, options, wanted } = makeRegistry('v1.0.0');
    const failure = await failureOf(findNode({ ...options, packages: { [PLATFORM]: wanted } }));
    expect(failure.message).toContain('does not run here: it says v1.0.0 instead of v24.21.0');
    expect(readdirSync(join(cache, 'node'))).toEqual([]);
  });

  it('is asked for by name where npm has none', async () => {
    const failure = await failureOf(findNode({ cache: '/nowhere', version: 'v20.20.2', platform: 'sunos-x64' }));
    expect(failure.message).toBe(
      'Chainwatch needs Node 22.18 or newer; this is 20.20.2, and npm has no newer one for sunos-x64.',
    );
    expect(failure).toMatchObject({ exitCode: 3, remedy: expect.stringContaining('Install Node 24') });
  });
});
