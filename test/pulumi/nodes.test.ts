import { expect, test } from 'vitest';
import { networkPolicy } from '../../components/networkPolicy.ts';
import { prometheusIdentity } from '../../components/prometheusIdentity.ts';
import { run } from './stand.ts';

const place = { stack: 'test', namespace: 'watch' };

test('where Prometheus may not read the whole cluster, it may read the namespaces in which nodes run', async () => {
  const { made, object } = await run(() => {
    prometheusIdentity('p', { ...place, wholeCluster: false, namespaces: ['rollup'] }, {});
  });
  const role = made.find(({ name }) => name === 'p-rollup-role');
  expect(role?.inputs).toMatchObject({
    metadata: { namespace: 'rollup', name: 'watch-prometheus' },
    rules: [{ resources: ['services', 'endpoints', 'pods'], verbs: ['get', 'list', 'watch'] }, {}],
  });
  expect(made.find(({ name }) => name === 'p-rollup-binding')?.inputs).toMatchObject({
    metadata: { namespace: 'rollup' },
    roleRef: { kind: 'Role', name: 'watch-prometheus' },
    subjects: [{ kind: 'ServiceAccount', name: 'prometheus', namespace: 'watch' }],
  });
  expect(() => object('ClusterRole watch-prometheus')).toThrow();
});

test('with a ClusterRole nothing is made in their namespaces', async () => {
  const { made } = await run(() => {
    prometheusIdentity('p', { ...place, wholeCluster: true, namespaces: ['rollup'] }, {});
  });
  expect(made.map(({ name }) => name).sort()).toEqual(['p-account', 'p-binding', 'p-role']);
});

test('a NetworkPolicy names pods of other namespaces by the label that Kubernetes gives each namespace', async () => {
  const { object } = await run(() => {
    networkPolicy(
      'edges',
      {
        ...place,
        of: 'prometheus',
        ingress: [{ from: { namespaces: ['ingress', 'gateways'] }, port: 9090 }],
        egress: [
          { to: 'pods', namespace: 'rollup', labels: { app: 'geth' }, port: 'metrics' },
          { to: 'pods', namespace: 'signers', labels: {} },
        ],
      },
      {},
    );
  });
  const named = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
  expect(object('NetworkPolicy prometheus').inputs.spec).toMatchObject({
    ingress: [{ from: [named('ingress'), named('gateways')], ports: [{ port: 9090 }] }],
    egress: [
      { to: [{ ...named('rollup'), podSelector: { matchLabels: { app: 'geth' } } }], ports: [{ port: 'metrics' }] },
      { to: [named('signers')] },
    ],
  });
});

test.each([
  ['of programs', []],
  ['of namespaces', { namespaces: [] }],
])('a NetworkPolicy is not made of an empty list %s: Kubernetes would let everybody in', async (_, from) => {
  const edges = { ...place, of: 'receiver', ingress: [{ from, port: 2021 }], egress: [] } as const;
  const made = run(() => void networkPolicy('edges', edges, {}));
  await expect(made).rejects.toThrow('NetworkPolicy receiver: says of nobody that it may connect to port 2021');
});
