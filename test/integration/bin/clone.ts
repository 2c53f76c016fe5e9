import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';

const BIN = fileURLToPath(new URL('../../../bin/', import.meta.url));

/** A clone as small as one can be, with a pretended npm that leaves a line in `npm.log` for each run. */
export interface Clone {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  write(file: string, content: string): void;
  /** The arguments of each run of npm. */
  npmRuns(): readonly string[];
  /** Runs the bootstrap on `main.ts` in a process of its own. */
  start(...args: string[]): Started;
}

export interface Started {
  readonly pid: number;
  /** Settles with the first output. */
  readonly spoken: Promise<unknown>;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

/** The text of a lock file with one package at that version. */
export function lockOf(version: string): string {
  return JSON.stringify({ packages: { '': {}, 'node_modules/left': { version, integrity: `sha512-${version}` } } });
}

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Keeps what is written to stderr in this process out of the test's output, and returns it. */
export function captureStderr(): () => string {
  const spy = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.map(([chunk]) => String(chunk)).join('');
}

/**
 * @param npm shell lines of the pretended npm, after it has logged its arguments; by default an install that works
 * @param main the program that is started
 */
export function makeClone({ npm = 'mkdir -p node_modules', main = "console.log('main');" } = {}): Clone {
  const root = makeFolder();
  const write = (file: string, content: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  write('package-lock.json', lockOf('1.0.0'));
  write('main.ts', main);
  write('path/npm', `#!/bin/sh\necho "$@" >> ${root}/npm.log\n${npm}\n`);
  chmodSync(join(root, 'path', 'npm'), 0o755);
  const options = JSON.stringify({ root });
  write('start.mjs', `import { bootstrap } from '${BIN}bootstrap.js';\nawait bootstrap('main.ts', ${options});\n`);
  const path = [join(root, 'path'), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH: path, npm_execpath: undefined, CHAINWATCH_CACHE: join(root, 'cache') };

  return {
    root,
    env,
    write,
    npmRuns: () => {
      try {
        return readFileSync(join(root, 'npm.log'), 'utf8').trim().split('\n');
      } catch {
        return [];
      }
    },
    start: (...args) => {
      const child = spawn(process.execPath, [join(root, 'start.mjs'), ...args], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const spoken = once(child.stdout, 'data');
      spoken.catch(() => undefined);
      const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
      return { pid: child.pid ?? 0, spoken, ended: ended.then(([out, err]) => ({ code: child.exitCode, out, err })) };
    },
  };
}
