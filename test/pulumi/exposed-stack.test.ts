/** Mainnet with everything that reaches it from outside, and with an image that is built: as a whole, under the same policies. */
import { describe, expect, test } from 'vitest';
import type { Recorded } from '../../cli/render/record.ts';
import { recordProgram } from '../../cli/render/record.ts';
import { offences } from './policies/index.ts';
import { configOf, SECRETS, situation } from './stacks.ts';

const change = {
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
    expect(offences(await record(), situation('mainnet'))).toEqual([]);
  });

  test('each host has an Ingress with TLS', async () => {
    const made = (await record()).filter(({ type }) => type === 'kubernetes:networking.k8s.io/v1:Ingress');
    expect(
      made.map(({ inputs }) => Object(inputs.spec).tls[0]).sort((a, b) => (a.secretName < b.secretName ? -1 : 1)),
    ).toEqual(
      ['alertmanager', 'grafana', 'prometheus', 'push', 'receiver', 'status']
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
});
