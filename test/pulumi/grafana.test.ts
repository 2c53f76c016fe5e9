/** `GrafanaNetwork` and `GrafanaRouting`, each alone, field by field. */
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, test } from 'vitest';
import { GrafanaNetwork } from '../../components/grafanaNetwork.ts';
import { GrafanaRouting } from '../../components/grafanaRouting.ts';
import type { ContactPoint, GrafanaAlertRule, GrafanaRuleGroup } from '../../model/grafana/types.ts';
import { run } from './stand.ts';

const alert: GrafanaAlertRule = {
  kind: 'alert',
  uid: 'testnet_net_HeadStalled',
  title: 'HeadStalled',
  condition: 'C',
  data: [
    {
      refId: 'A',
      datasourceUid: 'mimir',
      queryType: '',
      relativeTimeRange: { from: 600, to: 0 },
      model: { refId: 'A', expr: 'up', instant: true },
    },
  ],
  noDataState: 'OK',
  execErrState: 'KeepLast',
  missingSeriesEvalsToResolve: 1,
  for: '10m',
  keepFiringFor: '5m',
  labels: { severity: 'critical' },
  annotations: { runbook_url: '/runbooks/toy/HeadStalled', summary: 'See /runbooks/toy' },
  notificationSettings: {
    contactPoint: 'Team',
    groupBy: ['grafana_folder', 'alertname'],
    groupWait: '30s',
    groupInterval: '5m',
    repeatInterval: '4h',
    muteTimings: ['Nights'],
  },
};
const group: GrafanaRuleGroup = {
  owner: 'net',
  name: 'node',
  folderUid: 'testnet_net',
  intervalSeconds: 30,
  rules: [
    alert,
    {
      kind: 'recording',
      uid: 'testnet_net_rec',
      title: 'a:b:c',
      data: alert.data,
      record: { metric: 'a:b:c', from: 'A', targetDatasourceUid: 'mimir' },
      labels: { network: 'net' },
    },
  ],
};
const folder = { owner: 'net', uid: 'testnet_net', title: 'Chainwatch testnet net' };
const runbooks = 'https://books.example';

describe('GrafanaNetwork', () => {
  test('brings rules with every field that the provider compares', async () => {
    const { resource } = await run(() => {
      new GrafanaNetwork('g', { folder, ruleGroups: [group], runbooks });
    });
    const data = {
      refId: 'A',
      datasourceUid: 'mimir',
      queryType: '',
      relativeTimeRange: { from: 600, to: 0 },
      model: '{"expr":"up","instant":true,"refId":"A"}',
    };
    expect(resource('g-rules-node')).toMatchObject({
      type: 'grafana:alerting/ruleGroup:RuleGroup',
      inputs: {
        name: 'node',
        folderUid: 'testnet_net',
        intervalSeconds: 30,
        rules: [
          {
            uid: 'testnet_net_HeadStalled',
            name: 'HeadStalled',
            condition: 'C',
            datas: [data],
            noDataState: 'OK',
            execErrState: 'KeepLast',
            missingSeriesEvalsToResolve: 1,
            for: '10m',
            keepFiringFor: '5m',
            labels: { severity: 'critical' },
            annotations: { runbook_url: `${runbooks}/runbooks/toy/HeadStalled`, summary: 'See /runbooks/toy' },
            isPaused: false,
            notificationSettings: {
              contactPoint: 'Team',
              groupBies: ['grafana_folder', 'alertname'],
              groupWait: '30s',
              groupInterval: '5m',
              repeatInterval: '4h',
              muteTimings: ['Nights'],
            },
          },
          {
            uid: 'testnet_net_rec',
            name: 'a:b:c',
            datas: [data],
            record: { metric: 'a:b:c', from: 'A', targetDatasourceUid: 'mimir' },
            labels: { network: 'net' },
            isPaused: false,
          },
        ],
      },
    });
  });

  test('says nothing of a recording rule that the provider refuses beside "record"', async () => {
    const { resource } = await run(() => {
      new GrafanaNetwork('g', { folder, ruleGroups: [group], runbooks });
    });
    const [, recording] = Object(resource('g-rules-node').inputs).rules;
    const refused = ['condition', 'noDataState', 'execErrState', 'for', 'keepFiringFor', 'missingSeriesEvalsToResolve'];
    expect(refused.filter((field) => field in recording)).toEqual([]);
  });

  test('puts a dashboard into the folder, replacing only what the stack file adopts', async () => {
    const dashboard = {
      uid: 'testnet_net_overview',
      slug: 'overview',
      title: 'net: Overview',
      owner: 'net',
      overview: true,
      folder: folder.title,
      folderUid: folder.uid,
      panels: [],
      json: { uid: 'testnet_net_overview', links: [{ url: '/runbooks/toy/A' }] },
    };
    const dashboards = [dashboard, { ...dashboard, uid: 'by-hand', slug: 'node', json: { uid: 'by-hand' } }];
    const { made, outputs } = await run(() => {
      const network = new GrafanaNetwork('g', { folder, dashboards, adoptedDashboards: ['by-hand'], runbooks });
      return { rules: network.rules, dashboards: network.dashboards };
    });
    expect(outputs).toEqual({ rules: 0, dashboards: 2 });
    expect(made.filter(({ type }) => type.endsWith(':Dashboard')).map(({ inputs }) => inputs)).toEqual([
      {
        folder: 'testnet_net',
        configJson: `{"links":[{"url":"${runbooks}/runbooks/toy/A"}],"uid":"testnet_net_overview"}`,
      },
      { folder: 'testnet_net', configJson: '{"uid":"by-hand"}', overwrite: true },
    ]);
  });

  test('never deletes a folder in which somebody else has something, nor one that was there', async () => {
    const plain = await run(() => {
      new GrafanaNetwork('g', { folder, runbooks });
    });
    expect(plain.resource('g-folder')).toMatchObject({
      inputs: { uid: 'testnet_net', title: 'Chainwatch testnet net', preventDestroyIfNotEmpty: true },
      retainOnDelete: false,
    });
    const adopted = await run(() => {
      new GrafanaNetwork('g', { folder: { ...folder, uid: 'old', adopted: true }, runbooks });
    });
    expect(adopted.resource('g-folder')).toMatchObject({ retainOnDelete: true });
  });
});

describe('GrafanaRouting', () => {
  const timings = { groupBy: ['...'], groupWait: '0s', groupInterval: '5m', repeatInterval: '4h', muteTimings: [] };
  const common = { disableResolveMessage: false };
  const point: ContactPoint = {
    name: 'Chainwatch testnet team',
    integrations: [
      { type: 'slack', url: { secret: 'slack' }, recipient: '#a', ...common },
      { type: 'discord', url: { secret: 'discord' }, ...common },
      { type: 'email', addresses: ['a@b.example'], singleEmail: false, disableResolveMessage: true },
      { type: 'pagerduty', integrationKey: { secret: 'pager' }, ...common },
      { type: 'telegram', token: { secret: 'telegram' }, chatId: '-100', ...common },
      { type: 'webhook', url: 'https://hook.example', maxAlerts: 0, ...common },
      {
        type: 'webhook',
        url: { secret: 'hookUrl' },
        authorizationScheme: 'Bearer',
        authorizationCredentials: { secret: 'hook' },
        maxAlerts: 5,
        ...common,
      },
    ],
  };
  const names = ['slack', 'discord', 'pager', 'telegram', 'hookUrl', 'hook'];
  const secrets = Object.fromEntries(names.map((name) => [name, `value-of-${name}`]));

  test('a contact point has a list for each kind of channel; what holds a secret is kept encrypted', async () => {
    const { made } = await run(() => {
      new GrafanaRouting('r', { contactPoints: [point], muteTimings: [], secrets });
    });
    const found = made.find(({ type }) => type === 'grafana:alerting/contactPoint:ContactPoint');
    expect(found?.inputs).toEqual({
      name: 'Chainwatch testnet team',
      slacks: [{ url: 'value-of-slack', recipient: '#a', ...common }],
      discords: [{ url: 'value-of-discord', ...common }],
      emails: [{ addresses: ['a@b.example'], singleEmail: false, disableResolveMessage: true }],
      pagerduties: [{ integrationKey: 'value-of-pager', ...common }],
      telegrams: [{ token: 'value-of-telegram', chatId: '-100', ...common }],
      webhooks: [
        { url: 'https://hook.example', maxAlerts: 0, ...common },
        {
          url: 'value-of-hookUrl',
          authorizationScheme: 'Bearer',
          authorizationCredentials: 'value-of-hook',
          maxAlerts: 5,
          ...common,
        },
      ],
    });
    expect(found?.secret.toSorted()).toEqual(['discords', 'pagerduties', 'slacks', 'telegrams', 'webhooks']);
  });

  test('the policy has no matchers at its root, and is made after all that it names', async () => {
    const muteTimings = [{ name: 'Nights', intervals: [{ weekdays: ['sunday' as const], location: 'UTC' }] }];
    const child = { ...timings, contactPoint: point.name, continue: true, policies: [] };
    const policy = {
      ...timings,
      contactPoint: point.name,
      matchers: [],
      continue: false,
      policies: [
        { ...child, matchers: [{ label: 'severity', match: '=~' as const, value: 'a|b' }], muteTimings: ['Nights'] },
      ],
    };
    const { resource, made } = await run(() => {
      new GrafanaRouting('r', { contactPoints: [point], muteTimings, policy, secrets });
    });
    const written = { groupBies: ['...'], groupWait: '0s', groupInterval: '5m', repeatInterval: '4h' };
    expect(resource('r-policy').inputs).toEqual({
      contactPoint: point.name,
      ...written,
      policies: [
        {
          contactPoint: point.name,
          ...written,
          continue: true,
          matchers: [{ label: 'severity', match: '=~', value: 'a|b' }],
          muteTimings: ['Nights'],
        },
      ],
    });
    const before = made.filter(({ type }) => /ContactPoint|MuteTiming/.test(type)).map(({ name }) => name);
    expect(before).toHaveLength(2);
    expect(before.filter((name) => !resource('r-policy').after.has(name))).toEqual([]);
    expect(made.find(({ type }) => type.endsWith(':MuteTiming'))?.inputs).toEqual({
      name: 'Nights',
      intervals: [{ weekdays: ['sunday'], location: 'UTC' }],
    });
  });

  test('leaves the policy alone where it is not said', async () => {
    const { made } = await run(() => {
      new GrafanaRouting('r', {
        contactPoints: [point],
        muteTimings: [],
        secrets: { ...secrets, slack: pulumi.secret('x') },
      });
    });
    expect(made.filter(({ type }) => type.endsWith(':NotificationPolicy'))).toEqual([]);
  });
});
