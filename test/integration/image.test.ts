/** Our image without a Docker: the files that its recipe copies, the packages that it installs, nobody's user, nothing writable. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  linkSync,
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
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { kubernetes } from '../../config/runtime.ts';
import { planCluster } from '../../model/kubernetes/cluster.ts';
import { DATA_PATH, SECRETS_PATH } from '../../model/kubernetes/names.ts';
import { UID } from '../../model/kubernetes/security.ts';
import { stackInCluster } from '../../model/kubernetes/stack.ts';
import { makePlan } from '../../model/plan/plan.ts';
import { serviceNames } from '../../services/index.ts';
import { PACKAGES } from '../../services/packages.ts';
import { freePort } from '../../tools/freePort.ts';
import { isIgnored, makeImageTree, readRecipe } from '../fixtures/image.ts';
import { known, ROOT, stackNamed } from '../fixtures/real.ts';

const root = process.getuid?.() === 0;
const recipe = readRecipe(readFileSync(join(ROOT, 'services', 'Dockerfile'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'chainwatch-image-'));
const image = join(folder, 'app');
let files: readonly string[] = [];
let node = process.execPath;

beforeAll(() => {
  chmodSync(folder, 0o755);
  files = makeImageTree(ROOT, image);
  forEachBelow(image, (path, isFolder) => chmodSync(path, isFolder ? 0o555 : 0o444));
  // Nobody may not enter the home of root, where the Node at hand may lie.
  if (root) node = within(folder, process.execPath);
});

afterAll(() => {
  forEachBelow(image, (path, isFolder) => chmodSync(path, isFolder ? 0o755 : 0o644));
  rmSync(folder, { recursive: true, force: true });
});

describe('the image', () => {
  test('runs as the user that the pods set, from the folder that the entry point names', () => {
    expect(recipe.user).toBe(`${UID}:${UID}`);
    expect(recipe.entrypoint).toEqual([
      'node',
      '--disable-warning=ExperimentalWarning',
      `${recipe.workdir}/cli/main.ts`,
    ]);
  });

  test('holds no secret, stack file, test, pack or Pulumi program', () => {
    const strangers = files.filter((path) => /Pulumi\.|\.test\.|^\.|\/\.|^(components|local|model|test)\//.test(path));
    expect(strangers).toEqual([]);
    expect(files.filter((path) => path.startsWith('rules/') && !path.includes('/runbooks/'))).toEqual([]);
    expect(files).toContain('rules/op-stack/runbooks/BatcherLowETH.md');
  });

  test('holds every package that it imports, and none besides', () => {
    const texts = files.filter((path) => path.endsWith('.ts')).map((path) => readFileSync(join(image, path), 'utf8'));
    const unused = PACKAGES.filter((name) => !texts.some((text) => text.includes(`from '${name}'`)));
    expect(unused).toEqual([]);
  });

  test('does not change with what it does not hold', () => {
    const ignore = readFileSync(join(ROOT, '.dockerignore'), 'utf8');
    for (const path of ['Pulumi.mainnet.yaml', '.git/HEAD', '.chainwatch/dev/secrets/a', 'docs/a.md', 'cli/diff/a.ts'])
      expect([path, isIgnored(ignore, path)]).toEqual([path, true]);
    for (const path of files.filter((each) => !each.startsWith('node_modules')))
      expect([path, isIgnored(ignore, path)]).toEqual([path, false]);
  });
});

describe('each service starts from the image alone, with the settings of the cluster', () => {
  test.each(serviceNames)('%s', async (name) => {
    const running = await start(name);
    const answer = await running.get('/healthz');
    expect([answer.status, running.complaints()]).toEqual([200, '']);
    expect((await running.get('/metrics')).status).toBe(200);
    expect(await running.stop()).toBe(0);
  });

  test('and the status service has the runbooks', async () => {
    const running = await start('status');
    const page = await running.get('/runbooks/op-stack/BatcherLowETH');
    expect(page.status).toBe(200);
    expect(await page.text()).not.toContain('does not exist');
    await running.stop();
  });

  test('a service that does not exist is refused with the names of those that do', async () => {
    const child = launch(['serve', 'reciever'], folder);
    let complaint = '';
    child.stderr?.on('data', (text) => {
      complaint += text;
    });
    await once(child, 'close');
    expect(complaint).toContain('did you mean "receiver"?');
  });
});

interface Running {
  get(path: string): Promise<Response>;
  complaints(): string;
  stop(): Promise<number | null>;
}

async function start(name: string): Promise<Running> {
  const port = await freePort();
  const own = join(folder, `${name}-${port}`);
  const child = launch(['serve', name, '--settings', settingsOf(name, own), '--listen', `127.0.0.1:${port}`], own);
  onTestFinished(() => void child.kill('SIGKILL'));
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  const until = Date.now() + 60_000;
  while (!(await get('/healthz').catch(() => undefined))) {
    if (child.exitCode !== null) throw new Error(`${name} has ended with ${child.exitCode}: ${errors}`);
    if (Date.now() > until) throw new Error(`${name} does not answer: ${errors}`);
    await sleep(50);
  }
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'close');
    return child.exitCode;
  };
  return { get, complaints: () => errors, stop };
}

function launch(args: readonly string[], cwd: string): ChildProcess {
  const [, ...entry] = recipe.entrypoint.map((part) => part.replace(recipe.workdir, image));
  return spawn(node, [...entry, ...args], {
    cwd,
    env: { NODE_ENV: 'production', NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(root ? { uid: UID, gid: UID } : {}),
  });
}

/** Of what no stack runs: it stands beside nodes, or is started by hand as yet. */
const BESIDE_STACKS: Readonly<Record<string, unknown>> = {
  aggregator: { database: `${DATA_PATH}/aggregator.db` },
  agent: {
    source: { url: 'http://127.0.0.1:9' },
    aggregators: ['http://127.0.0.1:9'],
    queue: { folder: `${DATA_PATH}/queue` },
  },
};

/** The settings file of the dev stack's pod, with the pod's volumes at `own`. */
function settingsOf(name: string, own: string): string {
  const { stack } = stackInCluster({ ...stackNamed('dev'), kubernetes: kubernetes.parse({}) });
  const cluster = planCluster(stack, makePlan(stack, known));
  const workload = cluster?.workloads.find((each) => each.name === name);
  const settings = workload?.settings ?? BESIDE_STACKS[name];
  if (settings === undefined) throw new Error(`the dev stack has no ${name}`);
  const [secrets, data] = [join(own, 'secrets'), join(own, 'data')];
  for (const each of [own, secrets, data]) mkdirSync(each, { recursive: true });
  for (const secret of workload?.secrets ?? [])
    writeFileSync(join(secrets, secret), 'a-secret-of-the-test', { mode: 0o400 });
  const text = JSON.stringify(settings).replaceAll(SECRETS_PATH, secrets).replaceAll(DATA_PATH, data);
  const file = join(own, 'settings.json');
  writeFileSync(file, text, { mode: 0o444 });
  if (root) forEachBelow(own, (path) => chownSync(path, UID, UID));
  return file;
}

function forEachBelow(path: string, visit: (path: string, isFolder: boolean) => void): void {
  const isFolder = statSync(path).isDirectory();
  if (isFolder) {
    chmodSync(path, statSync(path).mode | 0o700);
    for (const name of readdirSync(path)) forEachBelow(join(path, name), visit);
  }
  visit(path, isFolder);
}

function within(where: string, program: string): string {
  const path = join(where, 'node');
  try {
    linkSync(program, path);
  } catch {
    cpSync(program, path);
  }
  return path;
}
