/** What a test starts ends with the test, also where the test is killed and can end nothing itself. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';

const SERVER = join(import.meta.dirname, '..', '..', '..', 'tools', 'cluster', 'server.ts');

/** A process that starts two servers, ends the first, says the numbers of both, and waits. */
function starter(folder: string) {
  const script = `
    import { Server } from ${JSON.stringify(SERVER)};
    const start = (name) => Server.start({
      name, path: '/bin/sh', args: ['-c', 'exec sleep 600'], logFile: ${JSON.stringify(join(folder, 'log'))}, isReady: async () => true,
    });
    const first = await start('first');
    const second = await start('second');
    const numbers = [first.pid, second.pid];
    await first.kill();
    console.log(JSON.stringify(numbers));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.each(['SIGKILL', 'SIGTERM'] as const)('servers end with a process that %s ends', async (signal) => {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-guard-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const child = starter(folder);
  const faults = text(child.stderr);
  const said: Buffer = await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', () => void faults.then((words) => reject(new Error(words))));
  });
  const [first, second]: number[] = JSON.parse(String(said));
  expect([first, second].map((pid) => isAlive(pid ?? 0))).toEqual([false, true]);
  child.kill(signal);
  for (let tries = 0; isAlive(second ?? 0) && tries < 100; tries += 1) await sleep(50);
  expect(isAlive(second ?? 0)).toBe(false);
});
