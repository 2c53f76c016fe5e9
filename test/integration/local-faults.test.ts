/** What can go wrong around a local run: each is one clear message, a documented exit code, and nothing left behind. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive } from '../../local/process.ts';
import type { RunState } from '../../local/state.ts';
import { eventually, Stand } from './stand.ts';

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.make();
});
afterEach(async () => {
  await stand.clean();
});

it('names who holds a port that it needs, and the setting that changes it', async () => {
  const squatter = createServer().listen(stand.ports.alertmanager, '127.0.0.1');
  try {
    const { code, stderr } = await stand.chainwatch('start', '--detach');
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${stand.ports.alertmanager}, which alertmanager wants, is held by`);
    expect(stderr).toContain('chainwatch:services.alertmanager.port');
    if (process.platform === 'linux') expect(stderr).toContain(`process ${process.pid}`);
  } finally {
    squatter.close();
  }
});

it('lists every fault of a stack file with its line, and starts nothing', async () => {
  stand.edit(['chainwatch:networks', 'op-dev', 'alerts', 'BatcherLowEth'], { enabled: false });
  stand.edit(['chainwatch:networks', 'op-dev', 'chainId'], '901');
  const { code, stderr } = await stand.chainwatch('start', '--detach');
  expect(code).toBe(2);
  expect(stderr).toMatch(/Pulumi\.dev\.yaml:\d+:\d+ .*BatcherLowEth.*did you mean "BatcherLowETH"\?/);
  expect(stderr).toMatch(/chainId/);
  expect(stderr).not.toContain('    at ');
});

it('ends what an earlier run left behind when that was killed', async () => {
  expect(await stand.chainwatch('start', '--detach')).toMatchObject({ code: 0 });
  const state: RunState = JSON.parse(readFileSync(join(stand.folder, '.chainwatch', 'dev', 'run.json'), 'utf8'));
  process.kill(state.supervisor.pid, 'SIGKILL');
  await eventually('the supervisor gone', 10, async () => !isAlive(state.supervisor) || undefined);
  const orphans = state.programs.flatMap((program) => program.process ?? []);
  expect(orphans.filter(isAlive).length).toBeGreaterThan(3);

  expect(await stand.chainwatch('status')).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/was killed and left behind .*prometheus/),
  });

  const again = await stand.chainwatch('start', '--detach');
  expect(again, again.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Ended what an earlier run had left behind'),
  });
  expect(orphans.filter(isAlive)).toEqual([]);
});

it('stops everything on Ctrl-C, also while it is still starting', async () => {
  for (const after of [700, 6000]) {
    const main = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'start'], {
      cwd: stand.folder,
      stdio: 'ignore',
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await sleep(after);
    let state: RunState | undefined;
    try {
      state = JSON.parse(readFileSync(join(stand.folder, '.chainwatch', 'dev', 'run.json'), 'utf8'));
    } catch {
      // Nothing was started yet.
    }
    child.kill('SIGINT');
    await ended;
    expect(state?.programs.flatMap((program) => program.process ?? []).filter(isAlive) ?? []).toEqual([]);
  }
});
