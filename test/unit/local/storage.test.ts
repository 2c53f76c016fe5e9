/** What the disk refuses: each one message with the path and the remedy, and exit code 5. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeError } from '../../../cli/errors.ts';
import { exitCodes } from '../../../cli/exitCodes.ts';
import { makeRunFolder, runFolder } from '../../../local/folder.ts';
import { clearState, readProcesses, readState, writeState } from '../../../local/state.ts';
import { writableFolder, writing } from '../../../local/storage.ts';

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'chainwatch-storage-'));
});
afterEach(() => {
  rmSync(project, { recursive: true, force: true });
});

function said(work: () => void): string {
  try {
    work();
  } catch (error) {
    const { message, exitCode } = describeError(error, false);
    expect(exitCode).toBe(exitCodes.storage);
    return message;
  }
  throw new Error('nothing was refused');
}

describe('the folder of a run', () => {
  test('is made whole where there is nothing', () => {
    const folder = runFolder(project, 'dev');
    makeRunFolder(folder);
    expect([folder.config, folder.logs].every((path) => existsSync(path))).toBe(true);
  });

  test.each(['.chainwatch', '.chainwatch/dev', '.chainwatch/dev/logs'])('cannot be made where %s is a file', (path) => {
    const file = join(project, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
    expect(said(() => makeRunFolder(runFolder(project, 'dev')))).toBe(
      `${file} is a file; Chainwatch needs a folder there\nRemedy: move it away: mv ${file} ${file}.old`,
    );
  });

  test('cannot be made behind a link that leads nowhere', () => {
    const link = join(project, '.chainwatch');
    symlinkSync(join(project, 'unmounted', 'disk'), link);
    expect(said(() => makeRunFolder(runFolder(project, 'dev')))).toContain(`${link} is a link to what is not there`);
  });
});

test('a file where a program keeps its data', () => {
  const file = join(project, 'prometheus');
  writeFileSync(file, '');
  expect(said(() => writableFolder(file))).toContain(`${file} is a file`);
});

test('a folder where the state is written: nothing half written stays', () => {
  const folder = runFolder(project, 'dev');
  mkdirSync(folder.state, { recursive: true });
  const state = {
    format: 1,
    stack: 'dev',
    supervisor: { pid: process.pid, startedAt: '' },
    ready: false,
    timeScale: 1,
    notes: [],
    programs: [],
  } as const;
  const refused = `${folder.state} is a folder; Chainwatch writes a file there`;
  expect(said(() => writeState(folder, { ...state, notes: [], programs: [] }))).toContain(refused);
  expect(existsSync(`${folder.state}.${process.pid}`)).toBe(false);
  expect(said(() => clearState(folder))).toContain(refused);
});

test.each([
  ['EACCES', /may not write to .*\nRemedy: .*chown/],
  ['EROFS', /is on a read-only disk\nRemedy: keep the stack files in a folder that can be written/],
  ['ENOSPC', /the disk is full\nRemedy: make room; see: df -h /],
  ['EDQUOT', /the disk is full/],
])('%s of the system', (code, message) => {
  const path = join(project, 'config');
  const refuse = () => {
    throw Object.assign(new Error('write'), { code });
  };
  expect(said(() => writing(path, refuse))).toMatch(message);
  expect(said(() => writing(path, refuse))).toContain(`${path} cannot be written`);
});

test('what is no matter of storage stays what it was', () => {
  const fault = new TypeError('x is not a function');
  expect(() =>
    writing(project, () => {
      throw fault;
    }),
  ).toThrow(fault);
});

describe('a run that another version started', () => {
  const older = (supervisor: object) => {
    const folder = runFolder(project, 'dev');
    mkdirSync(folder.root, { recursive: true });
    writeFileSync(folder.state, JSON.stringify({ format: 0, supervisor, programs: [{ name: 'prometheus' }] }));
    return folder;
  };

  test('is one sentence with the remedy while it runs; stop can still end it', () => {
    const folder = older({ pid: process.pid, startedAt: '' });
    expect(() => readState(folder)).toThrow(/^what runs was started by another version of Chainwatch/);
    try {
      readState(folder);
    } catch (error) {
      expect(describeError(error, false)).toMatchObject({
        exitCode: exitCodes.failed,
        message: expect.stringMatching(/\nRemedy: end it with: npx chainwatch stop --stack dev, then start it again$/),
      });
    }
    expect(readProcesses(folder)?.supervisor.pid).toBe(process.pid);
  });

  test('is nothing once it has ended', () => {
    expect(readState(older({ pid: 2 ** 30, startedAt: '1' }))).toBeUndefined();
  });
});
