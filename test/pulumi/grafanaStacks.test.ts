/** Whole stacks with a Grafana: one that has no cluster at all, one that has both. */
import { describe, expect, test } from 'vitest';
import { type Recorded, recordProgram } from '../../cli/render/record.ts';
import { drawnPlanNamed } from '../fixtures/real.ts';
import { configOf, SECRETS } from './stacks.ts';

const runbooks = 'https://books.example';

/** All in Grafana Cloud: nodes that somebody else scrapes, found by their own label. */
const cloud = {
  'chainwatch:networks': {
    studio: {
      chain: 'op-stack',
      engine: 'grafana',
      chainId: 10,
      matchers: { cluster: 'studio-prod' },
      nodes: { 'op-geth': ['10.0.0.1:6060'], 'op-node': ['10.0.0.1:7300'] },
      l1: { chainId: 1, rpcUrls: [{ secret: 'mainnetRpcUrl' }] },
    },
  },
  'chainwatch:runbooks': runbooks,
  'chainwatch:notifications': {
    receivers: { team: { slack: { webhook: { secret: 'slackWebhook' }, channel: '#a' } } },
    default: 'oncall',
    routes: [{ match: { severity: 'warning' }, receiver: 'team', muteTimes: ['nights'] }],
    muteTimes: { nights: [{ times: [{ start: '00:00', end: '08:00' }] }] },
  },
  'chainwatch:grafana': {
    url: 'https://studio.grafana.net',
    auth: { secret: 'grafanaToken' },
    dataSourceUid: 'grafanacloud-prom',
    contactPoints: { oncall: 'On-call team' },
  },
};
const TOKEN = 'glsa_secret';

async function record(config: Readonly<Record<string, unknown>>, stack = 'testnet') {
  const said: string[] = [];
  const secrets = { ...SECRETS, grafanaToken: TOKEN };
  const recorded = await recordProgram({ stack, config, secrets, onMessage: (text) => said.push(text) });
  return { recorded: recorded.filter(({ type }) => type !== 'pulumi:pulumi:Stack'), said };
}

function typesOf(recorded: readonly Recorded[]): Record<string, number> {
  const types = recorded.map(({ type }) => type.replace(/^grafana:(\w+)\/\w+:/, 'grafana:$1:'));
  return Object.fromEntries(
    [...new Set(types)].sort().map((type) => [type, types.filter((each) => each === type).length]),
  );
}

describe('a stack in Grafana Cloud, without a cluster', () => {
  test('has folder, rules, dashboards, contact points; of a cluster nothing', async () => {
    const { recorded } = await record(cloud);
    expect(typesOf(recorded)).toEqual({
      'chainwatch:grafana:GrafanaMonitoring': 1,
      'chainwatch:grafana:GrafanaNetwork': 2,
      'chainwatch:grafana:GrafanaRouting': 1,
      'grafana:alerting:ContactPoint': 1,
      'grafana:alerting:MuteTiming': 1,
      'grafana:alerting:RuleGroup': expect.any(Number),
      'grafana:oss:Dashboard': expect.any(Number),
      'grafana:oss:Folder': 2,
      'pulumi:providers:grafana': 1,
    });
    const rules = recorded
      .filter(({ type }) => type.endsWith(':RuleGroup'))
      .flatMap(({ inputs }) => Object(inputs).rules);
    expect(rules.length).toBeGreaterThan(30);
    expect(rules.filter(({ datas }) => datas[0].datasourceUid !== 'grafanacloud-prom')).toEqual([]);
    expect(
      rules.filter(
        ({ datas }) => !/cluster="studio-prod"|network="studio"/.test(datas[0].model.replaceAll('\\"', '"')),
      ),
    ).toEqual([]);
  });

  test('rules name the contact point that is there, or the one that is made, and no other', async () => {
    const { recorded } = await record(cloud);
    const rules = recorded
      .filter(({ type }) => type.endsWith(':RuleGroup'))
      .flatMap(({ inputs }) => Object(inputs).rules);
    const named = new Set(rules.flatMap(({ notificationSettings }) => notificationSettings?.contactPoint ?? []));
    const made = recorded.filter(({ type }) => type.endsWith(':ContactPoint')).map(({ inputs }) => inputs.name);
    expect([...named].sort()).toEqual(['Chainwatch testnet team', 'On-call team']);
    expect(made).toEqual(['Chainwatch testnet team']);
  });

  test('the provider is named for every resource; the token is there and nowhere else', async () => {
    const { recorded, said } = await record(cloud);
    const provider = recorded.find(({ type }) => type === 'pulumi:providers:grafana');
    expect(JSON.stringify(provider?.inputs)).toContain(TOKEN);
    const rest = recorded.filter((each) => each !== provider);
    expect(JSON.stringify(rest)).not.toContain(TOKEN);
    const holders = recorded.filter(({ inputs }) => JSON.stringify(inputs).includes('secret.example'));
    expect(holders.map(({ type }) => type)).toEqual(['grafana:alerting/contactPoint:ContactPoint']);
    // Marked as a secret, as a whole.
    expect(JSON.stringify(holders[0]?.inputs.slacks)).toContain('4dabf18193072939515e22adb298388d');
    expect(said).toContainEqual(expect.stringContaining('never gives back the secrets of a contact point'));
  });

  test('asks for no secret that nothing here reads, and makes up none', async () => {
    const config = { ...cloud, 'chainwatch:secrets': {} };
    const secrets = {
      grafanaToken: TOKEN,
      slackWebhook: 'https://secret.example/x',
      mainnetRpcUrl: 'https://secret.example/y',
    };
    const recorded = await recordProgram({ stack: 'testnet', config, secrets, onMessage: () => {} });
    expect(recorded.filter(({ type }) => type.startsWith('random:'))).toEqual([]);
  });

  test('twice is the same', async () => {
    expect((await record(cloud)).recorded).toEqual((await record(cloud)).recorded);
  });

  test('a network of Prometheus in it is left out, and the program says why', async () => {
    const networks = Object(cloud['chainwatch:networks']);
    const both = {
      ...networks,
      other: { ...networks.studio, engine: 'prometheus', nodes: { 'op-node': ['10.0.0.9:7300'] } },
    };
    const notifications = { receivers: cloud['chainwatch:notifications'].receivers, default: 'team' };
    const grafana = { ...cloud['chainwatch:grafana'], contactPoints: {} };
    const { recorded, said } = await record({
      ...cloud,
      'chainwatch:networks': both,
      'chainwatch:notifications': notifications,
      'chainwatch:grafana': grafana,
    });
    expect(said).toContainEqual(expect.stringContaining('left out: alerts of network other'));
    expect(recorded.filter(({ name }) => name.startsWith('chainwatch-grafana-other-rules'))).toEqual([]);
  });

  test('adopts by import what is there, and leaves a listed group as it is', async () => {
    const adopt = { folders: { studio: 'old-folder' }, ruleGroups: ['studio/heads'] };
    const groupNames = { 'studio/heads': 'Head Alerts' };
    const grafana = { ...cloud['chainwatch:grafana'], adopt, groupNames };
    const { recorded } = await record({ ...cloud, 'chainwatch:grafana': grafana });
    const imported = recorded.filter((each) => each.import !== undefined);
    expect(imported.map(({ type, import: id, ignoreChanges }) => [type, id, ignoreChanges])).toEqual([
      ['grafana:alerting/ruleGroup:RuleGroup', 'old-folder:Head Alerts', ['rules', 'intervalSeconds']],
      ['grafana:oss/folder:Folder', 'old-folder', ['title', 'parentFolderUid', 'preventDestroyIfNotEmpty']],
    ]);
    expect(recorded.find(({ import: id }) => id === 'old-folder')?.retainOnDelete).toBe(true);
    expect(imported[0]).toMatchObject({
      name: 'chainwatch-grafana-studio-rules-heads',
      inputs: { name: 'Head Alerts' },
    });
  });
});

describe('a stack with a cluster and a Grafana', () => {
  const grafana = { url: 'https://g.example', auth: { secret: 'grafanaToken' } };
  const count = (recorded: readonly Recorded[]) => ({
    configMaps: recorded.filter(({ name }) => /-dashboard-/.test(name) && !name.startsWith('chainwatch-grafana'))
      .length,
    provided: recorded.filter(({ type }) => type.endsWith(':Dashboard')).length,
  });

  test('every alert is with one engine, every dashboard where it is wanted', async () => {
    const networks = Object(configOf('testnet')['chainwatch:networks']);
    const change = {
      'chainwatch:networks': {
        'op-sepolia': { ...networks['op-sepolia'], engine: 'grafana' },
        'genlayer-asimov': undefined,
      },
      'chainwatch:notifications': { routes: [], receivers: { genlayerlabs: undefined } },
      'chainwatch:grafana': {
        ...grafana,
        contactPoints: undefined,
        dashboards: undefined,
        adopt: undefined,
        groupNames: undefined,
      },
    };
    const { recorded } = await record(configOf('testnet', change));
    const groups = recorded.filter(({ type }) => type.endsWith(':RuleGroup')).map(({ name }) => name);
    expect(groups.length).toBeGreaterThan(2);
    expect(groups.filter((name) => !name.startsWith('chainwatch-grafana-op-sepolia-rules-'))).toEqual([]);
    const prometheusRules = recorded.filter(({ type }) => type.endsWith(':PrometheusRule')).map(({ name }) => name);
    expect(prometheusRules).toEqual(
      ['aztec-testnet', 'bega-testnet', 'eq-mocha', 'system', 'the-block-testnet'].map(
        (owner) => `chainwatch-${owner}-rules`,
      ),
    );
    expect(count(recorded)).toEqual({ configMaps: 0, provided: expect.any(Number) });
  });

  test.each([
    ['sidecar', true, false],
    ['both', true, true],
    ['provider', false, true],
  ])('dashboards by %s', async (dashboards, sidecar, provider) => {
    const { recorded } = await record(configOf('testnet', { 'chainwatch:grafana': { ...grafana, dashboards } }));
    const { configMaps, provided } = count(recorded);
    expect([configMaps > 0, provided > 0]).toEqual([sidecar, provider]);
    if (sidecar && provider) expect(configMaps).toBe(provided);
  });

  test('dashboards by engine are where the series of their network are', async () => {
    const { recorded } = await record(configOf('testnet'));
    const of = (owner: string) =>
      drawnPlanNamed('testnet').dashboards.filter((dashboard) => dashboard.owner === owner).length;
    const { configMaps, provided } = count(recorded);
    expect(provided).toBe(of('genlayer-asimov'));
    expect(configMaps).toBe(drawnPlanNamed('testnet').dashboards.length - provided);
    const folders = recorded.filter(({ type }) => type.endsWith(':Folder')).map(({ name }) => name);
    expect(folders).toEqual(['chainwatch-grafana-genlayer-asimov-folder']);
  });

  test("the chart's Grafana has a password of its own, in a Secret", async () => {
    const { recorded } = await record(configOf('testnet', { 'chainwatch:kubernetes': { grafana: true } }));
    const chart = recorded.find(({ name }) => name === 'chainwatch-operator-chart');
    expect(Object(chart?.inputs.values).grafana).toMatchObject({
      enabled: true,
      admin: { existingSecret: 'grafana-admin', userKey: 'user', passwordKey: 'password' },
      rbac: { namespaced: true },
      sidecar: { dashboards: { provider: { foldersFromFilesStructure: true } } },
    });
    expect(JSON.stringify(chart?.inputs)).not.toContain('made-up');
    const secret = recorded.find(({ name }) => name === 'chainwatch-operator-grafana-admin');
    expect(secret?.inputs).toMatchObject({ metadata: { name: 'grafana-admin' } });
    expect(JSON.stringify(secret?.inputs.stringData)).toContain('4dabf18193072939515e22adb298388d');
  });
});
