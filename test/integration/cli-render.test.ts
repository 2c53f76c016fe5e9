/** `chainwatch render` for the stacks that are shipped: the real programs take what it writes, and no secret is in it. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { secretVariable } from '../../local/secrets.ts';
import { run } from '../fixtures/programs.ts';
import { PROVE } from '../fixtures/prove.ts';
import { planNamed, STACKS, stackText } from '../fixtures/real.ts';
import { chainwatch, inProcess, ROOT, start } from './command.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-cli-render-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function filesBelow(path: string): Map<string, string> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(path, name)).isFile(),
  );
  return new Map(names.sort().map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

const DIGEST = `registry.example/chainwatch@sha256:${'a'.repeat(64)}`;

/** Each stack as it would be deployed: in a cluster, our services by digest. */
describe.each(STACKS)('%s', (name) => {
  const canary = 'canary-that-sings';
  const out = () => join(folder, name);
  const stacks = () => inCluster(join(folder, 'stacks'));
  const render = (...more: string[]) => {
    const env = Object.fromEntries(
      planNamed(name).secrets.map((secret) => [secretVariable(secret), `${canary}-${secret}`]),
    );
    return inProcess(['render', '--stack', name, '--out', out(), ...more], { cwd: stacks(), env });
  };

  test('is taken by promtool and amtool', async () => {
    const { code, stderr } = await render('--image', DIGEST);
    expect(code).toBe(0);
    expect(stderr).not.toContain('our own services');
    const prometheus = await run('promtool', ['check', 'config', '--syntax-only', 'prometheus.yml'], out());
    expect(`${prometheus.code} ${prometheus.stderr}`).toBe('0 ');
    const rules = readdirSync(join(out(), 'rules')).map((file) => join('rules', file));
    expect(rules).toContain('rules/system.yaml');
    expect((await run('promtool', ['check', 'rules', '--lint-fatal', ...rules], out())).code).toBe(0);
    expect((await run('amtool', ['check-config', 'alertmanager.yml'], out())).code).toBe(0);
  });

  test('has each object once, and an order that names all of them', () => {
    const files = [...filesBelow(out()).keys()];
    const order: unknown = parse(readFileSync(join(out(), 'apply-order.yaml'), 'utf8'));
    const token = expect.stringMatching(/RandomPassword secrets-receiver-token$/);
    expect(order).toMatchObject({ stack: name, onlyByPulumi: expect.arrayContaining([token]) });
    const applied = files.filter((file) => /^(manifests|releases)\//.test(file));
    expect(applied).toEqual(
      expect.arrayContaining([
        'manifests/_cluster/namespace-chainwatch.yaml',
        'manifests/chainwatch/prometheus-chainwatch.yaml',
        'manifests/chainwatch/statefulset-receiver.yaml',
        'releases/kube-prometheus-stack.yaml',
      ]),
    );
    expect(stepFiles(order)).toEqual(applied);
  });

  test('has no value in any Secret, and its rules are those of the plain files', () => {
    const files = filesBelow(out());
    const secrets = [...files].filter(([path]) => path.includes('/secret-'));
    expect(secrets.length).toBeGreaterThan(1);
    for (const [, text] of secrets) {
      const { stringData = {}, data = {} } = parse(text);
      const values = [...Object.values(stringData), ...Object.values(data)];
      expect(new Set(values)).toEqual(new Set(['<masked>']));
    }
    const rules = [...files].filter(([path]) => path.includes('/prometheusrule-'));
    for (const [path, text] of rules) {
      const plain = files.get(`rules/${path.replace(/^.*prometheusrule-/, '')}`) ?? '';
      expect(parse(text).spec.groups.map(namesIn)).toEqual(parse(plain).groups.map(namesIn));
    }
  });

  test('holds no secret', () => {
    const files = filesBelow(out());
    expect(files.size).toBeGreaterThan(5);
    for (const text of files.values()) expect(text).not.toMatch(/canary|4dabf18193072939515e22adb298388d/);
  });

  // In the rest nothing depends on what a stack says: one is as good as three.
  if (!PROVE && name !== 'testnet') return;

  test('is the same bytes the second time', async () => {
    const before = filesBelow(out());
    const { code, stdout } = await render('--image', DIGEST);
    expect(code).toBe(0);
    expect(stdout).toContain(`${before.size - 1} as before`);
    expect(filesBelow(out())).toEqual(before);
  });

  test('without an image everything but our services, and it says so', async () => {
    const { code, stderr } = await render();
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('our own services are left out'),
    });
    const files = filesBelow(out());
    const order: unknown = parse(files.get('apply-order.yaml') ?? '');
    expect(order).toMatchObject({ leftOut: expect.arrayContaining([expect.stringContaining('own services')]) });
    expect(
      [...files.keys()].filter((file) => /(statefulset|deployment)-(receiver|status|exporter)/.test(file)),
    ).toEqual([]);
    expect(files.has('manifests/chainwatch/prometheus-chainwatch.yaml')).toBe(true);
    for (const text of files.values()) expect(text).not.toContain('left.out');
  });
});

test('--only plain writes no manifest and loads no Pulumi, --only manifests nothing else', async () => {
  const cwd = inCluster(join(folder, 'stacks'));
  const [plain, manifests] = [join(folder, 'plain'), join(folder, 'manifests')];
  const env = { NODE_OPTIONS: `--import=${NO_PULUMI}` };
  const quick = ['render', '--stack', 'testnet', '--only', 'plain', '--out', plain];
  expect(await chainwatch(quick, { cwd, env })).toMatchObject({ code: 0, stderr: '' });
  // It would have been noticed.
  const whole = await chainwatch(['render', '--stack', 'testnet', '--out', join(folder, 'whole')], { cwd, env });
  expect(whole).toMatchObject({ code: 9, stderr: expect.stringContaining('@pulumi/pulumi was loaded') });
  expect((await inProcess(['render', '-s', 'testnet', '--only', 'manifests', '--out', manifests], { cwd })).code).toBe(
    0,
  );
  const manifest = /^(\.chainwatch-render|apply-order|manifests\/|releases\/|grafana\/resources\/)/;
  expect([...filesBelow(plain).keys()].filter((file) => manifest.test(file))).toEqual(['.chainwatch-render.json']);
  expect([...filesBelow(manifests).keys()].filter((file) => !manifest.test(file))).toEqual([]);
});

/** Ends the process where anything of Pulumi is imported. */
const NO_PULUMI = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({ resolve(name, context, next) {
    if (name.startsWith('@pulumi/')) { console.error(name + ' was loaded'); process.exit(9); }
    return next(name, context);
  } });`)}`;

/** The shipped stack files, each of which names a cluster. */
function inCluster(path: string): string {
  mkdirSync(path, { recursive: true });
  for (const name of STACKS) {
    const text = stackText(name);
    const cluster = /^ {2}chainwatch:kubernetes:/m.test(text) ? '' : '  chainwatch:kubernetes: {}\n';
    writeFileSync(join(path, `Pulumi.${name}.yaml`), text + cluster);
  }
  return path;
}

function namesIn({ name, rules }: { name: string; rules: { alert?: string; record?: string }[] }) {
  return [name, rules.map(({ alert, record }) => alert ?? record)];
}

function stepFiles(order: unknown): string[] {
  const steps = z.object({ steps: z.array(z.object({ files: z.array(z.string()) })) }).parse(order).steps;
  return steps.flatMap(({ files }) => files).sort();
}

describe('manifests that cannot be', () => {
  const stackFile = (text: string) => {
    const path = mkdtempSync(join(folder, 'stack-'));
    writeFileSync(join(path, 'Pulumi.dev.yaml'), text);
    return path;
  };
  const network = (more: string) => `config:
  chainwatch:networks:
    n: { chain: op-stack, simulated: true, chainId: 1, nodes: { op-node: ["a:1"] }, l1: { chainId: 2 } }
${more}`;

  test.each([
    ['of a stack without a cluster', '', ['--only', 'manifests'], 'Pulumi.dev.yaml names no cluster'],
    ['an image of a stack without a cluster', '', ['--image', DIGEST], 'Pulumi.dev.yaml names no cluster'],
    [
      'an image without a digest',
      '  chainwatch:kubernetes: {}\n',
      ['--image', 'chainwatch:latest'],
      'must be pinned by digest: registry/name@sha256:…',
    ],
  ])('%s', async (_what, more, args, message) => {
    const cwd = stackFile(network(more));
    const { code, stderr } = await inProcess(['render', '--out', 'out', ...args], { cwd });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(stderr).not.toMatch(/\n +at /);
    expect(readdirSync(cwd)).toEqual(['Pulumi.dev.yaml']);
  });
});

test('a fault in the stack file ends with 2 and writes nothing', async () => {
  const { code, stderr } = await inProcess(['render', '--stack', 'nowhere', '--out', join(folder, 'x')], {
    cwd: ROOT,
  });
  expect(code).toBe(2);
  expect(stderr).toContain('there is no Pulumi.nowhere.yaml');
  expect(readdirSync(folder)).not.toContain('x');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s in the middle leaves nothing behind', async (signal, exitCode) => {
  const out = join(folder, signal, 'out');
  const { child, ended } = start(['render', '--stack', 'mainnet', '--out', out], { cwd: ROOT });
  while (!existsSync(out) && child.exitCode === null) await sleep(1);
  child.kill(signal);
  expect(await ended).toEqual({ code: exitCode, stdout: '', stderr: '' });
  expect(readdirSync(folder)).not.toContain(signal);
});
