/**
 * Several aggregators with the NATS that comes along: what Helm makes of our values, taken by a real API server beside what the stack itself
 * registers. By a small stand-in for the chart, or the true one where `CHAINWATCH_TEST_CHARTS` names it; what NATS does is shown elsewhere.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { recordProgram } from '../../cli/render/record.ts';
import { podLabels } from '../../model/kubernetes/names.ts';
import { NATS_SERVERS } from '../../model/kubernetes/nats.ts';
import { eventually } from '../integration/eventually.ts';
import { configOf, SECRETS } from '../pulumi/stacks.ts';
import { applyAll, registered } from './apply.ts';
import { renderChart } from './charts.ts';
import type { Applied, Kind, KubernetesObject } from './client.ts';
import { allows } from './policies.ts';
import { type Stand, startStand } from './stand.ts';
import { untilEqual } from './until.ts';
import { refusals, workloadsOf } from './workloads.ts';

const COLD_CACHE_MS = 40 * 60_000;
const SETTLED_S = 90;
const NAMESPACE = 'watch';
const REPLICAS = 3;
const CHANGE = {
  'chainwatch:kubernetes': { namespace: NAMESPACE },
  'chainwatch:services': { aggregator: { replicas: REPLICAS, nats: { install: true, storage: '3GiB' } } },
};
const SERVERS = Array.from({ length: NATS_SERVERS }, (_, index) => `nats-${index}`);

let stand: Stand;
let applied: readonly Applied[];

beforeAll(async () => {
  stand = await startStand();
  // NATS takes a plain word only, and is refused any other before.
  const secrets = { ...SECRETS, natsToken: 'onlyLettersAnd4Digits' };
  const { objects, releases } = registered(
    await recordProgram({ stack: 'dev', config: configOf('dev', CHANGE), secrets, onMessage: () => {} }),
  );
  // The kinds of the operator are another test's.
  const own = objects.filter(({ apiVersion }) => !apiVersion.startsWith('monitoring.coreos.com/'));
  const ofChart = releases.filter(({ name }) => name === 'nats').map(renderChart);
  applied = [
    ...(await applyAll(stand.client, own)),
    ...(await applyAll(stand.client, (await Promise.all(ofChart)).flat(), 'helm')),
  ];
}, COLD_CACHE_MS);

afterAll(async () => {
  await stand?.end();
});

const V1 = (kind: string): Kind => ({ apiVersion: 'v1', kind });
const serviceSpec = z.looseObject({
  clusterIP: z.string(),
  publishNotReadyAddresses: z.boolean().optional(),
  ports: z.array(z.looseObject({ port: z.number() })),
});
const slice = z.looseObject({
  endpoints: z.array(z.looseObject({ targetRef: z.looseObject({ name: z.string() }) })).nullable(),
  ports: z.array(z.looseObject({ port: z.number() })).nullable(),
});

async function read<T>(kind: Kind, name: string, shape: z.ZodType<T>): Promise<T> {
  const found = await stand.client.get(kind, { name, namespace: NAMESPACE });
  if (found === undefined) throw new Error(`there is no ${kind.kind} ${name}`);
  return shape.parse(found);
}

/** Of a ConfigMap. */
async function file(name: string, key: string): Promise<string> {
  const { data } = await read(V1('ConfigMap'), name, z.looseObject({ data: z.record(z.string(), z.string()) }));
  return data[key] ?? '';
}

/** `pod:port` of whoever answers at a port of a Service. Sorted. */
async function behind(service: string, port: number): Promise<string[]> {
  const { spec } = await read(V1('Service'), service, z.looseObject({ spec: serviceSpec }));
  if (!spec.ports.some((each) => each.port === port)) throw new Error(`Service ${service} has no port ${port}`);
  const slices = await stand.client.list({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' }, NAMESPACE);
  return slices
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service)
    .map((each) => slice.parse(each))
    .flatMap(({ endpoints, ports }) =>
      (endpoints ?? []).flatMap(({ targetRef }) => (ports ?? []).map((each) => `${targetRef.name}:${each.port}`)),
    )
    .filter((each) => each.endsWith(`:${port}`))
    .sort();
}

async function settled(): Promise<Readonly<Record<string, number>>> {
  let faults: readonly string[] = [];
  try {
    return await eventually('pods', SETTLED_S, async () => {
      const running = await workloadsOf(stand.client, NAMESPACE);
      faults = running.faults;
      return faults.length === 0 ? running.pods : undefined;
    });
  } catch (error) {
    throw new Error([String(error), ...faults, ...(await refusals(stand.client, NAMESPACE))].join('\n'));
  }
}

describe('the NATS of several aggregators', () => {
  test('is taken as it is, without a remark, where pods must be restricted', async () => {
    expect(applied.map(({ object }) => `${object.kind} ${object.metadata.name}`)).toEqual(
      expect.arrayContaining(['StatefulSet nats', 'Service nats', 'ConfigMap nats-config']),
    );
    // The namespace has remarks made about pods that are not restricted.
    expect(applied.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(await settled()).toMatchObject({
      'StatefulSet nats': NATS_SERVERS,
      'StatefulSet aggregator': REPLICAS,
    });
    expect(await refusals(stand.client, NAMESPACE)).toEqual([]);
  });

  test('has a disk for each server, and may lose one of them at a time', async () => {
    await settled();
    const spec = z.looseObject({ resources: z.object({ requests: z.object({ storage: z.string() }) }) });
    const disk = z.looseObject({ metadata: z.looseObject({ name: z.string() }), spec });
    await untilEqual(
      async () => {
        const claims = await stand.client.list(V1('PersistentVolumeClaim'), NAMESPACE);
        const bound = z.looseObject({ status: z.looseObject({ phase: z.literal('Bound') }) });
        return claims
          .filter((claim) => claim.metadata.name.startsWith('nats-') && bound.safeParse(claim).success)
          .map((claim) => disk.parse(claim))
          .map(({ metadata, spec }) => `${metadata.name} ${spec.resources.requests.storage}`);
      },
      SERVERS.map((server) => `nats-js-${server} 3Gi`),
    );
    await untilEqual(
      async () => {
        const status = z.looseObject({ expectedPods: z.number(), disruptionsAllowed: z.number() });
        const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' };
        const found = await read(budget, 'nats', z.looseObject({ status }));
        return { expected: found.status.expectedPods, allowed: found.status.disruptionsAllowed };
      },
      { expected: NATS_SERVERS, allowed: 1 },
    );
  });

  test('is where the aggregators are told that it is, with the token that they are told', async () => {
    await settled();
    const shape = z.looseObject({
      replication: z.looseObject({ servers: z.array(z.string()).min(1), tokenFile: z.string() }),
    });
    const { replication } = shape.parse(JSON.parse(await file('aggregator-settings', 'settings.json')));
    for (const server of replication.servers) {
      const { hostname, port } = new URL(server);
      const [service = '', namespace, ...rest] = hostname.split('.');
      expect([namespace, ...rest]).toEqual([NAMESPACE, 'svc']);
      await untilEqual(
        () => behind(service, Number(port)),
        SERVERS.map((pod) => `${pod}:${port}`),
      );
    }
    const key = replication.tokenFile.split('/').at(-1) ?? '';
    const secret = z.looseObject({ data: z.record(z.string(), z.string()) });
    const shown = (await read(V1('Secret'), 'aggregator-secrets', secret)).data[key];
    const pod = JSON.stringify(
      await read(V1('Pod'), 'nats-0', z.looseObject({ metadata: z.unknown(), spec: z.unknown() })),
    );
    expect(pod).toContain(JSON.stringify({ secretKeyRef: { name: 'nats-secrets', key } }).slice(1, -1));
    expect((await read(V1('Secret'), 'nats-secrets', secret)).data[key]).toBe(shown);
    expect(shown).toMatch(/./);
    // By this mark another token rolls them.
    expect(pod).toMatch(/"chainwatch\/settings":"[0-9a-f]{16}"/);
    const config = await file('nats-config', 'nats.conf');
    // Without quotes: NATS puts what is in its environment there.
    expect(config).toMatch(/"token": \$NATS_TOKEN$/m);
    expect(config).toContain('"sync_interval": "always"');
  });

  test('has servers that find each other before they are ready', async () => {
    await settled();
    const config = await file('nats-config', 'nats.conf');
    const routes = [...config.matchAll(/"nats:\/\/([a-z0-9-]+)\.([a-z0-9-]+):(\d+)"/g)];
    expect(routes.map(([, pod]) => pod)).toEqual(SERVERS);
    for (const [, , service = '', port] of routes) {
      const { spec } = await read(V1('Service'), service, z.looseObject({ spec: serviceSpec }));
      expect(spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
      expect(await behind(service, Number(port))).toEqual(SERVERS.map((pod) => `${pod}:${port}`));
    }
    const set = z.looseObject({ spec: z.looseObject({ serviceName: z.string() }) });
    const { spec } = await read({ apiVersion: 'apps/v1', kind: 'StatefulSet' }, 'nats', set);
    expect(new Set(routes.map(([, , service]) => service))).toEqual(new Set([spec.serviceName]));
  });

  test('speaks with the aggregators and with itself, and with nobody else', async () => {
    await settled();
    const policies = await stand.client.list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }, NAMESPACE);
    const pods = await stand.client.list(V1('Pod'), NAMESPACE);
    const program = ({ metadata }: KubernetesObject) => metadata.labels?.['app.kubernetes.io/name'] ?? '';
    const servers = pods.filter((pod) => program(pod) === podLabels('nats')['app.kubernetes.io/name']);
    expect(servers.map(({ metadata }) => metadata.name)).toEqual(SERVERS);
    const [server] = servers;
    if (server === undefined) throw new Error('no pod of NATS');
    const among = (port: number, out: boolean) => {
      const passed = pods.filter((pod) =>
        out ? allows(policies, server, pod, port) : allows(policies, pod, server, port),
      );
      return [...new Set(passed.map(program))].sort();
    };
    expect(new Set(pods.map(program)).size).toBeGreaterThan(3);
    expect({ clients: among(4222, false), routes: among(6222, false), readings: among(8222, false) }).toEqual({
      clients: ['aggregator', 'nats'],
      routes: ['nats'],
      readings: [],
    });
    // Whatever the port: a server begins nothing but with its like.
    for (const port of [443, 4222, 6222, 9300]) expect([[], ['nats']]).toContainEqual(among(port, true));
    expect(among(6222, true)).toEqual(['nats']);
  });
});
