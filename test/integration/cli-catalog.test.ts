/** `chainwatch catalog update` against real expositions: a running Prometheus, and our own simulator's. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { opStackSimulator } from '../../chains/op-stack/simulator.ts';
import { updateCatalog } from '../../cli/catalog/update.ts';
import { parseCatalogue } from '../../model/rules/catalogue.ts';
import { freePort } from '../../tools/freePort.ts';
import { locateProgram } from '../../tools/index.ts';
import { terminal } from '../unit/cli/terminal.ts';
import { inProcess, ROOT } from './command.ts';

let folder = '';
let server: Server;
let address = '';
/** What the server answers, by path. */
const pages = new Map<string, string>();

const exposed = (component: string, more = '') =>
  `${opStackSimulator.expose({ component, index: 0, instance: 'a:1' }, { time: 600, wallStart: 1_790_000_000, timeScale: 1, seed: 1, faults: [] })}${more}`;
const NEW =
  '# HELP op_node_default_dreams How many.\n# TYPE op_node_default_dreams gauge\nop_node_default_dreams{colour="blue"} 1\n';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-catalog-'));
  cpSync(join(ROOT, 'rules'), join(folder, 'rules'), { recursive: true });
  pages.set('/metrics', exposed('op-node'));
  pages.set('/new', exposed('op-node', NEW));
  pages.set('/broken', 'ok 1\nx{a="b} 2\n');
  pages.set('/page', '<!doctype html><title>x</title>');
  pages.set('/empty', '');
  server = createServer((request, response) => {
    const page = pages.get(request.url ?? '');
    response.statusCode = page === undefined ? 404 : 200;
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const update = (...args: string[]) => inProcess(['catalog', 'update', '--chain', 'op-stack', ...args], { cwd: folder });

describe('what it says', () => {
  test('a node as its catalogue has it: nothing new, nothing unlike, told by its metrics which one it is', async () => {
    const { code, stdout, stderr } = await update('--from', `${address}/metrics`, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      component: 'op-node',
      guessed: true,
      added: [],
      differences: [],
      changes: false,
    });
  });

  test('a new metric, and what is not seen, without touching the file', async () => {
    const before = readFileSync(join(ROOT, 'rules/op-stack/metrics.yaml'), 'utf8');
    const { code, stdout } = await update('--from', `${address}/new`);
    expect(code).toBe(0);
    expect(stdout).toContain('new: 1\n  op_node_default_dreams  gauge  {colour} How many.\n');
    expect(stdout).toMatch(/^not seen: \d+$/m);
    expect(stdout).toContain('Nothing is written; --write would change rules/op-stack/metrics.yaml: 1 new.\n');
    expect(readFileSync(join(ROOT, 'rules/op-stack/metrics.yaml'), 'utf8')).toBe(before);
  });

  test('the same from a file', async () => {
    writeFileSync(join(folder, 'metrics.txt'), exposed('op-node', NEW));
    const { stdout } = await update('--from', 'metrics.txt', '--component', 'op-node', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      guessed: false,
      added: [{ name: 'op_node_default_dreams', labels: ['colour'] }],
    });
  });
});

describe('without --chain', () => {
  test('the chain is told by the names, with the reason; what is not seen is told too', async () => {
    writeFileSync(join(folder, 'node.txt'), exposed('op-node'));
    const { code, stdout, stderr } = await inProcess(['catalog', 'update', '--from', 'node.txt'], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^node\.txt: op-node of op-stack /);
    expect(stdout).toMatch(/\nop-stack, since it has \d+ of the \d+ names that a catalogue knows/);
    expect(stdout).toMatch(/^not seen: \d+$/m);
  });

  test('where the names say nothing it asks for one', async () => {
    writeFileSync(join(folder, 'strange.txt'), 'nobody 1\nprocess_open_fds 1\n');
    const { code, stderr } = await inProcess(['catalog', 'update', '--from', 'strange.txt'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/no catalogue has any of its names\nRemedy: say it: --chain, one of .*op-stack/);
  });
});

test('--write adds what is new and --mark-gone marks the rest; every other line stays; a second time changes nothing', async () => {
  const io = terminal({ cwd: folder });
  const options = { chain: 'op-stack', from: `${address}/new`, write: true, markGone: true, json: false };
  const path = join(folder, 'rules/op-stack/metrics.yaml');
  const before = readFileSync(path, 'utf8').split('\n');
  expect(await updateCatalog(options, io, join(folder, 'rules'))).toBe(0);
  expect(io.stdout()).toMatch(/written: rules\/op-stack\/metrics\.yaml: 1 new, \d+ marked as not seen\./);
  const after = readFileSync(path, 'utf8');
  const rest = [...before];
  for (const line of after.split('\n')) if (line === rest[0]) rest.shift();
  expect(rest).toEqual([]);
  const { metrics } = parseCatalogue(after, 'metrics.yaml');
  expect(metrics.get('op_node_default_dreams')).toMatchObject({
    component: 'op-node',
    type: 'gauge',
    labels: ['colour'],
    note: 'seen live, not checked',
  });
  const marked = [...metrics.values()].filter(
    ({ because }) => because === 'was not seen in live exposition of op-node',
  );
  expect(marked.length).toBeGreaterThan(0);
  expect(marked.every(({ deprecated }) => deprecated)).toBe(true);
  const again = terminal({ cwd: folder });
  await updateCatalog(options, again, join(folder, 'rules'));
  expect(again.stdout()).toContain('rules/op-stack/metrics.yaml needs no change.\n');
  expect(readFileSync(path, 'utf8')).toBe(after);
});

test('a running Prometheus is as the catalogue of the system has it, in the form in which Prometheus asks', async () => {
  const program = await locateProgram('prometheus');
  if (!program) throw new Error('prometheus is not at hand');
  const port = await freePort();
  const home = join(folder, 'prometheus');
  mkdirSync(home);
  writeFileSync(join(home, 'prometheus.yml'), '{}');
  const flags = [`--web.listen-address=127.0.0.1:${port}`, '--config.file=prometheus.yml', '--storage.tsdb.path=data'];
  const child = spawn(program.path, flags, { cwd: home, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const from = `http://127.0.0.1:${port}`;
    while (
      !(await fetch(`${from}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ))
    )
      await sleep(50);
    const call = ['catalog', 'update', '--chain', 'system', '--from', `${from}/metrics`, '--json'];
    const { code, stdout, stderr } = await inProcess(call, { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { component, differences, same } = JSON.parse(stdout);
    expect({ component, differences }).toEqual({ component: 'prometheus', differences: [] });
    expect(same).toBeGreaterThan(20);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
});

describe('what cannot be', () => {
  test.each<[string, () => string[], number, string | RegExp]>([
    [
      'an unknown chain',
      () => ['--chain', 'op-stak', '--from', 'x'],
      2,
      'unknown chain "op-stak"; did you mean "op-stack"?',
    ],
    [
      'an unknown component',
      () => ['--from', `${address}/new`, '--component', 'op-noed'],
      2,
      'unknown component "op-noed"; did you mean "op-node"?',
    ],
    [
      'nobody there',
      () => ['--from', 'http://127.0.0.1:1/metrics'],
      6,
      /does not answer: .+\nRemedy: see whether the program runs/,
    ],
    [
      'another path',
      () => ['--from', `${address}/metric`],
      6,
      '/metric answers 404 Not Found\nRemedy: the path is mostly /metrics',
    ],
    ['a page', () => ['--from', `${address}/page`], 6, 'is no exposition of metrics: it is a page of HTML'],
    ['nothing', () => ['--from', `${address}/empty`], 6, 'it is empty'],
    [
      'a broken one',
      () => ['--from', `${address}/broken`],
      6,
      'which Prometheus would refuse:\n  line 2: "x{a="b} 2" has a label a whose value is no text',
    ],
    ['no such file', () => ['--from', 'localhost:9090'], 2, 'if it is an address, say so: http://localhost:9090'],
    ['a file of something else', () => ['--from', join(ROOT, 'package.json')], 2, 'it is JSON'],
    ['another protocol', () => ['--from', 'ftp://x/metrics'], 2, 'is no http:// or https:// address'],
    ['a password in the address', () => ['--from', 'http://a:b@x/metrics'], 2, 'the address holds a password'],
  ])('%s is named', async (_, args, code, message) => {
    const ended = await update(...args());
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
    if (message instanceof RegExp) expect(ended.stderr).toMatch(message);
    else expect(ended.stderr).toContain(message);
  });

  test('a program of which nothing is known must be named', async () => {
    writeFileSync(join(folder, 'other.txt'), '# TYPE nobody gauge\nnobody 1\n');
    const { code, stderr } = await update('--from', 'other.txt');
    expect(code).toBe(2);
    expect(stderr).toMatch(/so what it is cannot be told\nRemedy: say it: --component, one of .*op-geth/);
  });
});
