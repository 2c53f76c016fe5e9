import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../bin/failure.js';
import { ensurePackages, linkCommand } from '../../../bin/packages.js';
import { type Clone, captureStderr, lockOf, makeClone } from './clone.ts';

const ensure = ({ root, env }: Clone) => ensurePackages({ root, env, node: process.execPath });

const failureOf = (clone: Clone): Promise<Failure> =>
  ensure(clone).then(
    () => Promise.reject(new Error('nothing failed')),
    (error: Failure) => error,
  );

describe('packages', () => {
  it('are installed on the first start, without install scripts, and not again on the second', async () => {
    const said = captureStderr();
    const clone = makeClone();
    await ensure(clone);
    expect(clone.npmRuns()).toEqual([expect.stringMatching(/^ci --ignore-scripts/)]);
    expect(said()).toMatch(/^Installing about 1 packages \(npm ci\) …\n.*: done in \d+ s\n$/);
    await ensure(clone);
    expect(clone.npmRuns()).toHaveLength(1);
  });

  it('are installed again when package-lock.json says something else', async () => {
    captureStderr();
    const clone = makeClone();
    await ensure(clone);
    clone.write('package-lock.json', lockOf('2.0.0'));
    await ensure(clone);
    expect(clone.npmRuns()).toHaveLength(2);
  });

  it('that someone has installed by hand stay, if they are those of the lock file', async () => {
    captureStderr();
    const clone = makeClone();
    clone.write('node_modules/.package-lock.json', lockOf('1.0.0'));
    await ensure(clone);
    expect(clone.npmRuns()).toEqual([]);

    const outdated = makeClone();
    outdated.write('node_modules/.package-lock.json', lockOf('0.9.0'));
    await ensure(outdated);
    expect(outdated.npmRuns()).toHaveLength(1);
  });

  it('are installed once when two start at the same time', async () => {
    const said = captureStderr();
    const clone = makeClone({ npm: 'sleep 0.1; mkdir -p node_modules' });
    await Promise.all([ensure(clone), ensure(clone)]);
    expect(clone.npmRuns()).toHaveLength(1);
    expect(said()).toMatch(/Waiting for process \d+, which installs the packages/);
    expect(existsSync(join(clone.root, '.chainwatch', 'install.lock'))).toBe(false);
  });

  it('that cannot be installed: npm’s own error and a remedy, and the next start tries again', async () => {
    captureStderr();
    const npm = 'mkdir -p node_modules; echo "npm error code ENOTFOUND" >&2; echo "npm warn noise" >&2; exit 1';
    const clone = makeClone({ npm });
    const failure = await failureOf(clone);
    expect(failure.message).toBe(`npm could not install the packages in ${clone.root} (exit code 1).`);
    expect(failure).toMatchObject({
      details: ['npm error code ENOTFOUND'],
      exitCode: 3,
      remedy: expect.stringContaining('HTTPS_PROXY'),
    });
    await failureOf(clone);
    expect(clone.npmRuns()).toHaveLength(2);
  });

  it.each([
    ['npm error code ENOSPC', 5, 'The disk is full'],
    ['npm error code EACCES', 5, 'writable for you'],
    ['npm error code EUSAGE', 3, 'run `npm install`'],
    ['npm error code EINTEGRITY', 3, 'differs from package-lock.json'],
    ['npm error code UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 3, 'NODE_EXTRA_CA_CERTS'],
    ['something else', 3, 'Run `npm ci --ignore-scripts'],
  ])('%s: exit code %i, %s', async (line, exitCode, remedy) => {
    captureStderr();
    const failure = await failureOf(makeClone({ npm: `echo "${line}" >&2; exit 1` }));
    expect(failure).toMatchObject({ exitCode, remedy: expect.stringContaining(remedy), details: [line] });
  });

  it('without npm: it is asked for', async () => {
    captureStderr();
    const clone = makeClone();
    const failure = await failureOf({ ...clone, env: { PATH: '/nowhere' } });
    expect(failure).toMatchObject({ exitCode: 3, message: expect.stringContaining('npm is not on PATH') });
  });
});

describe('the command', () => {
  it('of the clone is where npx looks', () => {
    const { root } = makeClone();
    linkCommand(root);
    linkCommand(root);
    const link = join(root, 'node_modules', '.bin', 'chainwatch');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readlinkSync(link)).toBe('../../bin/chainwatch.js');
  });
});
