/** Who holds a port, on the real system: only Linux tells. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeError } from '../../../cli/errors.ts';
import { runFolder } from '../../../local/folder.ts';
import { holdersOf } from '../../../local/holder.ts';
import { identify } from '../../../local/identity.ts';
import { describeHolder, requireFreePorts, stopOf } from '../../../local/ports.ts';
import { writeState } from '../../../local/state.ts';

let project: string;
let child: ChildProcess | undefined;
let server: Server | undefined;
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'chainwatch-holder-')));
});
afterEach(async () => {
  server?.close();
  if (child && child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  [child, server] = [undefined, undefined];
  rmSync(project, { recursive: true, force: true });
});

const LISTENER = `const server = require('net').createServer().listen(0, '127.0.0.1', () => console.log(server.address().port))`;

/** A program that listens, in a folder and with words on its command line. */
async function listener(cwd: string, ...words: readonly string[]): Promise<{ port: number; pid: number }> {
  child = spawn(process.execPath, ['-e', LISTENER, '--', ...words], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = child.stdout ? await once(child.stdout, 'data') : [];
  return { port: Number(String(line)), pid: child.pid ?? 0 };
}

/** As if a run of this stack had started that process. */
function record(stack: string, pid: number): void {
  const folder = runFolder(project, stack);
  mkdirSync(folder.root, { recursive: true });
  const program = { name: 'prometheus', url: 'http://127.0.0.1:9090', log: '', restarts: 0 };
  const id = identify(pid);
  writeState(folder, {
    format: 1,
    stack,
    supervisor: { pid: process.pid, startedAt: '' },
    ready: true,
    timeScale: 1,
    notes: [],
    programs: [{ ...program, ...(id ? { process: id } : {}) }],
  });
}

async function refusal(port: number): Promise<string> {
  try {
    await requireFreePorts([{ service: 'prometheus', port }], '/elsewhere');
  } catch (error) {
    const { exitCode, message } = describeError(error, false);
    expect(exitCode).toBe(4);
    return message;
  }
  throw new Error('the port is free');
}

describe.runIf(process.platform === 'linux')('the holder of a port', () => {
  test('is a program, with its number', async () => {
    const { port, pid } = await listener(project, 'serve', '--quiet');
    expect(holdersOf([port], '/elsewhere').get(port)).toMatchObject({ kind: 'program', pid });
    expect(await refusal(port)).toMatch(
      new RegExp(
        `^port ${port}, which prometheus wants, is held by process ${pid} \\(node .*\\)\\n` +
          `Remedy: stop it: kill ${pid}; or change chainwatch:services.prometheus.port$`,
      ),
    );
  });

  test('is the stack whose state names it, found by its working folder', async () => {
    const { port, pid } = await listener(project);
    record('testnet', pid);
    expect(await refusal(port)).toBe(
      `port ${port}, which prometheus wants, is held by Chainwatch stack testnet of ${project}\n` +
        `Remedy: stop it: cd ${project} && npx chainwatch stop --stack testnet; or change chainwatch:services.prometheus.port`,
    );
  });

  test('is found by its command line too, wherever it was started', async () => {
    const { port, pid } = await listener('/', `--config.file=${project}/.chainwatch/dev/config/prometheus.yml`);
    expect(holdersOf([port], '/elsewhere').get(port)?.kind).toBe('program');
    record('dev', pid);
    expect(holdersOf([port], '/elsewhere').get(port)).toEqual({ kind: 'stack', pid, stack: 'dev', project });
  });

  test('is not a stack whose process of that number was another', async () => {
    const { port } = await listener(project);
    record('dev', process.pid);
    expect(holdersOf([port], project).get(port)?.kind).toBe('program');
  });
});

test('ports of one holder are told together', async () => {
  server = createServer().listen(0, '127.0.0.1');
  const second = createServer().listen(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(second, 'listening')]);
  const ports = [server, second].map((each) => {
    const address = each.address();
    return typeof address === 'object' && address ? address.port : 0;
  });
  const wanted = ports.map((port, index) => ({ service: `s${index}`, port }));
  const error = await requireFreePorts(wanted).catch((thrown: unknown) => thrown);
  second.close();
  const { message } = describeError(error, false);
  expect(message).toContain(`ports ${ports[0]} (s0), ${ports[1]} (s1) are held by`);
  expect(message.match(/held by/g)).toHaveLength(1);
  expect(message).toContain('or change the ports in chainwatch:services');
});

test('words for each kind of holder', () => {
  const stack = { kind: 'stack', pid: 7, stack: 'dev', project: '/p' } as const;
  expect(describeHolder(stack, '/p')).toBe('Chainwatch stack dev');
  expect(stopOf(stack, 9090, '/p')).toBe('stop it: npx chainwatch stop --stack dev');
  expect(describeHolder(undefined, '/p')).toBe('a program that this user cannot see');
  expect(stopOf(undefined, 9090, '/p')).toContain("sport = :9090'");
});
