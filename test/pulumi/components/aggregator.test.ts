/** `Aggregator`, as another program would use it: one replica, several, and the NATS that they share. */
import { describe, expect, test } from 'vitest';
import { Aggregator, type AggregatorArgs } from '../../../components/aggregator.ts';
import { at } from '../policies/read.ts';
import { type Outcome, run } from '../stand.ts';

const PLAN = {
  name: 'aggregator',
  port: 9300,
  settings: {},
  secrets: ['aggregatorToken'],
  storage: 2 ** 30,
  ingress: ['aggregator', 'prometheus'],
  egress: [],
} as const satisfies AggregatorArgs['workload'];

function make(more: Partial<AggregatorArgs> = {}): Promise<Outcome> {
  const image = `registry.example/own@sha256:${'a'.repeat(64)}`;
  const secrets = { aggregatorToken: 'shown-by-nodes', natsToken: 'shown-by-replicas' };
  return run(() => {
    const { url, srv } = new Aggregator('own', {
      stack: 'lab',
      namespace: 'watch',
      workload: PLAN,
      image,
      secrets,
      ...more,
    });
    return { url, srv };
  });
}

const kinds = ({ made }: Outcome) =>
  made.flatMap(({ inputs }) => (typeof inputs.kind === 'string' ? [inputs.kind] : [])).sort();
const replication = { replicas: 3, lease: 'aggregator' };
const nats = { token: 'natsToken', storage: 3 * 2 ** 30 };

describe('Aggregator', () => {
  test('of one replica may ask the API server nothing, and is found by SRV records all the same', async () => {
    const outcome = await make();
    expect(kinds(outcome)).toEqual(['ConfigMap', 'NetworkPolicy', 'Secret', 'Service', 'Service', 'StatefulSet']);
    const pods = outcome.object('StatefulSet aggregator').inputs;
    expect(pods.spec).toMatchObject({ replicas: 1, serviceName: 'aggregator-replicas' });
    expect(at(pods, 'spec', 'template', 'spec')).toMatchObject({ automountServiceAccountToken: false });
    expect(outcome.object('Service aggregator-replicas').inputs.spec).toMatchObject({
      clusterIP: 'None',
      ports: [{ name: 'aggregator', port: 9300 }],
    });
    expect(outcome.outputs).toEqual({
      url: 'http://aggregator.watch.svc:9300',
      srv: '_aggregator._tcp.aggregator-replicas.watch.svc.cluster.local',
    });
  });

  test('that speaks TLS is reached by https', async () => {
    const outcome = await make({ workload: { ...PLAN, secure: { healthPort: 9301 } } });
    expect(outcome.outputs).toMatchObject({ url: 'https://aggregator.watch.svc:9300' });
  });

  test('is scraped once: its headless Service has not the labels that a monitor selects by', async () => {
    const outcome = await make();
    expect(outcome.object('Service aggregator').inputs.metadata).toMatchObject({
      labels: { 'app.kubernetes.io/name': 'aggregator' },
    });
    expect(at(outcome.object('Service aggregator-replicas').inputs, 'metadata', 'labels')).not.toHaveProperty([
      'app.kubernetes.io/name',
    ]);
  });

  test('of several may hold its own Lease, and nothing else', async () => {
    const outcome = await make({ replication });
    expect(outcome.object('Role aggregator').inputs.rules).toEqual([
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: ['aggregator'],
        verbs: ['get', 'update'],
      },
    ]);
    const pods = outcome.object('StatefulSet aggregator').inputs;
    expect(pods.spec).toMatchObject({ replicas: 3, podManagementPolicy: 'Parallel' });
    expect(at(pods, 'spec', 'template', 'spec')).toMatchObject({
      serviceAccountName: 'aggregator',
      automountServiceAccountToken: true,
    });
    expect(kinds(outcome)).toContain('PodDisruptionBudget');
    expect(kinds(outcome)).not.toContain('Release');
  });

  test('brings NATS along where it is told to: three servers that sync each write, reached by nobody else', async () => {
    const outcome = await make({ replication: { ...replication, nats }, storageClass: 'fast' });
    const release = outcome.resource('own-nats');
    expect(release.inputs).toMatchObject({
      chart: 'nats',
      values: {
        config: {
          cluster: { enabled: true, replicas: 3 },
          jetstream: {
            enabled: true,
            fileStore: { pvc: { size: '3Gi', storageClassName: 'fast' } },
            merge: { sync_interval: 'always' },
          },
          merge: { authorization: { token: '<< $NATS_TOKEN >>' } },
        },
        container: {
          env: { NATS_TOKEN: { valueFrom: { secretKeyRef: { name: 'nats-secrets', key: 'natsToken' } } } },
          merge: { securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false } },
        },
        podTemplate: { merge: { spec: { securityContext: { runAsNonRoot: true } } } },
      },
    });
    expect(JSON.stringify(release.inputs)).not.toContain('shown-by-replicas');
    expect(outcome.object('Secret nats-secrets')).toMatchObject({
      inputs: { stringData: { natsToken: 'shown-by-replicas' } },
    });
    expect([...release.after]).toContain('own-nats-secrets');
    expect(outcome.resource('own-workload-pods').after).toContain('own-nats');
    const ports = (direction: string) =>
      JSON.stringify(at(outcome.object('NetworkPolicy nats').inputs, 'spec', direction));
    expect(ports('ingress')).toContain('6222');
    expect(ports('egress')).not.toContain('ipBlock');
  });

  test('rolls the servers of NATS, which read their token once, when it is another', async () => {
    const mark = async (natsToken: string) => {
      const outcome = await make({
        replication: { ...replication, nats },
        secrets: { aggregatorToken: 'shown-by-nodes', natsToken },
      });
      const { inputs, secret } = outcome.resource('own-nats');
      expect(secret).toEqual([]);
      return at(inputs, 'values', 'podTemplate', 'merge', 'metadata', 'annotations', 'chainwatch/settings');
    };
    const first = await mark('shownByReplicas');
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(await mark('shownByReplicas')).toBe(first);
    expect(await mark('shownByOthers')).not.toBe(first);
  });

  test('brings a chart of this machine, and protects it as what holds data', async () => {
    const outcome = await make({
      replication: { ...replication, nats: { ...nats, path: './charts/nats' } },
      protect: true,
    });
    expect(outcome.resource('own-nats').inputs).toMatchObject({ chart: './charts/nats' });
    expect(outcome.resource('own-nats').inputs).not.toHaveProperty('version');
    expect(
      outcome.made
        .filter(({ protect }) => protect)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['own-nats', 'own-workload-pods']);
  });

  test('lets pods of other namespaces in that it is told of', async () => {
    const outcome = await make({ workload: { ...PLAN, from: ['the-block'] } });
    expect(JSON.stringify(at(outcome.object('NetworkPolicy aggregator').inputs, 'spec', 'ingress'))).toContain(
      '"kubernetes.io/metadata.name":"the-block"',
    );
  });
});
