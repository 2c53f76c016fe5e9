/** What can go wrong around a local run: each is one clear message, a documented exit code, and nothing left behind. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive } from '../../local/identity.ts';
import type { RunState } from '../../local/state.ts';
import { eventually, Stand } from './stand.ts';

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.make();
});
afterEach(async () => {
  await stand.clean();
});

it('names who holds a port that it needs, and the setting that changes it: once', async () => {
  const squatter = createServer().listen(stand.ports.alertmanager, '127.0.0.1');
  try {
    for (const flags of [['--detach'], []]) {
      const { code, stdout, stderr } = await stand.chainwatch('start', ...flags);
      expect(code).toBe(4);
      expect(stderr).toContain(`port ${stand.ports.alertmanager}, which alertmanager wants, is held by`);
      expect(stderr).toContain('chainwatch:services.alertmanager.port');
      expect(`${stdout}${stderr}`.match(/is held by/g)).toHaveLength(1);
      if (process.platform === 'linux') expect(stderr).toContain(`process ${process.pid}`);
    }
  } finally {
    squatter.close();
  }
});

it.each([['--detach'], []])(
  'says that a file is in the way of its logs, once, and starts nothing (%s)',
  async (...flags) => {
    const folder = join(stand.folder, '.chainwatch', 'dev');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'logs'), '');
    const { code, stdout, stderr } = await stand.chainwatch('start', ...flags);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toBe(
      `chainwatch: ${join(folder, 'logs')} is a file; Chainwatch needs a folder there\n` +
        `Remedy: move it away: mv ${join(folder, 'logs')} ${join(folder, 'logs')}.old\n`,
    );
  },
);

it('knows which stacks there are, also where none runs', async () => {
  for (const command of ['status', 'stop']) {
    const { code, stderr } = await stand.chainwatch(command, '--stack', 'deb');
    expect(code).toBe(2);
    expect(stderr).toContain(`there is no Pulumi.deb.yaml in ${stand.folder}; did you mean dev?`);
  }
  expect(await stand.chainwatch('status')).toMatchObject({
    code: 1,
    stdout: 'Stack dev does not run; start it with: npx chainwatch start --stack dev\n',
  });
  expect(await stand.chainwatch('stop')).toMatchObject({ code: 0, stdout: 'Stack dev does not run.\n' });
});

it('a service on a port of a running stack names the stack, ends with 4, and leaves nothing behind', async () => {
  expect(await stand.chainwatch('start', '--detach')).toMatchObject({ code: 0 });
  const before = readdirSync(stand.folder);
  const served = await stand.chainwatch('serve', 'receiver', '--listen', `127.0.0.1:${stand.ports.prometheus}`);
  expect(served).toMatchObject({ code: 4, stdout: '' });
  const holder = process.platform === 'linux' ? 'is held by Chainwatch stack dev\n' : 'is in use by another program\n';
  expect(served.stderr).toContain(holder);
  expect(served.stderr.match(/port/g)?.length).toBeLessThan(5);
  expect(readdirSync(stand.folder)).toEqual(before);
  expect(await stand.chainwatch('status')).toMatchObject({ stdout: expect.stringContaining('time ×60') });
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

const MAIN = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

/** Each phase by what is said when it begins; the exit code of a cut-off start is the signal's, of a run that was up 0. */
it.each([
  ['while programs come up', 'start', 'SIGINT', /files\n/, 130],
  ['while programs come up', 'start', 'SIGTERM', /files\n/, 143],
  ['during the first scrapes', 'start', 'SIGINT', /Processes: /, 130],
  ['while it comes up in the background', 'start --detach', 'SIGINT', /Programs\n/, 130],
  ['while it runs', 'start', 'SIGINT', /Ctrl-C stops/, 0],
  ['while it runs, when its terminal is closed', 'start', 'SIGHUP', /Ctrl-C stops/, 0],
] as const)('stops everything on a signal %s (%s, %s)', async (_, command, signal, phase, exitCode) => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...command.split(' ')], {
    cwd: stand.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  while (!phase.test(said) && child.exitCode === null) await sleep(10);
  // Programs are there by now, or are just being started.
  await sleep(200);
  const state = readRun();
  child.kill(signal);
  expect(await ended, said).toBe(exitCode);
  expect(state?.programs.flatMap((program) => program.process ?? []).filter(isAlive) ?? []).toEqual([]);
  expect(readRun()).toBeUndefined();
  for (const port of Object.values(stand.ports)) expect(await listens(port)).toBe(false);
});

it('does not leave programs alone when it ends at once, at a second Ctrl-C', async () => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'start'], {
    cwd: stand.folder,
    stdio: 'ignore',
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const programs = await eventually('a run with Prometheus', 30, async () => {
    const found = readRun()?.programs.flatMap((program) => program.process ?? []) ?? [];
    return found.length > 6 ? found : undefined;
  });
  // One that does not answer holds up the stop: here by standing still.
  const last = programs.at(-1);
  if (last) process.kill(last.pid, 'SIGSTOP');
  child.kill('SIGINT');
  await sleep(1200);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  await eventually('all programs gone', 5, async () => (programs.some(isAlive) ? undefined : true));
});

function readRun(): RunState | undefined {
  try {
    return JSON.parse(readFileSync(join(stand.folder, '.chainwatch', 'dev', 'run.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
