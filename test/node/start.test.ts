/** The node that the other tests of this layer stand on: real pods, no way out, and nothing of it stays. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containerSecurity, podSecurity } from '../../model/kubernetes/security.ts';
import { SANDBOX_IMAGE } from '../../tools/node/settings.ts';
import { type RealNode, startNode } from '../../tools/node/start.ts';
import { eventually } from '../integration/eventually.ts';
import { GIVEN, skipReason } from './skipReason.ts';

const run = promisify(execFile);
const COLD_CACHE_MS = 40 * 60_000;

let folder: string;
let node: RealNode | undefined;
let starter: ChildProcess | undefined;

beforeEach((context) => {
  const why = GIVEN === undefined ? skipReason() : 'a cluster was given, and no node of our own is wanted';
  if (why !== undefined) context.skip(why);
  folder = mkdtempSync(join(tmpdir(), 'cw-node-'));
});
afterEach(async () => {
  starter?.kill('SIGKILL');
  await node?.stop();
  node = undefined;
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** Of this machine: what a node would change if it were not apart. */
async function machine() {
  const settings = ['vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops', 'net/ipv4/ip_forward'];
  const { stdout: links } = await run('ip', ['-o', 'link']);
  return {
    settings: settings.map((setting) => readFileSync(`/proc/sys/${setting}`, 'utf8')),
    links: links.split('\n').map((line) => line.split(':')[1]),
    spaces: (await run('ip', ['netns', 'list'])).stdout,
    // Tests of full disks, which may run beside this one, mount some.
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => !line.includes(' chainwatch-test ')).length,
  };
}

/** Numbers of the processes that have the folder among their words: all of a node have. */
function processes(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        Number(pid) !== process.pid &&
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
      );
    } catch {
      return false;
    }
  });
}

/** Of nodes that this process has started, or another. */
function cgroups(starter: number | undefined): string[] {
  return readdirSync('/sys/fs/cgroup', { recursive: false, withFileTypes: true }).flatMap(({ name }) =>
    [name, ...below(join('/sys/fs/cgroup', name))].filter((each) => each.startsWith(`chainwatch-node-${starter}-`)),
  );
}

function below(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

describe('a real node', () => {
  it(
    'runs a restricted pod, has no way out, and leaves nothing',
    async () => {
      const before = await machine();
      node = await startNode({ folder });
      const { kubectl, kubeconfig } = node;
      const call = async (args: readonly string[], input?: object): Promise<string> => {
        const running = run(kubectl, ['--kubeconfig', kubeconfig, ...args]);
        running.child.stdin?.end(input ? JSON.stringify(input) : '');
        return (await running).stdout.trim();
      };
      const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
      await call(['create', '-f', '-'], { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ours', labels } });
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'plain', namespace: 'ours' },
        spec: {
          securityContext: podSecurity,
          containers: [{ name: 'main', image: SANDBOX_IMAGE, securityContext: containerSecurity() }],
        },
      };
      // A new namespace has no account for pods at first, and a pod none to be of.
      await eventually('a pod let in', 60, () => call(['create', '-f', '-'], pod).catch(() => undefined));
      await call(['-n', 'ours', 'wait', 'pod/plain', '--for=condition=Ready', '--timeout=180s']);
      await call(['-n', 'kube-system', 'wait', 'deployment/coredns', '--for=condition=Available', '--timeout=180s']);

      const [pid] = processes().filter((each) => readFileSync(`/proc/${each}/cmdline`, 'utf8').includes('kubelet'));
      const routes = await run('nsenter', ['--target', pid ?? '', '--net', 'ip', '-o', 'route']);
      expect(routes.stdout).toContain('10.244.0.');
      expect(routes.stdout).not.toContain('default');
      expect(await machine()).toEqual(before);
      expect(cgroups(process.pid).length).toBeGreaterThan(0);

      await node.stop();
      expect({ processes: processes(), cgroups: cgroups(process.pid) }).toEqual({ processes: [], cgroups: [] });
      expect(await machine()).toEqual(before);
    },
    COLD_CACHE_MS,
  );

  it(
    'ends with whoever has started it, whatever has ended that',
    async () => {
      const script = `
      const { startNode } = await import(${JSON.stringify(new URL('../../tools/node/start.ts', import.meta.url).href)});
      await startNode({ folder: ${JSON.stringify(folder)} });
      console.log('ready');`;
      starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      expect(String((await once(starter.stdout ?? starter, 'data'))[0])).toBe('ready\n');
      expect(processes().length).toBeGreaterThan(5);
      expect(cgroups(starter.pid).length).toBeGreaterThan(0);
      starter.kill('SIGKILL');
      await eventually(
        'nothing left',
        60,
        async () => (processes().length === 0 && cgroups(starter?.pid).length === 0) || undefined,
      );
    },
    COLD_CACHE_MS,
  );

  it('says what is wrong with a folder too long for sockets, and leaves nothing', async () => {
    const long = join(folder, 'x'.repeat(80));
    await expect(startNode({ folder: long })).rejects.toThrow('is too long');
    expect(processes()).toEqual([]);
  });
});
