/** `pulumi up` of the dev stack, where there is a `pulumi`: interrupted, finished, looked at again, changed, and taken down. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { z } from 'zod';
import { OBJECT } from '../../model/kubernetes/names.ts';
import { eventually } from '../integration/eventually.ts';
import { type Engine, makeEngine, missingEngine } from './engine.ts';
import { type Stand, startOperator, startStand } from './stand.ts';
import { untilEqual } from './until.ts';
import { workloadsOf } from './workloads.ts';

const COLD_CACHE_MS = 40 * 60_000;
const UP_MS = 6 * 60_000;
const NAMESPACE = 'chainwatch';
const UP = ['up', '--yes', '--skip-preview', '--suppress-progress'];

const missing = missingEngine();
let stand: Stand;
let engine: Engine;
let before: ReadonlySet<string>;

beforeAll(async () => {
  if (missing !== undefined) return;
  stand = await startStand();
  engine = await makeEngine({ folder: stand.folder, kubeconfig: stand.cluster.kubeconfig, crds: stand.crds });
  before = new Set(await inventory());
}, COLD_CACHE_MS);

afterAll(async () => {
  engine?.end();
  await stand?.end();
});

function skipWithout({ skip }: TestContext): void {
  if (missing !== undefined) skip(missing);
}

describe('pulumi', () => {
  test('finishes what an `up` has begun that lost the API server half-way', { timeout: UP_MS }, async (context) => {
    skipWithout(context);
    const { ended, interrupt } = engine.start(...UP);
    await eventually('a first few objects', 120, async () => ((await policies()) > 2 ? true : undefined));
    await stand.cluster.killApiServer();
    // The provider would go on asking for minutes; whoever sits before it does not wait that long.
    await sleep(2_000);
    interrupt();
    const patience = setTimeout(interrupt, 20_000);
    expect((await ended).code).not.toBe(0);
    clearTimeout(patience);
    await stand.cluster.startApiServer();
    await finish();
    await startOperator(stand);
    await untilEqual(async () => (await workloadsOf(stand.client, NAMESPACE)).faults, []);
    await untilEqual(
      async () => Object.keys((await workloadsOf(stand.client, NAMESPACE)).pods).filter(isOperated),
      [`StatefulSet alertmanager-${OBJECT}`, `StatefulSet prometheus-${OBJECT}`],
    );
  });

  test('takes what is there and not in its state when it is told to', { timeout: UP_MS }, async (context) => {
    skipWithout(context);
    const { stdout } = await engine.run('stack', 'export');
    const { deployment } = exported.parse(JSON.parse(stdout));
    const found = deployment.resources.find(({ urn }) => urn.endsWith('::chainwatch-status-edges'));
    await engine.run('state', 'delete', found?.urn ?? '', '--yes');
    await expect(engine.run(...UP)).rejects.toThrow('networkpolicies.networking.k8s.io "status" already exists');
    await finish();
  });

  test('sees no change where there is none', { timeout: UP_MS }, async (context) => {
    skipWithout(context);
    const { stdout, stderr } = await engine.run('preview', '--expect-no-changes');
    expect(stdout + stderr).not.toContain('Undefined value');
  });

  test('shows what a changed alert changes, and no more', { timeout: UP_MS }, async (context) => {
    skipWithout(context);
    const alert = 'chainwatch:networks.op-dev.alerts.BatcherLowETH';
    await engine.run('config', 'set', '--path', `${alert}.threshold`, '0.4 ETH');
    const changed = await changes();
    expect(changed).toEqual(['update PrometheusRule chainwatch-op-dev-rules']);
    await engine.run('config', 'set', '--path', `${alert}.threshold`, '0.5 ETH');
    expect(await changes()).toEqual([]);
  });

  test('destroys all but the kinds, which hold what others may have made', { timeout: UP_MS }, async (context) => {
    skipWithout(context);
    await engine.run('destroy', '--yes', '--skip-preview', '--suppress-progress');
    const kinds = stand.crds.map(({ metadata }) => `CustomResourceDefinition ${metadata.name}`).sort();
    await untilEqual(async () => (await inventory()).filter((object) => !before.has(object)), kinds);
  });
});

/** What a server took and then died over is there, and nobody told Pulumi: `docs/troubleshooting.md` says what helps. */
async function finish(): Promise<void> {
  const { code, stdout, stderr } = await engine.start(...UP).ended;
  if (code === 0) return;
  if (!stdout.concat(stderr).includes('already exists')) throw new Error(`${stdout}${stderr}`);
  await engine.runWith({ PULUMI_K8S_UPSERT_EXISTING_OBJECTS: 'true' }, ...UP);
  // The provider is said to be without it again.
  await engine.run(...UP);
}

const exported = z.object({ deployment: z.object({ resources: z.array(z.object({ urn: z.string() })) }) });

async function policies(): Promise<number> {
  return (await stand.client.list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' })).length;
}

function isOperated(name: string): boolean {
  return name.endsWith(`-${OBJECT}`);
}

const preview = z.object({ steps: z.array(z.object({ op: z.string(), urn: z.string() })) });

/** `update ConfigMap <resource>`, of all that would not stay the same. Sorted. */
async function changes(): Promise<string[]> {
  const { stdout } = await engine.run('preview', '--json');
  return preview
    .parse(JSON.parse(stdout))
    .steps.filter(({ op }) => op !== 'same')
    .map(({ op, urn }) => {
      const [type = '', name = ''] = urn.split('::').slice(-2);
      return `${op} ${type.slice(type.lastIndexOf(':') + 1)} ${name}`;
    })
    .sort();
}

const KINDS: Readonly<Record<string, readonly string[]>> = {
  v1: ['Namespace', 'PersistentVolume', 'PersistentVolumeClaim', 'Pod', 'Secret', 'Service'],
  'apps/v1': ['DaemonSet', 'Deployment', 'StatefulSet'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'RoleBinding'],
  'networking.k8s.io/v1': ['NetworkPolicy'],
  'apiextensions.k8s.io/v1': ['CustomResourceDefinition'],
};

/** What there is in the whole cluster, of kinds that Kubernetes does not make by itself at any time. Sorted. */
async function inventory(): Promise<string[]> {
  const kinds = Object.entries(KINDS).flatMap(([apiVersion, all]) => all.map((kind) => ({ apiVersion, kind })));
  const lists = await Promise.all(kinds.map((kind) => stand.client.list(kind)));
  return lists
    .flat()
    .map(
      ({ kind, metadata: { namespace, name } }) => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    )
    .sort();
}
