import { describe, expect, test } from 'vitest';
import { type Case, faults, mainnet } from '../../fixtures/faults.ts';

const pods = { namespace: 'rollup', labels: { app: 'op-geth' } };
const nodes = (...list: readonly unknown[]) => ({
  kubernetes: {},
  networks: { net: { chain: 'toy', nodes: { 'toy-node': list } } },
});

const ofNodes: readonly Case[] = [
  [
    'agents in a cluster of which nothing is known',
    { system: { agents: { fleet: { pods: { namespace: 'the-block', labels: { app: 'agent' } } } } } },
    'system.agents.fleet: runs in a cluster, and the stack file names none: set chainwatch:kubernetes, or give its address',
  ],
  [
    'no cluster',
    { ...nodes({ name: 'a', pods }), kubernetes: undefined },
    'networks.net.nodes.toy-node[0]: runs in a cluster, and the stack file names none: set chainwatch:kubernetes, or give its address',
  ],
  [
    'the same pods twice',
    nodes({ name: 'a', pods }, { name: 'b', pods }),
    'networks.net.nodes.toy-node[1]: pods/rollup/app=op-geth:metrics is already a target: toy-node of net',
  ],
  [
    'no label to select by',
    nodes({ name: 'a', pods: { ...pods, labels: {} } }),
    'networks.net.nodes.toy-node[0].pods.labels: must name at least one: none would select everything',
  ],
  [
    'a label whose value YAML reads as a number',
    nodes({ name: 'a', pods: { ...pods, labels: { shard: 1 } } }),
    'networks.net.nodes.toy-node[0].pods.labels.shard: must be text: quote numbers and true or false',
  ],
  [
    'no name of a port',
    nodes({ name: 'a', pods: { ...pods, port: '6060' } }),
    'networks.net.nodes.toy-node[0].pods.port: must be the name of a port, such as metrics, or its number',
  ],
  [
    'a misspelt key',
    nodes({ name: 'a', pods: { ...pods, lables: {} } }),
    'networks.net.nodes.toy-node[0].pods: unknown key "lables"; did you mean "labels"?',
  ],
  [
    'no namespace behind a Service',
    nodes({ name: 'a', service: { labels: { app: 'a' } } }),
    'networks.net.nodes.toy-node[0].service.namespace: is missing',
  ],
];

describe('nodes in the cluster', () => {
  test.each(ofNodes)('%s', (_, config, fault, environment) => {
    expect(faults(config, environment)).toEqual([fault]);
  });

  test('pods with and without a name, and Services, are taken', () => {
    const service = { namespace: 'rollup', labels: { 'app.kubernetes.io/name': 'x' }, port: 7300 };
    expect(
      faults(nodes({ name: 'a', pods }, { service }, { name: 'b', service: { ...service, port: 'web' } })),
    ).toEqual([]);
  });
});

const page = { host: 'status.example' };
const ingress = { class: 'nginx' };
const asked = { basic: { secret: 'users' } };
const outside = (exposure: Readonly<Record<string, unknown>>, kubernetes: Readonly<Record<string, unknown>> = {}) => ({
  ...mainnet,
  kubernetes: { ...kubernetes, exposure: { ingress, controllerNamespace: 'ingress-nginx', ...exposure } },
});

const ofExposure: readonly Case[] = [
  [
    'a status page on mainnet that asks nobody',
    outside({ services: { status: page } }),
    'kubernetes.exposure.services.status: without authentication everybody could read what is wrong; say basic, forward or addresses',
    'mainnet',
  ],
  [
    'an Alertmanager on testnet that asks nobody, though the rest does',
    outside({ authentication: asked, services: { alertmanager: { ...page, authentication: 'none' } } }),
    'kubernetes.exposure.services.alertmanager: without authentication everybody could silence every alert; say basic, forward or addresses',
    'testnet',
  ],
  [
    'a host twice',
    outside({ authentication: asked, services: { status: page, receiver: page } }),
    'kubernetes.exposure.services.receiver.host: status.example is already that of status',
  ],
  [
    'a service that is switched off',
    { ...outside({ services: { status: page } }), services: { status: { enabled: false } } },
    'kubernetes.exposure.services.status: status is switched off (chainwatch:services.status.enabled), so there is nothing to reach',
  ],
  [
    'a Grafana that is not there',
    outside({ services: { grafana: page } }),
    'kubernetes.exposure.services.grafana: no Grafana runs in the cluster: set chainwatch:kubernetes.grafana',
  ],
  [
    'ingestion that is not there',
    outside({ services: { ingestion: page } }),
    'kubernetes.exposure.services.ingestion: nothing takes pushed metrics: set chainwatch:kubernetes.ingestion',
  ],
  [
    'neither way in',
    outside({ ingress: undefined, services: { status: page } }),
    'kubernetes.exposure: say one of "ingress" and "gateway": how requests come in',
  ],
  [
    'both ways in',
    outside({ gateway: { name: 'public', namespace: 'gateways' }, services: { status: page } }),
    'kubernetes.exposure: say one of "ingress" and "gateway": how requests come in',
  ],
  [
    'no service',
    outside({ services: {} }),
    'kubernetes.exposure.services: names no service; say which, or remove exposure',
  ],
  [
    'a certificate of a Gateway',
    outside({
      ingress: undefined,
      gateway: { name: 'public', namespace: 'gateways' },
      services: { status: { ...page, certificate: 'tls' } },
    }),
    'kubernetes.exposure.services.status.certificate: a Gateway holds the certificates at its listener; put it there',
  ],
  [
    'an authentication that asks for nothing',
    outside({ authentication: {}, services: { status: page } }),
    'kubernetes.exposure.authentication: asks for nothing: say basic, forward or addresses',
  ],
  [
    'one that asks twice',
    outside({
      services: {
        status: { ...page, authentication: { ...asked, forward: { url: 'http://o.auth.svc:4180/oauth2/auth' } } },
      },
    }),
    'kubernetes.exposure.services.status.authentication: asks twice: say one of basic and forward',
  ],
  [
    'one that is asked outside of the cluster',
    outside({ authentication: { forward: { url: 'https://login.example/auth' } }, services: { status: page } }),
    'kubernetes.exposure.authentication.forward.url: must be a Service of the cluster, such as http://oauth2-proxy.auth.svc:4180/oauth2/auth',
  ],
  [
    'a sign-in that would leave its place in the configuration',
    outside({
      authentication: { forward: { url: 'http://o.auth.svc/auth', signIn: 'https://login.example/;}' } },
      services: { status: page },
    }),
    'kubernetes.exposure.authentication.forward.signIn: has characters that do not belong in an address',
  ],
  [
    'no range of addresses',
    outside({ authentication: { addresses: ['10.0.0.1'] }, services: { status: page } }),
    'kubernetes.exposure.authentication.addresses[0]: must be a range of addresses, such as 198.51.100.0/24 or 2001:db8::/32',
  ],
  [
    'an address where a host name belongs',
    outside({ services: { status: { host: 'https://status.example' } } }),
    'kubernetes.exposure.services.status.host: must be a host name such as status.example.org (no https://, no path, no capitals)',
  ],
  [
    'a secret that is not set',
    { ...outside({ authentication: asked, services: { status: page } }), secrets: { hook: { secure: 'v1:s' } } },
    'kubernetes.exposure.authentication.basic.secret: unknown secret "users"; known: hook (set it with: pulumi config set --secret --path \'chainwatch:secrets.users\')',
  ],
  [
    'ingestion that takes nothing',
    { kubernetes: { ingestion: { from: ['nodes'] } } },
    'kubernetes.ingestion: takes nothing: set otlp, remoteWrite, or both to true',
  ],
  [
    'ingestion that nobody reaches',
    { kubernetes: { ingestion: { otlp: true } } },
    'kubernetes.ingestion: nobody can reach it: name the namespaces that push under "from", or expose it (exposure.services.ingestion)',
  ],
  [
    'an image twice',
    { kubernetes: { image: `a/b@sha256:${'0'.repeat(64)}`, build: { registry: 'ghcr.io/acme/chainwatch' } } },
    'kubernetes.build: an image is given by digest beside it: say one of them',
  ],
  [
    'a repository with a tag',
    { kubernetes: { build: { registry: 'ghcr.io/acme/chainwatch:latest' } } },
    'kubernetes.build.registry: must be a repository without a tag, such as ghcr.io/acme/chainwatch',
  ],
  [
    'a registry’s secret that nobody has set',
    { kubernetes: { imagePullSecret: { secret: 'registry' } }, secrets: { hook: { secure: 'v1:s' } } },
    'kubernetes.imagePullSecret.secret: unknown secret "registry"; known: hook (set it with: pulumi config set --secret --path \'chainwatch:secrets.registry\')',
  ],
  [
    'nobody who answers when a name is looked up',
    { kubernetes: { dns: { pods: [], addresses: [] } } },
    'kubernetes.dns: names nobody: say pods, addresses or both',
  ],
  [
    'name servers whose labels select everything',
    { kubernetes: { dns: { pods: [{ labels: {} }] } } },
    'kubernetes.dns.pods[0].labels: must name at least one: none would select everything',
  ],
];

describe('what is reached from outside', () => {
  test.each(ofExposure)('%s', (_, config, fault, environment) => {
    expect(faults(config, environment)).toEqual([fault]);
  });

  test('a status page for everybody is right on testnet, and everything is in dev', () => {
    const open = { status: page, receiver: { host: 'r.example' }, prometheus: { host: 'p.example' } };
    expect(faults(outside({ services: { status: page } }), 'testnet')).toEqual([]);
    expect(faults(outside({ services: open }))).toEqual([]);
  });

  test('Grafana has its login, and ingestion its token: neither is asked for more', () => {
    const kubernetes = { grafana: true, ingestion: { remoteWrite: true } };
    const services = { grafana: { host: 'g.example' }, ingestion: { host: 'i.example' } };
    expect(faults(outside({ services }, kubernetes), 'mainnet')).toEqual([]);
  });
});
