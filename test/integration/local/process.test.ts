/** A child process of a run, with small real programs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identify, isAlive } from '../../../local/identity.ts';
import { type Command, LocalProcess, StartError } from '../../../local/process.ts';

let folder: string;
let seen: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-process-'));
  seen = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function make(script: string, over: Partial<Command> = {}): LocalProcess {
  const command = {
    name: 'toy',
    path: process.execPath,
    args: ['-e', script],
    ready: 'http://127.0.0.1:1/',
    probe: async () => true,
    grace: 0.3,
    ...over,
  };
  return new LocalProcess(command, join(folder, 'logs', 'toy.log'), ({ state }) => seen.push(state.is));
}
const { signal } = new AbortController();
const STAYS = 'setInterval(() => {}, 1000)';

async function died(toy: LocalProcess): Promise<void> {
  while (toy.state.is === 'running') await new Promise((resolve) => setTimeout(resolve, 10));
}

test('runs until it is stopped, and then is gone', async () => {
  const toy = make(STAYS);
  expect(toy.state).toEqual({ is: 'new' });
  await toy.start(5, signal);
  const id = toy.id;
  expect(toy.state.is).toBe('running');
  expect(id && isAlive(id)).toBe(true);
  await Promise.all([toy.stop(), toy.stop()]);
  expect(toy.state).toEqual({ is: 'stopped' });
  expect(toy.id).toBeUndefined();
  expect(id && isAlive(id)).toBe(false);
  expect(seen).toEqual(['running', 'stopped']);
});

test('one that does not want to end is made to, after its grace', async () => {
  const toy = make(`process.on('SIGTERM', () => {}); console.log('deaf'); ${STAYS}`);
  await toy.start(5, signal);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await toy.stop();
  expect(toy.state).toEqual({ is: 'stopped' });
});

test('one that ends before it is ready is a failed start, with its last words', async () => {
  const toy = make('console.error("no such flag"); process.exit(3)', { probe: async () => false });
  const failed = toy.start(5, signal);
  await expect(failed).rejects.toThrow(StartError);
  await expect(failed).rejects.toThrow(/toy ended at once \(exit code 3\)[\s\S]*no such flag/);
});

test('one that never gets ready is a failed start, and is stopped', async () => {
  const toy = make(STAYS, { probe: async () => false });
  await expect(toy.start(0.2, signal)).rejects.toThrow('toy was not ready within 0.2 s');
  expect(toy.state).toEqual({ is: 'stopped' });
});

test('a program that is not there fails the start, and stopping it does not hang', async () => {
  const toy = make('', { path: join(folder, 'nothing') });
  await expect(toy.start(5, signal)).rejects.toThrow(/toy .*ENOENT|ended at once/);
  await toy.stop();
  expect(toy.state).toEqual({ is: 'stopped' });
});

test('one that died is started again, unless it was stopped in the meantime', async () => {
  const toy = make(STAYS);
  await toy.start(5, signal);
  const first = toy.id;
  toy.signal('SIGKILL');
  await died(toy);
  expect(toy.state).toEqual({ is: 'ended', how: 'SIGKILL' });
  await toy.revive();
  expect(toy.restarts).toBe(1);
  expect(toy.id?.pid).not.toBe(first?.pid);
  toy.signal('SIGKILL');
  await died(toy);
  const again = toy.revive();
  await toy.stop();
  await again;
  expect(toy.state).toEqual({ is: 'stopped' });
});

test('an abort ends the wait at once, and leaves the stopping to the caller', async () => {
  const toy = make(STAYS, {
    probe: (aborted) =>
      new Promise((_, reject) => aborted.addEventListener('abort', () => reject(aborted.reason), { once: true })),
  });
  const controller = new AbortController();
  const started = toy.start(60, controller.signal);
  controller.abort(new Error('Ctrl-C'));
  await expect(started).rejects.toThrow('Ctrl-C');
  expect(toy.state.is).toBe('running');
  await toy.stop();
});

test('a process is another one when its number was given anew', () => {
  const own = identify(process.pid);
  expect(own && isAlive(own)).toBe(true);
  expect(isAlive({ pid: process.pid, startedAt: '1' })).toBe(process.platform !== 'linux');
});
