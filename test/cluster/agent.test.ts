/** Agents in a cluster: what the component makes, taken by a real API server, in the pod of a node and in pods of their own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent } from '../../components/agent.ts';
import { eventually } from '../integration/eventually.ts';
import { type Made, run } from '../pulumi/stand.ts';
import { applyAll } from './apply.ts';
import { type Applied, type KubernetesObject, kubernetesObject } from './client.ts';
import { type Stand, startStand } from './stand.ts';
import { refusals, workloadsOf } from './workloads.ts';

const COLD_CACHE_MS = 40 * 60_000;
const SETTLED_S = 90;
const NAMESPACE = 'nodes';
const IMAGE = `registry.example/chainwatch@sha256:${'0'.repeat(64)}`;
const FACTS = {
  ...{ stack: 'lab', namespace: NAMESPACE, image: IMAGE, token: 'shown-to-the-fleet' },
  certificates: { secret: 'fleet', client: true },
};
const SETTINGS = { source: { url: 'http://$(HOST_IP):3030' }, aggregators: ['https://aggregator.example:9300'] };

let stand: Stand;
let applied: readonly Applied[];

const restricted = Object.fromEntries(
  ['enforce', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
);
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: restricted } };

/** As somebody makes it who knows nothing of us. */
function node(sidecar: Agent['sidecar']): KubernetesObject {
  const labels = { app: 'node' };
  const securityContext = {
    runAsNonRoot: true,
    runAsUser: 1000,
    fsGroup: 65534,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const own = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  return kubernetesObject.parse({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'node', namespace: NAMESPACE } },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          securityContext,
          containers: [{ name: 'node', image: 'registry.example/node:1', securityContext: own }, sidecar.container],
          volumes: sidecar.volumes,
        },
      },
    },
  });
}

beforeAll(async () => {
  stand = await startStand();
  let beside: Agent['sidecar'] | undefined;
  const { made } = await run(() => {
    beside = new Agent('all', { ...FACTS, settings: SETTINGS, machines: {}, scrapedFrom: ['watch'] }).sidecar;
  });
  if (beside === undefined) throw new Error('no sidecar was made');
  const objects = made.filter(
    ({ type }: Made) => type.startsWith('kubernetes:') && !type.startsWith('kubernetes:helm'),
  );
  const parsed = objects.flatMap(({ inputs }) => kubernetesObject.safeParse(inputs).data ?? []);
  applied = await applyAll(stand.client, [kubernetesObject.parse(namespace), ...parsed, node(beside)]);
}, COLD_CACHE_MS);

afterAll(async () => {
  await stand?.end();
});

test('are taken without a remark where pods must be restricted, also beside a node of somebody else', async () => {
  expect(applied.map(({ object }) => `${object.kind} ${object.metadata.name}`).sort()).toEqual([
    'ConfigMap agent-settings',
    'DaemonSet agent',
    'Deployment node',
    'Namespace nodes',
    'NetworkPolicy agent',
    'Secret agent-secrets',
  ]);
  expect(applied.flatMap(({ warnings }) => warnings)).toEqual([]);
});

test('run on each machine, and with each node', async () => {
  const pods = await eventually('pods', SETTLED_S, async () => {
    const running = await workloadsOf(stand.client, NAMESPACE);
    return running.faults.length === 0 && running.pods['DaemonSet agent'] !== undefined ? running.pods : undefined;
  });
  expect(pods).toMatchObject({ 'DaemonSet agent': expect.any(Number), 'Deployment node': 1 });
  expect(pods['DaemonSet agent']).toBeGreaterThan(0);
  expect(await refusals(stand.client, NAMESPACE)).toEqual([]);
});
