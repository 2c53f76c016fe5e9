/** The cluster that the other tests of this layer stand on: what it accepts, what it refuses, and that it goes away. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../tools/cluster/start.ts';
import { describeProgress } from '../../tools/index.ts';

const run = promisify(execFile);
const COLD_CACHE_MS = 40 * 60_000;
const folder = mkdtempSync(join(tmpdir(), 'chainwatch-cluster-'));
let cluster: Cluster;
let shown = '';

beforeAll(async () => {
  cluster = await startCluster({
    folder,
    onProgress: (progress) => {
      const step = `${progress.program} ${progress.step}`;
      if (step !== shown) process.stderr.write(`${describeProgress(progress)}\n`);
      shown = step;
    },
  });
}, COLD_CACHE_MS);

afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function kubectl(args: readonly string[], input?: object): Promise<string> {
  const running = run(cluster.kubectl, ['--kubeconfig', cluster.kubeconfig, ...args]);
  if (input) running.child.stdin?.end(JSON.stringify(input));
  return (await running).stdout.trim();
}

const restricted = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
const namespace = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
});
const podSpec = (securityContext: object) => ({
  containers: [{ name: 'main', image: 'example.org/none:1', securityContext }],
});
const labels = { app: 'web' };
const workload = (kind: string, more: object = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: kind.toLowerCase(), namespace: 'ours' },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: podSpec(restricted) },
    ...more,
  },
});

describe('a cluster', () => {
  it('is of the version that it says', async () => {
    expect(JSON.parse(await kubectl(['version', '-o', 'json']))).toMatchObject({
      clientVersion: { gitVersion: 'v1.36.3' },
      serverVersion: { gitVersion: 'v1.36.3', major: '1', minor: '36' },
    });
  });

  it('runs a Deployment and a StatefulSet with claims until they are ready', async () => {
    const claim = {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    for (const object of [
      namespace('ours'),
      workload('Deployment'),
      workload('StatefulSet', { serviceName: 'none', volumeClaimTemplates: [claim] }),
    ])
      await kubectl(['apply', '--server-side', '-f', '-'], object);
    await kubectl(['-n', 'ours', 'rollout', 'status', 'deployment/deployment', '--timeout=60s']);
    await kubectl(['-n', 'ours', 'rollout', 'status', 'statefulset/statefulset', '--timeout=60s']);
    expect(await kubectl(['-n', 'ours', 'get', 'pvc', '-o', 'jsonpath={.items[*].status.phase}'])).toBe('Bound Bound');
  });

  it('refuses a pod that is not restricted where the namespace asks for that', async () => {
    const pod = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'ours' }, spec });
    await expect(kubectl(['create', '-f', '-'], pod(podSpec({})))).rejects.toThrow(
      /violates PodSecurity "restricted:latest"/,
    );
    await kubectl(['create', '--dry-run=server', '-f', '-'], pod(podSpec(restricted)));
  });

  it('lets a service account do what a Role gives it, and nothing else', async () => {
    const token = await kubectl(['-n', 'ours', 'create', 'token', 'default']);
    const as = (...args: string[]) => run(cluster.kubectl, [...kubectlAs(token), ...args]);
    await expect(as('-n', 'ours', 'get', 'pods')).rejects.toThrow(/Forbidden/);
    await kubectl(['-n', 'ours', 'create', 'role', 'reader', '--verb=get,list', '--resource=pods']);
    await kubectl(['-n', 'ours', 'create', 'rolebinding', 'reader', '--role=reader', '--serviceaccount=ours:default']);
    expect((await as('-n', 'ours', 'get', 'pods', '-o', 'name')).stdout).toContain('pod/');
    await expect(as('-n', 'ours', 'get', 'secrets')).rejects.toThrow(/Forbidden/);
  });

  it('keeps what it has accepted when the API server is killed', async () => {
    await cluster.killApiServer();
    await expect(kubectl(['get', 'namespaces'])).rejects.toThrow(/refused/);
    await cluster.startApiServer();
    expect(await kubectl(['get', 'namespace', 'ours', '-o', 'name'])).toBe('namespace/ours');
    // The controllers find their way back: a namespace that is deleted goes.
    await kubectl(['delete', 'namespace', 'ours', '--timeout=60s']);
  });

  it('leaves no process and no open port', async () => {
    const { url } = cluster;
    await cluster.stop();
    await sleep(100);
    await expect(fetch(url)).rejects.toThrow();
    const { stdout } = await run('ps', ['-eo', 'args']);
    expect(stdout.split('\n').filter((line) => line.includes(folder))).toEqual([]);
  });
});

function kubectlAs(token: string): readonly string[] {
  const authority = join(folder, 'authority.crt');
  writeFileSync(authority, cluster.access.certificate);
  return ['--kubeconfig', '/dev/null', '--server', cluster.url, '--certificate-authority', authority, '--token', token];
}
