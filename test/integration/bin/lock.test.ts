import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../../bin/lock.js';
import { makeFolder } from './clone.ts';

const run = promisify(execFile);
const LOCK = fileURLToPath(new URL('../../../bin/lock.js', import.meta.url));

function lockFile(): string {
  return join(makeFolder(), 'work', '.lock');
}

/** Leaves the lock of a process that is no more. */
function leaveBehind(file: string, holder?: object): void {
  const { pid } = spawnSync(process.execPath, ['--version']);
  spawnSync('mkdir', ['-p', join(file, '..')]);
  writeFileSync(file, JSON.stringify(holder ?? { pid, host: hostname(), id: 'x' }));
}

describe('withLock', () => {
  it('lets one in at a time, also when many find the lock of a dead process', async () => {
    const file = lockFile();
    leaveBehind(file);
    const counter = join(file, '..', 'counter');
    writeFileSync(counter, '0');
    const program = `
      import { readFileSync, writeFileSync } from 'node:fs';
      import { setTimeout as delay } from 'node:timers/promises';
      import { withLock } from ${JSON.stringify(LOCK)};
      for (let i = 0; i < 2; i += 1) await withLock(${JSON.stringify(file)}, async () => {
        const seen = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
        await delay(5);
        writeFileSync(${JSON.stringify(counter)}, String(seen + 1));
      });`;
    await Promise.all(Array.from({ length: 5 }, () => run(process.execPath, ['--input-type=module', '-e', program])));
    expect(readFileSync(counter, 'utf8')).toBe('10');
  });

  it('is released when the work fails, and gives its error', async () => {
    const file = lockFile();
    await expect(withLock(file, () => Promise.reject(new Error('no luck')))).rejects.toThrow('no luck');
    expect(await withLock(file, () => Promise.resolve('next'))).toBe('next');
  });

  it('says whom it waits for, and stops waiting when aborted', async () => {
    const file = lockFile();
    const stop = new AbortController();
    await withLock(file, async () => {
      const waiting = withLock(file, () => Promise.resolve(), {
        signal: stop.signal,
        onWait: ({ pid }) => stop.abort(new Error(`would wait for ${pid}`)),
      });
      await expect(waiting).rejects.toThrow(`would wait for ${process.pid}`);
    });
  });

  it('of a process id that came back to us after a restart is not ours', async () => {
    const file = lockFile();
    leaveBehind(file, { pid: process.pid, host: hostname(), id: 'before the restart' });
    expect(await withLock(file, () => Promise.resolve('in'))).toBe('in');
  });

  it('of another machine holds while its heartbeat is young', async () => {
    const file = lockFile();
    leaveBehind(file, { pid: 1, host: 'elsewhere', id: 'x' });
    const waits: string[] = [];
    const stop = AbortSignal.timeout(150);
    await withLock(file, () => Promise.resolve(), { signal: stop, onWait: ({ host }) => waits.push(host) }).catch(() =>
      delay(0),
    );
    expect(waits).toEqual(['elsewhere']);
  });
});
