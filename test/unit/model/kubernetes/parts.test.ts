/** The small translations: quantities, edges, names, places, what a cluster can run. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chains } from '../../../../chains/index.ts';
import { chartValues } from '../../../../model/kubernetes/chartValues.ts';
import { quantity, storage } from '../../../../model/kubernetes/claim.ts';
import { isProtected, planCluster } from '../../../../model/kubernetes/cluster.ts';
import { type Edge, mergeEdges, portOf } from '../../../../model/kubernetes/edges.ts';
import { objectName, podLabels, stackLabels } from '../../../../model/kubernetes/names.ts';
import { clusterPlaces } from '../../../../model/kubernetes/places.ts';
import { prometheusRuleSpec } from '../../../../model/kubernetes/rules.ts';
import { stackInCluster } from '../../../../model/kubernetes/stack.ts';
import { prometheusGroups } from '../../../../model/prometheus/rules.ts';
import { planNamed, stackNamed } from '../../../fixtures/real.ts';

describe('quantity', () => {
  const SIZES: Readonly<Record<string, number>> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };
  const bytes = (text: string) => {
    const [, digits, unit = ''] = /^(\d+)([KMGT]i)?$/.exec(text) ?? [];
    return Number(digits) * (SIZES[unit] ?? Number.NaN);
  };

  test('is read back as the bytes that it was, in the largest unit that is whole', () => {
    const sizes = fc.oneof(
      fc.integer({ min: 1, max: 2 ** 50 }),
      fc
        .tuple(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(10, 20, 30, 40), fc.constantFrom(0, 0, 1, 3, 512))
        .map(([count, power, more]) => count * 2 ** power + more),
    );
    fc.assert(
      fc.property(sizes, (size) => {
        const text = quantity(size);
        expect(bytes(text)).toBe(size);
        // As the API server writes it: nothing shorter says the same.
        expect(Number.parseInt(text, 10) % 1024 === 0 && !text.endsWith('Ti')).toBe(false);
      }),
    );
  });

  test.each([
    [50 * 2 ** 30, '50Gi'],
    [2 ** 40, '1Ti'],
    [1536 * 2 ** 20, '1536Mi'],
    [1000, '1000'],
  ])('%d bytes are %s', (size, text) => expect(quantity(size)).toBe(text));

  test('a claim names a storage class only where one is chosen', () => {
    expect(storage('5Gi', undefined).volumeClaimTemplate.spec).not.toHaveProperty('storageClassName');
    expect(storage('5Gi', 'fast').volumeClaimTemplate.spec.storageClassName).toBe('fast');
  });
});

describe('edges', () => {
  const port = fc.integer({ min: 1, max: 65_535 });
  const edge: fc.Arbitrary<Edge> = fc.oneof(
    fc.record({
      to: fc.constantFrom('prometheus' as const, 'receiver' as const),
      port: fc.constantFrom(80, 443, 2021),
    }),
    fc.constant({ to: 'alertmanager' as const, port: 9094, protocol: 'UDP' as const }),
    fc.constant({ to: 'alertmanager' as const, port: 9094 }),
    fc.record({ to: fc.constant('anywhere' as const), ports: fc.array(port, { maxLength: 3 }) }),
  );

  /** Whether a set of edges lets a connection through. */
  const lets = (edges: readonly Edge[], to: string, at: number, protocol: string) =>
    edges.some((one) => {
      if (one.to === 'anywhere') return to === 'anywhere' && (one.ports.length === 0 || one.ports.includes(at));
      return one.to === to && one.port === at && ('protocol' in one ? (one.protocol ?? 'TCP') : 'TCP') === protocol;
    });

  test('merged let through exactly what they let through before', () => {
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 8 }), port, (edges, any) => {
        const merged = mergeEdges(edges);
        for (const to of ['prometheus', 'receiver', 'alertmanager', 'anywhere'])
          for (const at of [80, 443, 2021, 9094, any, ...edges.flatMap((one) => ('ports' in one ? one.ports : []))])
            for (const protocol of ['TCP', 'UDP'])
              expect(lets(merged, to, at, protocol)).toBe(lets(edges, to, at, protocol));
      }),
    );
  });

  test('merged are the same whatever their order, and no fewer when merged again', () => {
    fc.assert(
      fc.property(
        fc
          .array(edge, { maxLength: 8 })
          .chain((edges) => fc.tuple(fc.constant(edges), fc.shuffledSubarray(edges, { minLength: edges.length }))),
        ([edges, shuffled]) => {
          expect(mergeEdges(shuffled)).toEqual(mergeEdges(edges));
          expect(mergeEdges(mergeEdges(edges))).toEqual(mergeEdges(edges));
        },
      ),
    );
  });

  test.each([
    ['https://a.example/x', 443],
    ['http://a.example', 80],
    ['wss://a.example', 443],
    ['https://a.example:8443/x', 8443],
    ['10.0.0.1:6060', 6060],
    ['[fd00::1]:6060', 6060],
    ['smtp.example', undefined],
    ['no address at all', undefined],
  ])('the port of %s is %s', (address, expected) => expect(portOf(address)).toBe(expected));
});

describe('names', () => {
  test('are such as Kubernetes takes', () => {
    expect(objectName('dashboard', 'op_mainnet/op-geth')).toBe('dashboard-op-mainnet-op-geth');
    expect(stackLabels('mainnet')).toEqual({
      'app.kubernetes.io/part-of': 'chainwatch',
      'chainwatch/stack': 'mainnet',
    });
  });

  test('of pods that the operator makes are those that it gives', () => {
    expect(podLabels('prometheus')).toEqual({
      'app.kubernetes.io/name': 'prometheus',
      'app.kubernetes.io/instance': 'chainwatch',
    });
    expect(podLabels('receiver')).not.toHaveProperty(['app.kubernetes.io/instance']);
  });

  test('of components of a chain do not end in each other: networks "a" and "a-x" would make the same object', () => {
    // `<network>-<component>`: with components `b` and `x-b` the networks `a-x` and `a` would meet.
    const components = chains.flatMap((chain) =>
      chain.scope === 'network' ? chain.components.map(({ name }) => name) : [],
    );
    expect(components.length).toBeGreaterThan(3);
    for (const one of components)
      for (const other of components) expect(one.endsWith(`-${other}`), `${one}, ${other}`).toBe(false);
  });
});

describe('places', () => {
  const facts = {
    namespace: 'watch',
    ports: { receiver: 2021, status: 8080 },
    exposed: { status: 'https://status.example' },
  };

  test('each reader finds its secrets where they are mounted for it', () => {
    expect(clusterPlaces(facts, 'receiver').secretFile('token')).toBe('/etc/chainwatch/secrets/token');
    expect(clusterPlaces(facts, 'alertmanager').secretFile('token')).toBe(
      '/etc/alertmanager/secrets/alertmanager-secrets/token',
    );
  });

  test('programs meet by the names of their Services, people where something is exposed', () => {
    const places = clusterPlaces(facts, 'receiver');
    expect(places.address('receiver')).toBe('receiver.watch.svc:2021');
    expect(places.publicUrl('receiver')).toBe('http://receiver.watch.svc:2021');
    expect(places.publicUrl('status')).toBe('https://status.example');
    expect(places.listen('receiver')).toBe('0.0.0.0:2021');
    expect(() => places.address('geth')).toThrow('geth is not among the programs of this cluster');
  });
});

describe('a stack in a cluster', () => {
  test('is without what only one machine has, and says so', () => {
    const { stack, leftOut } = stackInCluster(stackNamed('dev'));
    const names = stackNamed('dev').networks.map(({ name }) => name);
    expect(stack.networks.map(({ name }) => name)).toEqual(names.filter((name) => name !== 'geth-dev'));
    expect(JSON.stringify(stack.networks)).not.toMatch(/"service":"(anvil|geth)"/);
    expect(leftOut).toEqual([
      'network aztec-dev: endpoints of l1 that are programs of the local run',
      'network geth-dev: its nodes are programs of the local run (geth)',
      'network op-dev: endpoints of l1 that are programs of the local run',
    ]);
  });

  test('loses nothing otherwise', () => {
    for (const name of ['testnet', 'mainnet'] as const) {
      const before = stackNamed(name);
      expect(stackInCluster(before)).toEqual({ stack: before, leftOut: [] });
    }
  });

  test('is planned only where the stack file names a cluster, and protected on mainnet alone', () => {
    const stack = stackNamed('mainnet');
    const plan = planNamed('mainnet');
    expect(planCluster({ ...stack, kubernetes: undefined }, plan)).toBeUndefined();
    expect(planCluster(stack, plan)?.protect).toBe(true);
    expect(['dev', 'testnet', 'mainnet'].map((kind) => isProtected(kind as 'dev'))).toEqual([false, false, true]);
  });

  test('no more is asked of the network than the plan needs', () => {
    const cluster = planCluster(stackNamed('testnet'), planNamed('testnet'));
    expect(cluster?.egress.alertmanager).toEqual([
      { to: 'receiver', port: 2021 },
      { to: 'anywhere', ports: [443] },
    ]);
    expect(cluster?.egress.prometheus).not.toContainEqual({ to: 'anywhere', ports: [] });
    const receiver = cluster?.workloads.find(({ name }) => name === 'receiver');
    expect(receiver).toMatchObject({
      ingress: ['alertmanager', 'prometheus', 'status'],
      egress: [],
      storage: 5 * 2 ** 30,
    });
    expect(receiver?.secrets).toEqual(['receiverToken']);
  });
});

describe('rules', () => {
  test('are those of a Prometheus of our own, group by group', () => {
    const { ruleGroups } = planNamed('mainnet');
    const spec = prometheusRuleSpec(ruleGroups, 'https://books.example');
    expect(JSON.parse(JSON.stringify(spec.groups))).toEqual(
      JSON.parse(JSON.stringify(prometheusGroups(ruleGroups, 'https://books.example'))),
    );
  });

  test('of Grafana are left to Grafana', () => {
    const groups = planNamed('mainnet').ruleGroups.map((group, index) => ({
      ...group,
      engine: index === 0 ? ('grafana' as const) : group.engine,
    }));
    expect(prometheusRuleSpec(groups, '').groups).toHaveLength(groups.length - 1);
  });
});

describe('values of the chart', () => {
  const values = chartValues({ stack: 'mainnet', nodesNamespace: 'watch-nodes', grafana: false });

  test('leave to us what holds data, and the CRDs', () => {
    expect(values).toMatchObject({
      crds: { enabled: false },
      prometheus: { enabled: false },
      alertmanager: { enabled: false },
      grafana: { enabled: false },
      'prometheus-node-exporter': { namespaceOverride: 'watch-nodes' },
    });
  });

  test('set no label that the chart sets itself: it would stand twice in its manifests', () => {
    expect(JSON.stringify(values)).toContain('"commonLabels":{"chainwatch/stack":"mainnet"}');
    expect(JSON.stringify(values)).not.toContain('app.kubernetes.io');
  });

  test('let no alert exist twice: groups that our own rules cover are off', () => {
    expect(values.defaultRules).toMatchObject({ rules: { general: false, prometheus: false, alertmanager: false } });
  });
});
