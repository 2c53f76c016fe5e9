import { describe, expect, test } from 'vitest';
import { Exposure } from '../../components/exposure.ts';
import { Ingestion } from '../../components/ingestion.ts';
import { ServiceImage, serviceImage } from '../../components/serviceImage.ts';
import type { ClusterPlan } from '../../model/kubernetes/cluster.ts';
import { planCluster } from '../../model/kubernetes/cluster.ts';
import { clusterPlaces } from '../../model/kubernetes/places.ts';
import { makePlan } from '../../model/plan/plan.ts';
import { known, stackOf } from '../fixtures/toy.ts';
import { run } from './stand.ts';

const place = { stack: 'test', namespace: 'chainwatch' };
const services = { status: { host: 'status.example' }, receiver: { host: 'alerts.example' } };
const common = { controllerNamespace: 'ingress-nginx', authentication: { basic: { secret: 'users' } } };
const ingress = { class: 'nginx', issuer: 'letsencrypt' };

function planned(
  kubernetes: Readonly<Record<string, unknown>>,
  prometheus: Readonly<Record<string, unknown>> = {},
): ClusterPlan {
  const stack = stackOf({ kubernetes, prometheus, secrets: { users: { secure: '' } } });
  const cluster = planCluster(stack, makePlan(stack, known));
  if (cluster === undefined) throw new Error('there is no cluster');
  return cluster;
}

function exposed(exposure: Readonly<Record<string, unknown>>) {
  const plan = planned({ exposure: { ...common, services, ...exposure } });
  if (plan.exposure === undefined) throw new Error('nothing is exposed');
  return { ...place, exposure: plan.exposure, secrets: { users: 'ada:$2y$05$hash' } };
}

const controller = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }];

describe('Exposure', () => {
  test('by an Ingress: a host, a certificate of the issuer, and the gate behind it', async () => {
    const { object, outputs } = await run(() => ({ urls: new Exposure('e', exposed({ ingress })).urls }));
    const { metadata, spec } = object('Ingress exposed-status').inputs;
    expect(metadata).toMatchObject({ annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' } });
    expect(spec).toMatchObject({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['status.example'], secretName: 'status-tls' }],
      rules: [
        {
          host: 'status.example',
          http: { paths: [{ backend: { service: { name: 'gate', port: { number: 8080 } } } }] },
        },
      ],
    });
    expect(outputs.urls).toEqual({ receiver: 'https://alerts.example', status: 'https://status.example' });
  });

  test('by a Gateway: a route to its listener, which holds the certificate', async () => {
    const gateway = { name: 'public', namespace: 'gateways' };
    const { object, made } = await run(() => void new Exposure('e', exposed({ gateway })));
    expect(object('HTTPRoute exposed-receiver').inputs).toMatchObject({
      apiVersion: 'gateway.networking.k8s.io/v1',
      spec: {
        parentRefs: [{ name: 'public', namespace: 'gateways', sectionName: 'https' }],
        hostnames: ['alerts.example'],
        rules: [{ backendRefs: [{ name: 'gate', port: 8080 }] }],
      },
    });
    expect(made.filter(({ type }) => type.includes('Ingress'))).toEqual([]);
  });

  test('only the controller comes to the gate, and only the exposed services are behind it', async () => {
    const { object } = await run(() => void new Exposure('e', exposed({ ingress })));
    const { spec } = object('NetworkPolicy gate').inputs;
    expect(spec).toMatchObject({ ingress: [{ from: controller, ports: [{ port: 8080 }] }] });
    const { egress } = Object(spec);
    expect(egress.map((rule: { ports: { port: number }[] }) => rule.ports.map(({ port }) => port))).toEqual([
      [2021],
      [8080],
    ]);
  });

  test('who may come is in a Secret, and in nothing else', async () => {
    const { made, object } = await run(() => void new Exposure('e', exposed({ ingress })));
    expect(object('Secret gate-secrets').inputs.stringData).toEqual({
      'receiver.users': 'ada:$2y$05$hash\n',
      'status.users': 'ada:$2y$05$hash\n',
    });
    const others = made.filter(({ inputs }) => inputs.kind !== 'Secret');
    expect(JSON.stringify(others.map(({ inputs }) => inputs))).not.toContain('ada:');
  });

  test('other users are told to the gate, which reads its files once', async () => {
    const annotation = async (users: string) => {
      const { object } = await run(() => void new Exposure('e', { ...exposed({ ingress }), secrets: { users } }));
      return Object(object('Deployment gate').inputs).spec.template.metadata.annotations['chainwatch/settings'];
    };
    expect(await annotation('ada:1')).not.toBe(await annotation('bob:2'));
    expect(await annotation('ada:1')).toBe(await annotation('ada:1'));
  });

  test('a missing secret is named with the command that sets it', async () => {
    const args = { ...exposed({ ingress }), secrets: {} };
    await expect(run(() => void new Exposure('e', args))).rejects.toThrow('chainwatch:secrets.users');
  });
});

describe('a stack with exposed services', () => {
  const plan = planned({
    exposure: { ...common, ingress, services: { ...services, prometheus: { host: 'p.example' } } },
  });

  test('links to them by their hosts', () => {
    const places = clusterPlaces(plan.facts, 'prometheus');
    expect([places.publicUrl('status'), places.publicUrl('prometheus')]).toEqual([
      'https://status.example',
      'https://p.example',
    ]);
    expect(places.address('status')).toBe('status.chainwatch.svc:8080');
    expect(JSON.stringify(plan.workloads.find(({ name }) => name === 'status')?.settings)).toContain(
      'https://p.example',
    );
  });

  test('lets the gate come to them, and to no other', () => {
    const open = plan.workloads.filter((workload) => workload.ingress.includes('gate')).map(({ name }) => name);
    expect(open.sort()).toEqual(['receiver', 'status']);
  });
});

describe('Ingestion', () => {
  const ingestion = { otlp: true, remoteWrite: true, from: ['nodes'], attributes: ['region'] };
  const args = (plan: ClusterPlan) => {
    if (plan.ingestion === undefined) throw new Error('nothing is taken');
    return { ...place, ingestion: plan.ingestion, secrets: { ingestionToken: 'abcdefghijklmnop\nponmlkjihgfedcba\n' } };
  };

  test('is reached from the namespaces that are named, and reaches Prometheus only', async () => {
    const { object, made } = await run(() => void new Ingestion('i', args(planned({ ingestion }))));
    expect(object('NetworkPolicy ingestion').inputs.spec).toMatchObject({
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'nodes' } } }] }],
      egress: [{ ports: [{ port: 9090 }] }],
    });
    expect(object('Secret ingestion-secrets').inputs.stringData).toEqual({
      'tokens.map': '"~^Bearer abcdefghijklmnop$" 1;\n"~^Bearer ponmlkjihgfedcba$" 1;\n',
    });
    expect(made.filter(({ inputs }) => Object(inputs.metadata).name?.startsWith('prometheus-'))).toEqual([]);
  });

  test('brings everything to each of several Prometheus', async () => {
    const plan = planned({ ingestion }, { replicas: 2 });
    const { object } = await run(() => void new Ingestion('i', args(plan)));
    expect(plan.ingestion?.route.upstreams).toEqual([
      'prometheus-0.chainwatch.svc:9090',
      'prometheus-1.chainwatch.svc:9090',
    ]);
    expect(object('Service prometheus-1').inputs.spec).toMatchObject({
      selector: { 'statefulset.kubernetes.io/pod-name': 'prometheus-chainwatch-1' },
      publishNotReadyAddresses: true,
    });
  });

  test('for nobody it is not made: an empty list would let everybody in', async () => {
    const plan = args(planned({ ingestion }));
    const nobody = { ...plan, ingestion: { ...plan.ingestion, from: { namespaces: [] } } };
    await expect(run(() => void new Ingestion('i', nobody))).rejects.toThrow('says of nobody that it may connect');
  });

  test('nodes say which network they are of by attributes of their resource', () => {
    expect(planned({ ingestion }).ingestion?.receivers.attributes).toEqual(['network', 'chain', 'component', 'region']);
  });
});

describe('ServiceImage', () => {
  test('is built for both kinds of processors, pushed, and never in a preview', async () => {
    const {
      object: _,
      made,
      outputs,
    } = await run(() => {
      const args = { registry: 'ghcr.io/acme/chainwatch', username: 'ada', password: 'p' };
      return { reference: new ServiceImage('image', args).reference };
    });
    const built = made.find(({ type }) => type === 'docker-build:index:Image');
    expect(built?.inputs).toMatchObject({
      tags: ['ghcr.io/acme/chainwatch:test'],
      context: { location: '.' },
      dockerfile: { location: './services/Dockerfile' },
      platforms: ['linux/amd64', 'linux/arm64'],
      push: true,
      buildOnPreview: false,
      registries: [{ address: 'ghcr.io', username: 'ada', password: 'p' }],
    });
    expect(built?.secret).toEqual(['registries']);
    expect(String(outputs.reference)).toMatch(/^ghcr\.io\/acme\/chainwatch@/);
  });

  test('is built where no digest is given, with the registry’s password from the secrets', async () => {
    const build = {
      registry: 'ghcr.io/acme/chainwatch',
      platforms: ['linux/arm64'],
      password: { secret: 'registry' },
    } as const;
    const { made } = await run(() => void serviceImage('mainnet', { build }, { registry: 'p' }));
    const built = made.find(({ type }) => type === 'docker-build:index:Image');
    expect(built?.inputs).toMatchObject({
      platforms: ['linux/arm64'],
      registries: [{ address: 'ghcr.io', password: 'p' }],
    });
    expect(() => serviceImage('mainnet', { build }, {})).toThrow('chainwatch:secrets.registry');
  });
});
