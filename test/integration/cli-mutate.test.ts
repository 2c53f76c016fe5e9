/** `chainwatch rules mutate` as a process: asked to stop, it leaves nothing behind. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT, start } from './command.ts';

test('Ctrl-C in the middle ends with 130, and no folder stays', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'chainwatch-cli-mutate-'));
  onTestFinished(() => rmSync(temporary, { recursive: true, force: true }));
  const { child, ended } = start(['rules', 'mutate', 'system'], { cwd: ROOT, env: { TMPDIR: temporary } });
  const runs = () =>
    readdirSync(temporary, { recursive: true, encoding: 'utf8' }).filter((name) => /run-\w+$/.test(name));
  await expect.poll(runs, { timeout: 60_000, interval: 20 }).not.toEqual([]);
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  expect(readdirSync(temporary)).toEqual([]);
});
