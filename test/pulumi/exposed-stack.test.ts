/** Mainnet with everything that reaches it from outside, and with an image that is built: as a whole, under the same policies. */
import { describe, expect, test } from 'vitest';
import type { Recorded } from '../../cli/render/record.ts';
import { recordProgram } from '../../cli/render/record.ts';
import { offences } from './policies/index.ts';
import { at, list } from './policies/read.ts';
import { configOf, SECRETS, situation } from './stacks.ts';

const GIVEN = ['aggregator-tls', 'nodes-ca', 'monitoring-tls'].map((name) => `chainwatch/${name}`);

const change = {
  'chainwatch:services': { aggregator: { backup: { claim: 'backups' }, tls: { certificate: 'aggregator-tls' } } },
  'chainwatch:kubernetes': {
    grafana: true,
    ingestion: { otlp: true, remoteWrite: true },
    exposure: {
      ingress: { class: 'nginx', issuer: 'letsencrypt' },
      controllerNamespace: 'ingress-nginx',
      authentication: { basic: { secret: 'pageUsers' } },
      services: {
        status: { host: 'status.example' },
        receiver: { host: 'alerts.example' },
        grafana: { host: 'grafana.example' },
        prometheus: { host: 'prometheus.example' },
        alertmanager: { host: 'alertmanager.example' },
        ingestion: { host: 'push.example' },
        aggregator: { host: 'peers.example', certificate: 'peers-tls' },
      },
    },
  },
};

let recorded: Promise<Recorded[]> | undefined;
function record(): Promise<Recorded[]> {
  recorded ??= recordProgram({
    stack: 'mainnet',
    config: configOf('mainnet', change),
    secrets: { ...SECRETS, pageUsers: 'ada:$2y$05$hash' },
  });
  return recorded;
}
const named = async (type: string, name: string) =>
  (await record()).find((one) => one.type.endsWith(`:${type}`) && Object(one.inputs.metadata).name === name);

describe('mainnet, reached from outside', () => {
  test('offends no policy', async () => {
    expect(offences(await record(), { ...situation('mainnet'), given: GIVEN })).toEqual([]);
  });

  test('offends where a Secret that somebody else makes is not there', async () => {
    const found = offences(await record(), situation('mainnet')).map(
      ({ resource, problem }) => `${resource}: ${problem}`,
    );
    expect(found).toContain(
      'StatefulSet chainwatch/aggregator: names Secret chainwatch/aggregator-tls, which is not there',
    );
  });

  test('each host has an Ingress with TLS', async () => {
    const made = (await record()).filter(({ type }) => type === 'kubernetes:networking.k8s.io/v1:Ingress');
    expect(
      made.map(({ inputs }) => Object(inputs.spec).tls[0]).sort((a, b) => (a.secretName < b.secretName ? -1 : 1)),
    ).toEqual(
      ['alertmanager', 'grafana', 'peers', 'prometheus', 'push', 'receiver', 'status']
        .map((name) => ({
          hosts: [`${name === 'receiver' ? 'alerts' : name}.example`],
          secretName: name === 'push' ? 'ingestion-tls' : `${name}-tls`,
        }))
        .sort((a, b) => (a.secretName < b.secretName ? -1 : 1)),
    );
  });

  test('messages link to what is exposed', async () => {
    const prometheus = await named('Prometheus', 'chainwatch');
    const alertmanager = await named('Alertmanager', 'chainwatch');
    expect([prometheus, alertmanager].map((one) => Object(one?.inputs.spec).externalUrl)).toEqual([
      'https://prometheus.example',
      'https://alertmanager.example',
    ]);
  });

  test('Prometheus takes what is pushed, under our labels, and only from the gate', async () => {
    const prometheus = await named('Prometheus', 'chainwatch');
    expect(prometheus?.inputs.spec).toMatchObject({
      enableOTLPReceiver: true,
      enableRemoteWriteReceiver: true,
      otlp: { promoteResourceAttributes: ['network', 'chain', 'component'] },
      tsdb: { outOfOrderTimeWindow: '30m' },
    });
    const gates = (policy: Recorded | undefined) => JSON.stringify(Object(policy?.inputs.spec).ingress);
    expect(gates(await named('NetworkPolicy', 'prometheus'))).toContain('"ingestion"');
    expect(gates(await named('NetworkPolicy', 'alertmanager'))).toContain('"gate"');
    expect(gates(await named('NetworkPolicy', 'alertmanager'))).not.toContain('"ingestion"');
    expect(gates(await named('NetworkPolicy', 'grafana'))).toContain('"gate"');
  });

  test('Grafana has the name that the gate asks for, and knows its own address', async () => {
    const chart = (await record()).find(({ inputs }) => inputs.name === 'kube-prometheus-stack');
    expect(chart?.inputs.values).toMatchObject({
      grafana: {
        fullnameOverride: 'grafana',
        service: { port: 3000 },
        'grafana.ini': { server: { root_url: 'https://grafana.example' } },
      },
    });
    const config = Object((await named('ConfigMap', 'gate-config'))?.inputs.data)['nginx.conf'];
    expect(config).toContain('proxy_pass http://grafana.chainwatch.svc:3000;');
  });

  test('the token of ingestion is made, and stands in one Secret', async () => {
    const made = (await record()).filter(({ type }) => type.startsWith('random:')).map(({ name }) => name);
    expect(made).toContain('secrets-ingestion-token');
  });

  test('nodes reach the aggregator through the gate, which trusts its authority and does not see its key', async () => {
    const gate = await named('Deployment', 'gate');
    expect(at(gate?.inputs, 'spec', 'template', 'spec', 'volumes')).toContainEqual({
      name: 'aggregator-authority',
      secret: { secretName: 'aggregator-tls', defaultMode: 0o440, items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    });
    // Somebody else renews it, so that nothing rolls the pods: what starts nginx looks at it.
    const [container] = list(at(gate?.inputs, 'spec', 'template', 'spec', 'containers'));
    expect(list(at(container, 'command')).at(-1)).toBe('/etc/chainwatch/authorities/aggregator/ca.crt');
    const config = Object((await named('ConfigMap', 'gate-config'))?.inputs.data)['nginx.conf'];
    expect(config).toContain('proxy_pass https://aggregator.chainwatch.svc:9300;');
    expect(config).toContain('proxy_ssl_trusted_certificate /etc/chainwatch/authorities/aggregator/ca.crt;');
    expect(config).toContain('proxy_ssl_name aggregator.chainwatch.svc;');
    const edges = Object((await named('NetworkPolicy', 'aggregator'))?.inputs.spec).ingress;
    expect(JSON.stringify(edges)).toContain('"app.kubernetes.io/name":"gate"');
    const out = Object((await named('NetworkPolicy', 'gate'))?.inputs.spec).egress;
    expect(JSON.stringify(out)).toContain('"port":9300');
  });

  test('the aggregator is scraped over TLS by its name, and asked by the kubelet without', async () => {
    const monitor = await named('ServiceMonitor', 'system-aggregator');
    expect(Object(monitor?.inputs.spec).endpoints).toEqual([
      expect.objectContaining({
        scheme: 'https',
        tlsConfig: {
          serverName: 'aggregator.chainwatch.svc',
          ca: { secret: { name: 'aggregator-tls', key: 'ca.crt' } },
        },
      }),
    ]);
    const [container] = Object(Object((await named('StatefulSet', 'aggregator'))?.inputs.spec).template).spec
      .containers;
    expect(container.ports).toEqual([
      { name: 'http', containerPort: 9300 },
      { name: 'health', containerPort: 9301 },
    ]);
    const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => container[name].httpGet);
    expect(probes.map(({ path, port }) => `${path} ${port}`)).toEqual([
      '/healthz health',
      '/readyz health',
      '/healthz health',
    ]);
  });

  test('each replica keeps its backups in a folder of its own on the claim that is named', async () => {
    const { spec } = Object(Object((await named('StatefulSet', 'aggregator'))?.inputs.spec).template);
    expect(spec.volumes).toContainEqual({ name: 'backups', persistentVolumeClaim: { claimName: 'backups' } });
    const [{ env, volumeMounts }] = spec.containers;
    expect(env).toEqual([{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }]);
    const mountPath = '/var/lib/chainwatch/backups';
    expect(volumeMounts).toContainEqual({ name: 'backups', mountPath, subPathExpr: '$(POD_NAME)' });
    const settings = Object((await named('ConfigMap', 'aggregator-settings'))?.inputs.data)['settings.json'];
    expect(JSON.parse(settings).backup.folder).toBe(mountPath);
  });
});

test('where the aggregator wants certificates of clients, Prometheus and replicas show one', async () => {
  const tls = { certificate: 'aggregator-tls', clientCa: 'nodes-ca', clientCertificate: 'monitoring-tls' };
  const resources = await recordProgram({
    stack: 'mainnet',
    config: configOf('mainnet', { 'chainwatch:services': { aggregator: { tls } } }),
    secrets: SECRETS,
  });
  expect(offences(resources, { ...situation('mainnet'), given: GIVEN })).toEqual([]);
  const monitor = resources.find(({ inputs }) => Object(inputs.metadata).name === 'system-aggregator');
  expect(Object(monitor?.inputs.spec).endpoints[0].tlsConfig).toMatchObject({
    cert: { secret: { name: 'monitoring-tls', key: 'tls.crt' } },
    keySecret: { name: 'monitoring-tls', key: 'tls.key' },
  });
});
