/** `AlertRouting`, `BlackboxExporter`, `NetworkMonitoring`, `serviceImage`: each alone. */
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { AlertRouting } from '../../../components/alertRouting.ts';
import { BlackboxExporter } from '../../../components/blackboxExporter.ts';
import { NetworkMonitoring, type NetworkMonitoringArgs } from '../../../components/networkMonitoring.ts';
import { serviceImage } from '../../../components/serviceImage.ts';
import { alertmanagerConfig } from '../../../model/alertmanager/config.ts';
import { places } from '../../fixtures/places.ts';
import { drawnPlanNamed } from '../../fixtures/real.ts';
import { at, text } from '../policies/read.ts';
import { run } from '../stand.ts';

const plan = drawnPlanNamed('mainnet');
const place = { stack: 'theirs', namespace: 'watch' };

describe('AlertRouting', () => {
  const args = { ...place, alertmanager: plan.alertmanager, places };

  test('writes the same configuration as for an Alertmanager of our own, into a Secret', async () => {
    const { object, made } = await run(() => {
      new AlertRouting('r', { ...args, secretNames: [], secrets: {} });
    });
    const { inputs, secret } = object('Secret alertmanager-config');
    expect(parse(text(at(inputs.stringData, 'alertmanager.yaml')))).toEqual(
      JSON.parse(JSON.stringify(alertmanagerConfig(plan.alertmanager, places))),
    );
    expect(secret).toEqual(['stringData']);
    expect(made.map(({ name }) => name)).toEqual(['r', 'r-config']);
  });

  test('tokens are in a Secret beside it, each under its name', async () => {
    const secrets = { slackWebhook: pulumi.secret('hook'), unused: 'x' };
    const { object } = await run(() => {
      new AlertRouting('r', { ...args, secretNames: ['slackWebhook'], secrets });
    });
    expect(object('Secret alertmanager-secrets').inputs.stringData).toEqual({ slackWebhook: 'hook' });
    expect(JSON.stringify(object('Secret alertmanager-config').inputs)).not.toContain('hook"');
  });

  test('names every token that is missing', async () => {
    const missing = run(() => {
      new AlertRouting('r', { ...args, secretNames: ['a', 'b'], secrets: {} });
    });
    await expect(missing).rejects.toThrow(/Alertmanager needs[\s\S]*secrets\.a'[\s\S]*secrets\.b'/);
  });
});

describe('BlackboxExporter', () => {
  const make = (image?: string) =>
    run(() => ({
      address: new BlackboxExporter('b', { ...place, ...(image === undefined ? {} : { image }) }).address,
    }));

  test('is where its address says, and only Prometheus may ask it', async () => {
    const { outputs, object } = await make();
    expect(outputs).toEqual({ address: 'blackbox.watch.svc:9115' });
    expect(at(object('Service blackbox').inputs.spec, 'ports')).toEqual([
      { name: 'http', port: 9115, targetPort: 'http' },
    ]);
    const ingress = JSON.stringify(at(object('NetworkPolicy blackbox').inputs.spec, 'ingress'));
    expect(ingress).toContain('"app.kubernetes.io/name":"prometheus"');
    expect(ingress.match(/podSelector/g)).toHaveLength(1);
  });

  test('runs a pinned image, or the one that is given', async () => {
    const image = async (given?: string) => JSON.stringify((await make(given)).object('Deployment blackbox').inputs);
    expect(await image()).toMatch(/"image":"[^"]+:v\d+\.\d+\.\d+"/);
    expect(await image('mirror.example/blackbox:v9.9.9')).toContain('"image":"mirror.example/blackbox:v9.9.9"');
  });
});

describe('NetworkMonitoring', () => {
  const owner = 'op-mainnet';
  const own = {
    ...place,
    owner,
    scrapeJobs: plan.scrapeJobs.filter((job) => job.owner === owner),
    ruleGroups: plan.ruleGroups.filter((group) => group.owner === owner),
    runbooks: 'https://books.example',
    places,
  };
  const make = (more: Partial<NetworkMonitoringArgs> = {}) =>
    run(() => {
      const { targets, rules } = new NetworkMonitoring('n', { ...own, ...more });
      return { targets, rules };
    });

  test('counts what it watches: every target and every rule of the network', async () => {
    const { outputs, object } = await make();
    expect(outputs).toEqual({
      targets: own.scrapeJobs.flatMap(({ targets }) => targets).length,
      rules: own.ruleGroups.flatMap(({ rules }) => rules).length,
    });
    const groups = at(object(`PrometheusRule ${owner}`).inputs, 'spec', 'groups');
    expect(groups).toHaveLength(own.ruleGroups.length);
    expect(JSON.stringify(groups)).toContain('https://books.example/runbooks/op-stack/');
  });

  test('rules of the other engine are in Grafana alone', async () => {
    const ruleGroups = own.ruleGroups.map((group) => ({ ...group, engine: 'grafana' as const }));
    const { outputs, made } = await make({ ruleGroups });
    expect(outputs).toMatchObject({ rules: 0 });
    expect(made.filter(({ inputs }) => inputs.kind === 'PrometheusRule')).toEqual([]);
  });

  test('dashboards are ConfigMaps that the sidecar of Grafana finds, only where wanted', async () => {
    expect((await make()).made.filter(({ inputs }) => inputs.kind === 'ConfigMap')).toEqual([]);
    const dashboards = plan.dashboards.filter((dashboard) => dashboard.owner === owner);
    const { made } = await make({ dashboards });
    const maps = made.filter(({ inputs }) => inputs.kind === 'ConfigMap');
    expect(maps).toHaveLength(dashboards.length);
    for (const { inputs } of maps) expect(at(inputs.metadata, 'labels', 'grafana_dashboard')).toBe('1');
  });

  test('probes are asked of the blackbox exporter', async () => {
    const { object } = await make({
      probes: [
        {
          name: 'rpc',
          owner: 'system',
          labels: { component: 'blackbox', instance: 'rpc' },
          url: 'https://rpc.example',
          module: 'json_rpc',
          interval: 30,
        },
      ],
    });
    expect(object('Probe probe-rpc').inputs.spec).toMatchObject({
      module: 'json_rpc',
      interval: '30s',
      prober: { url: 'blackbox.place.test:1' },
      targets: { staticConfig: { static: ['https://rpc.example'] } },
    });
  });
});

describe('serviceImage', () => {
  test('is what is set, for every kind', () => {
    for (const kind of ['dev', 'testnet', 'mainnet'] as const)
      expect(serviceImage(kind, { image: 'x@sha256:1' })).toBe('x@sha256:1');
  });

  test('dev goes on without, with a warning that says how to set it', async () => {
    const warned = vi.spyOn(pulumi.log, 'warn').mockImplementation(async () => {});
    const { outputs } = await run(() => ({ image: serviceImage('dev', {}) }));
    expect(outputs.image).toBeUndefined();
    expect(warned.mock.calls.flat().join()).toContain('pulumi config set');
    warned.mockRestore();
  });

  test.each(['testnet', 'mainnet'] as const)('%s does not', (kind) => {
    expect(() => serviceImage(kind, {})).toThrow(pulumi.RunError);
    expect(() => serviceImage(kind, {})).toThrow(/chainwatch:kubernetes\.image/);
  });
});
