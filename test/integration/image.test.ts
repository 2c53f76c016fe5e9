/** Our image without a Docker: the files that its recipe copies, the packages that it installs, nobody's user, nothing writable. */
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
import { isIgnored } from '../fixtures/image.ts';
import { known, ROOT, stackNamed } from '../fixtures/real.ts';
import { missingImports } from './image/imports.ts';
import { giveToNobody, ImageTree, recipe } from './image/tree.ts';

let tree: ImageTree;
let files: readonly string[] = [];

beforeAll(() => {
  tree = new ImageTree();
  files = tree.files;
});

afterAll(() => tree.clear());

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
    const texts = files
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(tree.image, path), 'utf8'));
    const unused = PACKAGES.filter((name) => !texts.some((text) => text.includes(`from '${name}'`)));
    expect(unused).toEqual([]);
  });

  test('holds all that services and peers import, those parts too that are loaded only where settings want them', () => {
    // What other commands are made of is in a checkout, and `serve` says less of a port that is taken.
    const elsewhere = (from: string, to: string) =>
      (from.startsWith('cli/commands/') && /^\.\.\/(?!peers\/)([^/]+\/|loadStack)/.test(to)) ||
      (from === 'cli/serve.ts' && to.startsWith('../local/'));
    expect(missingImports(tree.image, ['cli/main.ts'], (from, to) => !elsewhere(from, to))).toEqual([]);
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
    expect(await complaintOf(['serve', 'reciever'])).toContain('did you mean "receiver"?');
  });

  test('a command that the image does not hold says where it is', async () => {
    expect(await complaintOf(['config', 'check'])).toMatch(/not in the image.*\nRemedy: .*checkout/);
  });
});

async function complaintOf(args: readonly string[]): Promise<string> {
  const child = tree.launch(args, { cwd: tree.folder });
  let complaint = '';
  child.stderr?.on('data', (text) => {
    complaint += text;
  });
  await once(child, 'close');
  return complaint;
}

interface Running {
  get(path: string): Promise<Response>;
  complaints(): string;
  stop(): Promise<number | null>;
}

async function start(name: string): Promise<Running> {
  const port = await freePort();
  const own = join(tree.folder, `${name}-${port}`);
  const args = ['serve', name, '--settings', settingsOf(name, own), '--listen', `127.0.0.1:${port}`];
  const child = tree.launch(args, { cwd: own });
  child.stdout?.resume();
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
  giveToNobody(own);
  return file;
}
