/** The aggregator of a stack: it is there where a network names it, and simulated nodes push to it. */
import { describe, expect, test } from 'vitest';
import { parseStack } from '../../../../config/parse.ts';
import type { Stack } from '../../../../config/stack.ts';
import { planCluster } from '../../../../model/kubernetes/cluster.ts';
import { monitorsOf } from '../../../../model/kubernetes/monitors.ts';
import { stackInCluster } from '../../../../model/kubernetes/stack.ts';
import { scrapeJobs, systemComponents } from '../../../../model/plan/jobs.ts';
import { makePlan } from '../../../../model/plan/plan.ts';
import { plannedServices, resolveSettings } from '../../../../model/plan/services.ts';
import { aggregatorMetrics } from '../../../../services/aggregator/metrics.ts';
import { settingsSchema as aggregatorSettings } from '../../../../services/aggregator/settings.ts';
import { settingsSchema as simulatorSettings } from '../../../../services/simulator/settings.ts';
import { places } from '../../../fixtures/places.ts';
import { known } from '../../../fixtures/real.ts';

const OURS = { name: 'aggregator', service: 'aggregator' };
const QUICK = { timeScale: 60, scrapeInterval: '2s' };
const network = (aggregator: readonly unknown[]) => ({
  chain: 'the-block',
  simulated: true,
  nodes: { 'tb-node': ['a:1'], aggregator },
});

function stackOf(networks: object, sections: object = {}): Stack {
  const all = Object.entries({ networks, ...sections }).map(([key, value]) => [`chainwatch:${key}`, value]);
  return parseStack(Object.fromEntries(all), { environment: 'dev', knowledge: known.forConfig });
}

function serviceOf(stack: Stack, name: string) {
  const service = plannedServices(stack, known.chains, []).find((each) => each.name === name);
  return service && resolveSettings(service, places);
}

describe('the aggregator of a stack', () => {
  test('is there where a network names it, or somebody says so', () => {
    expect(serviceOf(stackOf({ net: network(['a:9300']) }), 'aggregator')).toBeUndefined();
    expect(serviceOf(stackOf({}, { services: { aggregator: { enabled: true } } }), 'aggregator')).toBeDefined();
    expect(serviceOf(stackOf({ net: network([OURS]) }), 'aggregator')).toEqual({
      listen: 'aggregator.listen.test:1',
      tokenFile: '/places/secrets/aggregatorToken',
      database: '/places/data/aggregator/aggregator.db',
      retention: '7d',
      history: 1024,
      activeWithin: '10m',
    });
  });

  test('is scraped once for any number of networks, and says itself of which it speaks', () => {
    const jobs = scrapeJobs(stackOf({ one: network([OURS]), two: network([OURS, 'b:9300']) }), known.chains);
    const found = jobs.filter(({ labels }) => labels.component === 'aggregator');
    expect(found.map(({ name, honorLabels, targets }) => [name, honorLabels, targets.length])).toEqual([
      ['system/aggregator', true, 1],
      ['two/aggregator', undefined, 1],
    ]);
  });

  test('is told of by the alerts of the networks that push to it', () => {
    const stack = stackOf({ net: network([OURS]) });
    const [net] = stack.networks;
    const alert = known.forConfig.get('the-block')?.alerts.get('AggregatorPeersDropped');
    if (net === undefined || alert === undefined) throw new Error('neither network nor alert');
    expect(known.forConfig.get('the-block')?.applies(alert, net)).toBe(true);
    expect(systemComponents(stack, known.chains)).toContain('aggregator');
  });

  test('is no program of the local run alone: a cluster has it too', () => {
    const { stack, leftOut } = stackInCluster(stackOf({ net: network([OURS]) }, { kubernetes: {} }));
    expect(leftOut).toEqual([]);
    expect(stack.networks.map(({ name }) => name)).toEqual(['net']);
  });

  test('counts a peer as active for as long in compressed time, but not so shortly that a push could be late', () => {
    const active = (activeWithin: string) => {
      const sections = { prometheus: QUICK, services: { aggregator: { activeWithin } } };
      return serviceOf(stackOf({ net: network([OURS]) }, sections), 'aggregator')?.activeWithin;
    };
    expect([active('10m'), active('1m')]).toEqual(['10s', '8s']);
  });
});

describe('backups', () => {
  const backup = (sections: object) =>
    serviceOf(stackOf({ net: network([OURS]) }, { services: { aggregator: sections } }), 'aggregator')?.backup;

  test('lie in the data of the aggregator, and none are made where nobody wants them', () => {
    const folder = '/places/data/aggregator/backups';
    expect(backup({ backup: {} })).toEqual({ folder, every: '1d', keep: 7, ageRecipients: [] });
    expect(backup({})).toBeUndefined();
  });

  test('are what AggregatorBackupOld looks at; both are of real time, also where that of the networks is compressed', () => {
    const sections = { prometheus: QUICK, services: { aggregator: { backup: { every: '12h' } } } };
    const stack = stackOf({ net: network([OURS]) }, sections);
    expect(serviceOf(stack, 'aggregator')?.backup).toMatchObject({ every: '12h' });
    const rules = makePlan(stack, known).ruleGroups.flatMap((group) => group.rules);
    expect(rules.find(({ name }) => name === 'AggregatorBackupOld')).toMatchObject({
      expr: expect.stringContaining(aggregatorMetrics.backupLastProven.name),
      threshold: { value: 48, op: '>' },
    });
  });
});

describe('simulated nodes', () => {
  test('push to it, where it is that of their network', () => {
    const stack = stackOf({ one: network([OURS]), two: network(['b:9300']) }, { prometheus: QUICK });
    const settings = simulatorSettings.parse(serviceOf(stack, 'simulator'));
    expect(settings.networks.map(({ pushes }) => pushes)).toEqual([true, undefined]);
    expect(settings.networks[0]?.targets.map(({ component }) => component)).toEqual(['tb-node']);
    expect(settings.fleet).toEqual({
      aggregator: 'http://aggregator.place.test:1',
      tokenFile: '/places/secrets/aggregatorToken',
      queueFolder: '/places/data/simulator/fleet',
      interval: 2000,
    });
    expect(serviceOf(stackOf({ two: network(['b:9300']) }), 'simulator')).not.toHaveProperty('fleet');
  });

  test('are given settings that the services take', () => {
    const stack = stackOf({ net: network([OURS]) });
    const listen = '127.0.0.1:1';
    expect(aggregatorSettings.safeParse({ ...serviceOf(stack, 'aggregator'), listen }).error).toBeUndefined();
    expect(simulatorSettings.safeParse({ ...serviceOf(stack, 'simulator'), listen }).error).toBeUndefined();
  });
});

test.each([
  [{ 'tb-node': [OURS] }, {}, 'the aggregator is no tb-node'],
  [{ 'tb-node': ['a:1'], aggregator: [OURS] }, { services: { aggregator: { enabled: false } } }, 'is switched off'],
  [{ 'tb-node': ['a:1'], aggregator: [OURS, OURS] }, {}, 'is already a target'],
])('nodes %j with %j are refused: %s', (nodes, sections, message) => {
  expect(() => stackOf({ net: { chain: 'the-block', nodes } }, sections)).toThrow(message);
});

test('two networks of one stack may push to it, real ones too', () => {
  const nodes = { 'tb-node': ['a:1'], aggregator: [OURS] };
  const other = { 'tb-node': ['b:1'], aggregator: [OURS] };
  const stack = stackOf({ one: { chain: 'the-block', nodes }, two: { chain: 'the-block', nodes: other } });
  expect(stack.networks).toHaveLength(2);
});

test('agents beside nodes are scraped as part of the system', () => {
  const stack = stackOf({ net: network(['b:9300']) }, { system: { agents: { 'node-1': '10.0.0.1:9340' } } });
  const job = scrapeJobs(stack, known.chains).find(({ name }) => name === 'system/agent');
  expect(job).toMatchObject({ labels: { chain: 'system', component: 'agent' } });
  expect(job?.targets).toEqual([{ address: { host: '10.0.0.1:9340' }, labels: { instance: 'node-1' } }]);
  expect(systemComponents(stack, known.chains)).toContain('agent');
});

test('agents in pods are found by their labels: each is called as its pod, and Prometheus may connect to them', () => {
  const pods = { namespace: 'nodes', labels: { 'app.kubernetes.io/name': 'agent' }, port: 9340 };
  const stack = stackOf({ net: network(['b:9300']) }, { kubernetes: {}, system: { agents: { fleet: { pods } } } });
  const job = scrapeJobs(stack, known.chains).find(({ name }) => name === 'system/agent');
  expect(job?.targets).toEqual([{ address: { selected: { ...pods, by: 'pods', each: true } }, labels: {} }]);
  const [monitor] = job === undefined ? [] : monitorsOf(job);
  expect(monitor).toMatchObject({
    kind: 'PodMonitor',
    spec: { namespaceSelector: { matchNames: ['nodes'] }, podMetricsEndpoints: [{ portNumber: 9340 }] },
  });
  const planned = planCluster(stack, makePlan(stack, known));
  expect(JSON.stringify(planned)).toContain(
    JSON.stringify({ to: 'pods', namespace: 'nodes', labels: pods.labels, port: 9340 }),
  );
});

describe('in a cluster', () => {
  const cluster = (aggregator: object, kubernetes: object = {}) => {
    const stack = stackOf({ net: network([OURS]) }, { services: { aggregator }, kubernetes });
    const planned = planCluster(stack, makePlan(stack, known));
    const workload = planned?.workloads.find(({ name }) => name === 'aggregator');
    if (planned === undefined || workload === undefined) throw new Error('no cluster, or no aggregator in it');
    const settings = aggregatorSettings.safeParse(workload.settings);
    expect(settings.error).toBeUndefined();
    return { planned, workload, settings: settings.data };
  };

  test('one replica needs neither log nor Lease', () => {
    const { planned, workload, settings } = cluster({ storage: '3GiB', from: ['the-block'] });
    expect(planned.aggregator).toBeUndefined();
    expect(workload).toMatchObject({
      storage: 3 * 2 ** 30,
      secrets: ['aggregatorToken'],
      egress: [],
      from: ['the-block'],
    });
    expect([settings?.replication, settings?.leader]).toEqual([undefined, undefined]);
  });

  test('several share a NATS that is there', () => {
    const nats = { servers: ['nats://nats.infra.svc:4333'], token: { secret: 'theirs' } };
    const { planned, workload, settings } = cluster({ replicas: 3, nats });
    expect(planned.aggregator).toEqual({ replicas: 3, lease: 'aggregator' });
    expect(planned.secrets).toContain('theirs');
    expect(workload.secrets).toEqual(['aggregatorToken', 'theirs']);
    expect(workload.egress).toEqual([
      { to: 'aggregator', port: 9300 },
      { to: 'anywhere', ports: [443, 4333, 6443] },
    ]);
    expect(settings?.replication).toMatchObject({
      servers: ['nats://nats.infra.svc:4333'],
      tokenFile: '/etc/chainwatch/secrets/theirs',
      replicaTokenFile: '/etc/chainwatch/secrets/aggregatorToken',
    });
    expect(settings?.leader?.kubernetes?.lease).toBe('aggregator');
  });

  test('several share a NATS that comes along', () => {
    const { planned, workload, settings } = cluster({ replicas: 3, nats: { install: true, storage: '5GiB' } });
    expect(planned.aggregator?.nats).toEqual({ token: 'natsToken', storage: 5 * 2 ** 30 });
    expect(workload.egress).toContainEqual({ to: 'nats', port: 4222 });
    expect(settings?.replication?.servers).toEqual(['nats://nats.chainwatch.svc:4222']);
  });

  const RECIPIENT = 'age1t39fr8ksxskh9ru7ch2tp2meyw22efuq87gk55ehwdpwjleu45cqwymwm0';

  test('makes backups on the claim of its data, or on one that is named', () => {
    const own = cluster({ backup: { every: '6h', keep: 3, ageRecipients: [RECIPIENT] } });
    const folder = '/var/lib/chainwatch/backups';
    expect(own.settings?.backup).toEqual({ folder, every: 21_600_000, keep: 3, ageRecipients: [RECIPIENT] });
    expect(own.workload.mounts).toEqual([]);
    const elsewhere = cluster({ backup: { claim: 'peers-backups' } });
    expect(elsewhere.settings?.backup).toEqual({ folder, every: 86_400_000, keep: 7, ageRecipients: [] });
    expect(elsewhere.workload.mounts).toEqual([{ name: 'backups', path: folder, claim: 'peers-backups' }]);
    expect(cluster({}).settings?.backup).toBeUndefined();
  });

  const tls = { certificate: 'aggregator-tls' };
  const mutual = { ...tls, clientCa: 'nodes-ca', clientCertificate: 'monitoring' };
  const real = { net: { ...network([OURS]), simulated: false } };
  const secured = (aggregator: object) => {
    const stack = stackOf(real, { services: { aggregator }, kubernetes: {} });
    const planned = planCluster(stack, makePlan(stack, known));
    const workload = planned?.workloads.find(({ name }) => name === 'aggregator');
    return { planned, workload, settings: aggregatorSettings.parse(workload?.settings) };
  };

  test('speaks TLS with a certificate of a Secret that is there, and tells the kubelet its health without', () => {
    const { planned, workload, settings } = secured({ tls });
    const at = '/etc/chainwatch/certificate';
    expect(settings.tls).toEqual({ cert: `${at}/tls.crt`, key: `${at}/tls.key` });
    expect(settings.healthListen).toEqual({ host: '0.0.0.0', port: 9301 });
    expect(workload?.secure).toEqual({ healthPort: 9301 });
    expect(workload?.mounts).toEqual([{ name: 'certificate', path: at, secret: 'aggregator-tls' }]);
    expect(planned?.facts.secured).toEqual({
      aggregator: { name: 'aggregator.chainwatch.svc', authority: 'aggregator-tls' },
    });
    expect(secured({ tls, port: 9301 }).workload?.secure).toEqual({ healthPort: 9302 });
    expect(secured({}).planned?.facts.secured).toBeUndefined();
  });

  test('asks for certificates of clients, and shows one where it is a client itself', () => {
    const nats = { install: true };
    const { planned, workload, settings } = secured({ tls: mutual, replicas: 3, nats });
    expect(settings.tls?.clientCa).toBe('/etc/chainwatch/client-ca/ca.crt');
    expect(settings.replication?.replicasTls).toEqual({
      caFile: '/etc/chainwatch/certificate/ca.crt',
      certFile: '/etc/chainwatch/client-certificate/tls.crt',
      keyFile: '/etc/chainwatch/client-certificate/tls.key',
    });
    expect(workload?.mounts).toContainEqual({
      ...{ name: 'client-ca', path: '/etc/chainwatch/client-ca', secret: 'nodes-ca' },
      keys: ['ca.crt'],
    });
    expect(planned?.facts.secured?.aggregator?.shown).toBe('monitoring');
    expect(secured({ tls, replicas: 3, nats }).settings.replication?.replicasTls).toEqual({
      caFile: '/etc/chainwatch/certificate/ca.crt',
    });
  });

  test.each([
    [{ replicas: 2 }, 'several replicas share a log'],
    [{ replicas: 2, nats: {} }, 'needs either servers or install'],
    [{ replicas: 2, nats: { servers: ['http://n:1'] } }, 'is not a URL that starts with nats://'],
  ])('%j is refused: %s', (aggregator, message) => {
    expect(() => stackOf({ net: network([OURS]) }, { services: { aggregator } })).toThrow(message);
  });
});
