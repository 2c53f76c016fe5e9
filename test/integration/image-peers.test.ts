/** `chainwatch peers` out of our image, as in a cluster: nobody's user, secrets of the pod, a read-only image, the volume of the data. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, createReadStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { DATA_PATH } from '../../model/kubernetes/names.ts';
import { containerSecurity, podSecurity, UID } from '../../model/kubernetes/security.ts';
import { freePort } from '../../tools/freePort.ts';
import { ROOT } from '../fixtures/real.ts';
import { until } from './aggregator/process.ts';
import { giveToNobody, ImageTree } from './image/tree.ts';

const TOKEN = 'token-of-the-cluster-for-all-networks';
const SAMPLES = 50;

let tree: ImageTree;
let data: string;
let tokenFile: string;
beforeAll(() => {
  tree = new ImageTree();
  [data, tokenFile] = [join(tree.folder, 'data'), join(tree.folder, 'token')];
  mkdirSync(data);
  giveToNobody(data);
  // A Secret in a pod is root's, and of the group that the pod runs as.
  writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o440 });
  if (process.getuid?.() === 0) chownSync(tokenFile, 0, UID);
});
afterAll(() => tree.clear());

test('an aggregator in the image is looked at, backed up and restored by the same image', async () => {
  const first = await aggregator();
  await fill(first.url);
  const peers = (...args: string[]) =>
    command(['peers', ...args, '--aggregator', first.url, '--token-file', tokenFile]);

  expect((await peers('list')).stdout).toContain('peer-1');
  expect((await peers('show', 'peer-1', '--limit', '1')).stdout).toContain(`{"n":${SAMPLES}}`);
  expect(await peers('export', '--all', '--path', 'bulk.zip')).toMatchObject({ code: 0 });
  expect(execFileSync('unzip', ['-Z1', join(data, 'bulk.zip')], { encoding: 'utf8' })).toContain('peer-1.json');
  const { publicKey } = generateKeyPairSync('ed25519');
  const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  expect(await peers('rotate-key', 'peer-1', '--new-key', key)).toMatchObject({ code: 0 });
  expect(await peers('backup', '--path', 'peers.tar')).toMatchObject({ code: 0, stderr: '' });
  expect((await peers('prune', '--before', '2020-01-01')).stdout).toMatch(/^0 samples/);

  // What came after the backup is what the restore takes away.
  await fill(first.url, SAMPLES + 1);
  const inUse = await restore('--replace');
  expect(inUse).toMatchObject({ code: 5, stderr: expect.stringContaining('is in use') });
  await first.stop();
  const done = await restore('--replace');
  expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining(`${SAMPLES} samples`) });
  expect(readdirSync(data).filter((name) => /draft|restore|scratch/.test(name))).toEqual([]);

  const second = await aggregator();
  const answer = await fetch(`${second.url}/peer/peer-1`, { headers: { 'x-auth-token': TOKEN } });
  expect(await answer.json()).toHaveLength(SAMPLES);
  await second.stop();
});

test('what may not be read is named: not the place that was to be written', async () => {
  const closed = join(data, 'closed.tar');
  writeFileSync(closed, 'a backup of somebody else', { mode: 0 });
  const says = expect.stringContaining(`${closed} cannot be read (EACCES)\nRemedy: `);
  const restored = await command(['peers', 'restore', '--from', closed, '--database', 'new.db']);
  expect(restored).toMatchObject({ code: 5, stderr: says });
  expect(await command(['peers', 'backup', '--database', closed, '--path', 'b.tar'])).toMatchObject({
    code: 5,
    stderr: says,
  });
});

test('the pod that restores is one that the namespace takes, with the claim of the data at its place', () => {
  const text = readFileSync(join(ROOT, 'docs', 'aggregator-backups.md'), 'utf8');
  const { spec } = parse(/```yaml\n(apiVersion: v1\nkind: Pod\n.*?)```/s.exec(text)?.[1] ?? '');
  const { fsGroupChangePolicy: _optional, ...pod } = podSecurity;
  expect(spec.securityContext).toEqual(pod);
  expect(spec.automountServiceAccountToken).toBe(false);
  expect(spec.containers).toHaveLength(1);
  expect(spec.containers[0].securityContext).toEqual(containerSecurity());
  expect(spec.containers[0].volumeMounts[0].mountPath).toBe(DATA_PATH);
  expect(text).toContain(`--database ${DATA_PATH}/aggregator.db`);
});

interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

async function aggregator(): Promise<Running> {
  const port = await freePort();
  const settings = join(tree.folder, 'settings.json');
  writeFileSync(settings, JSON.stringify({ database: join(data, 'aggregator.db'), tokenFile }), { mode: 0o444 });
  const args = ['serve', 'aggregator', '--settings', settings, '--listen', `127.0.0.1:${port}`];
  const child = tree.launch(args, { cwd: data });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = collected(child);
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`it has ended: ${said.stderr}`);
    return (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true;
  }, 'the aggregator is ready');
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'close');
    expect(child.exitCode).toBe(0);
  };
  return { url, stop };
}

async function fill(url: string, from = 1): Promise<void> {
  const now = Math.floor(Date.now() / 1000) - 1_000;
  const all = Array.from({ length: SAMPLES }, (_, index) => index + from);
  const body = JSON.stringify(all.map((n) => ({ peer_id: 'peer-1', timestamp: now + n, metrics: { n } })));
  const answer = await fetch(`${url}/ingest`, { method: 'POST', headers: { 'x-auth-token': TOKEN }, body });
  expect(answer.status).toBe(200);
}

/** As `kubectl exec -i` gives a backup of another machine to the pod. */
function restore(...more: readonly string[]) {
  const database = join(data, 'aggregator.db');
  return command(['peers', 'restore', '--from', '-', '--database', database, ...more], join(data, 'peers.tar'));
}

async function command(args: readonly string[], input?: string) {
  const child = tree.launch(args, { cwd: data });
  const said = collected(child);
  child.stdin?.on('error', () => {});
  if (child.stdin !== null && input !== undefined) createReadStream(input).pipe(child.stdin);
  else child.stdin?.end();
  await once(child, 'close');
  return { code: child.exitCode, ...said };
}

function collected(child: ChildProcess) {
  const said = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  return said;
}
