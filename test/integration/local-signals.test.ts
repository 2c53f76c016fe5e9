/** However a local run is asked to end, and whenever: all that it started ends with it. */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive } from '../../local/identity.ts';
import { eventually } from './eventually.ts';
import { MAIN, TestProject } from './testProject.ts';

let project: TestProject;
beforeEach(async () => {
  project = await TestProject.make();
});
afterEach(async () => {
  await project.clean();
});

/** Whatever is shipped is ended by one of the tests; how a start is cut off does not depend on how much it starts. */
function keepOneNetwork(): void {
  project.edit(['chainwatch:networks'], {
    small: { chain: 'eq-service', simulated: true, nodes: { 'eq-service': ['eq:9091'] } },
  });
}

/** Each phase by what is said when it begins; the exit code of a cut-off start is the signal's, of a run that was up 0. */
it.each([
  ['while programs come up', 'start', 'SIGINT', /files\n/, 130],
  ['while programs come up', 'start', 'SIGTERM', /files\n/, 143],
  ['during the first scrapes', 'start', 'SIGINT', /Processes: /, 130],
  ['while it comes up in the background', 'start --detach', 'SIGINT', /Programs\n/, 130],
  ['while it runs', 'start', 'SIGINT', /Ctrl-C stops/, 0],
  ['while it runs, when its terminal is closed', 'start', 'SIGHUP', /Ctrl-C stops/, 0],
] as const)('stops everything on a signal %s (%s, %s)', async (when, command, signal, phase, exitCode) => {
  if (when !== 'while it runs') keepOneNetwork();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...command.split(' ')], {
    cwd: project.folder,
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
  const state = project.run();
  child.kill(signal);
  expect(await ended, said).toBe(exitCode);
  expect(state?.programs.flatMap((program) => program.process ?? []).filter(isAlive) ?? []).toEqual([]);
  expect(project.run()).toBeUndefined();
  for (const port of Object.values(project.ports)) expect(await listens(port)).toBe(false);
});

it('does not leave programs alone when it ends at once, at a second Ctrl-C', async () => {
  keepOneNetwork();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'start'], {
    cwd: project.folder,
    stdio: 'ignore',
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const programs = await eventually('a run with Prometheus', 120, async () => {
    const found = project.run()?.programs ?? [];
    const running = found.flatMap((program) => program.process ?? []);
    return found.at(-1)?.name === 'prometheus' && running.length === found.length ? running : undefined;
  });
  // One that does not answer holds up the stop: here by standing still.
  const last = programs.at(-1);
  if (last) process.kill(last.pid, 'SIGSTOP');
  child.kill('SIGINT');
  await sleep(1200);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  await eventually('all programs gone', 60, async () => (programs.some(isAlive) ? undefined : true));
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
