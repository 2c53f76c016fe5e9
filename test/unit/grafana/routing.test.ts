import { describe, expect, test } from 'vitest';
import { planAlertmanager } from '../../../model/alertmanager/routes.ts';
import { groupBy, routingOf } from '../../../model/grafana/routing.ts';
import { network, stackOf } from '../../fixtures/toy.ts';

const receivers = {
  oncall: {
    pagerduty: { routingKey: { secret: 'pagerduty' } },
    slack: { webhook: { secret: 'slack' }, channel: '#incidents' },
  },
  team: { discord: { webhook: { secret: 'discord' } }, telegram: { botToken: { secret: 'telegram' }, chatId: -100 } },
  mail: { email: { to: ['a@b.example'], from: 'c@d.example', smarthost: 'm:25', sendResolved: false } },
  hook: { webhook: { url: 'https://hook.example', token: { secret: 'hook' }, maxAlerts: 5 } },
};
const notifications = {
  receivers,
  default: 'team',
  routes: [
    { match: { severity: 'critical' }, receiver: 'oncall', groupWait: '10s', repeatInterval: '1h', continue: true },
    { match: { severity: 'critical' }, receiver: 'mail', groupBy: ['subject'], muteTimes: ['nights'] },
    { match: { severity: 'warning' }, receiver: 'mail', muteTimes: ['nights'] },
    { match: { team: 'b' }, receiver: 'hook' },
  ],
  muteTimes: {
    nights: [{ weekdays: ['sunday'], times: [{ start: '00:00', end: '24:00' }] }],
    unused: [{ months: ['may'] }],
  },
};
const secrets = Object.fromEntries(
  ['pagerduty', 'slack', 'discord', 'telegram', 'hook'].map((name) => [name, { secure: 'v1:x' }]),
);

function routing(more: Readonly<Record<string, unknown>> = {}, grafana: Readonly<Record<string, unknown>> = {}) {
  const stack = stackOf({
    networks: { net: { ...network, engine: 'grafana' } },
    grafana: { url: 'https://grafana.example', receiverUrl: 'https://receiver.example/', ...grafana },
    notifications: { ...notifications, muteTimes: { nights: notifications.muteTimes.nights } },
    secrets,
    ...more,
  });
  return routingOf(stack, planAlertmanager(stack));
}

const labels = { alertname: 'A', network: 'net', chain: 'toy' };

describe('groupBy', () => {
  test.each([
    [
      ['alertname', 'network'],
      ['grafana_folder', 'alertname', 'network'],
    ],
    [
      ['subject', 'instance'],
      ['grafana_folder', 'alertname', 'instance', 'subject'],
    ],
    [['...'], ['...']],
    [['...', 'network'], ['...']],
    [[], ['grafana_folder', 'alertname']],
  ])('of %j is %j: what Grafana itself would make of it', (given, normal) => {
    expect(groupBy(given)).toEqual(normal);
  });
});

describe('routing: rules', () => {
  test('a rule names one contact point for all who are told, ours too', () => {
    const routes = routing();
    expect(routes.settingsFor({ ...labels, severity: 'info' })).toEqual({
      contactPoint: 'Chainwatch dev chainwatch/toy + team',
      groupBy: ['grafana_folder', 'alertname', 'network'],
      groupWait: '30s',
      groupInterval: '5m',
      repeatInterval: '4h',
      muteTimings: [],
    });
    expect(routes.contactPoints()).toEqual([
      {
        name: 'Chainwatch dev chainwatch/toy + team',
        integrations: [
          {
            type: 'webhook',
            url: 'https://receiver.example/webhook/toy',
            authorizationScheme: 'Bearer',
            authorizationCredentials: { secret: 'receiverToken' },
            maxAlerts: 0,
            disableResolveMessage: false,
          },
          { type: 'discord', url: { secret: 'discord' }, disableResolveMessage: false },
          { type: 'telegram', token: { secret: 'telegram' }, chatId: '-100', disableResolveMessage: false },
        ],
      },
    ]);
    expect(routes.policy).toBeUndefined();
  });

  test('of several routes the soonest and finest counts, and only a silence that all of them share', () => {
    expect(routing().settingsFor({ ...labels, severity: 'critical' })).toEqual({
      contactPoint: 'Chainwatch dev chainwatch/toy/critical + oncall + mail',
      groupBy: ['grafana_folder', 'alertname', 'network', 'subject'],
      groupWait: '10s',
      groupInterval: '5m',
      repeatInterval: '1h',
      muteTimings: [],
    });
  });

  test('a silence is made where a rule has it, and only then', () => {
    const routes = routing({ notifications });
    expect(routes.muteTimings()).toEqual([]);
    expect(routes.settingsFor({ ...labels, severity: 'warning' })).toMatchObject({
      muteTimings: ['Chainwatch dev nights'],
    });
    expect(routes.muteTimings()).toEqual([
      {
        name: 'Chainwatch dev nights',
        intervals: [{ weekdays: ['sunday'], times: [{ start: '00:00', end: '24:00' }], location: 'UTC' }],
      },
    ]);
  });

  test.each([
    [['nights'], ['nights'], ['Chainwatch dev nights']],
    [['nights'], [], []],
    [[], ['nights'], []],
  ])('of a route silent at %j and one at %j stays %j', (first, second, left) => {
    const both = [first, second].map((muteTimes, index) => {
      return { match: { severity: 'critical' }, receiver: ['oncall', 'mail'][index], muteTimes, continue: true };
    });
    const { unused: _, ...muteTimes } = notifications.muteTimes;
    const routes = routing({
      notifications: { ...notifications, muteTimes, routes: [...both, ...notifications.routes] },
    });
    expect(routes.settingsFor({ ...labels, severity: 'critical' })?.muteTimings).toEqual([]);
    const alone = routing({
      notifications: { ...notifications, muteTimes, routes: [...both, notifications.routes[3]] },
    });
    expect(alone.settingsFor({ ...labels, severity: 'critical' })?.muteTimings).toEqual(left);
  });

  test('every kind of channel becomes an integration', () => {
    const routes = routing();
    routes.settingsFor({ ...labels, severity: 'critical' });
    routes.settingsFor({ ...labels, severity: 'info', team: 'b' });
    const integrations = routes.contactPoints().flatMap((point) => point.integrations);
    expect(integrations).toEqual(
      expect.arrayContaining([
        { type: 'pagerduty', integrationKey: { secret: 'pagerduty' }, disableResolveMessage: false },
        { type: 'slack', url: { secret: 'slack' }, recipient: '#incidents', disableResolveMessage: false },
        { type: 'email', addresses: ['a@b.example'], singleEmail: false, disableResolveMessage: true },
        {
          type: 'webhook',
          url: 'https://hook.example',
          authorizationScheme: 'Bearer',
          authorizationCredentials: { secret: 'hook' },
          maxAlerts: 5,
          disableResolveMessage: false,
        },
      ]),
    );
  });

  test('where nobody but our receiver is told, its own timing counts', () => {
    const alone = routing({ notifications: {}, secrets: {} });
    expect(alone.settingsFor({ ...labels, severity: 'info' })).toMatchObject({
      contactPoint: 'Chainwatch dev chainwatch/toy',
      groupWait: '1s',
      groupInterval: '10s',
    });
  });

  test('our receiver is told only where it is said how the Grafana reaches it', () => {
    const routes = routing({}, { receiverUrl: undefined });
    expect(routes.settingsFor({ ...labels, severity: 'info' })?.contactPoint).toBe('Chainwatch dev team');
    expect(JSON.stringify(routes.contactPoints())).not.toContain('receiverToken');
  });

  test('a contact point that is there is named as it is, alone, and not made', () => {
    const routes = routing({}, { contactPoints: { team: 'On-call team' } });
    expect(routes.settingsFor({ ...labels, severity: 'info' })).toMatchObject({
      contactPoint: 'On-call team',
      groupWait: '30s',
    });
    expect(routes.contactPoints()).toEqual([]);
    expect(routes.existingContactPoints()).toEqual(['On-call team']);
  });

  test('a rule that may tell nobody leaves it to the Grafana that is there', () => {
    const stack = stackOf({ grafana: { url: 'https://g.example' }, services: { receiver: { enabled: false } } });
    expect(routingOf(stack, planAlertmanager(stack)).settingsFor({ ...labels, severity: 'info' })).toBeUndefined();
  });

  test('two stacks in one Grafana have different names for the same receiver', () => {
    const named = (environment: string) => {
      const stack = stackOf(
        {
          networks: { net: { ...network, engine: 'grafana' } },
          grafana: { url: 'https://g.example', receiverUrl: 'https://r.example' },
        },
        { environment },
      );
      return routingOf(stack, planAlertmanager(stack)).settingsFor({ ...labels, severity: 'info' })?.contactPoint;
    };
    expect(named('dev')).not.toBe(named('testnet'));
  });
});

describe('routing: tree', () => {
  const tree = routing({}, { routing: 'tree' });

  test('the rules say nothing; the policy is the tree of Alertmanager', () => {
    expect(tree.settingsFor({ ...labels, severity: 'critical' })).toBeUndefined();
    const { policy } = tree;
    expect(policy).toMatchObject({
      contactPoint: 'Chainwatch dev team',
      matchers: [],
      groupBy: ['grafana_folder', 'alertname', 'network'],
    });
    const [system, ours, people] = policy?.policies ?? [];
    expect([system, ours, people].map((node) => [node?.contactPoint, node?.continue])).toEqual([
      ['Chainwatch dev chainwatch/system', false],
      ['Chainwatch dev chainwatch', true],
      ['Chainwatch dev team', false],
    ]);
    expect(ours?.policies[0]).toMatchObject({ contactPoint: 'Chainwatch dev chainwatch/toy/critical' });
    expect(people?.policies.map(({ contactPoint, continue: on }) => [contactPoint, on])).toEqual([
      ['Chainwatch dev oncall', true],
      ['Chainwatch dev mail', false],
      ['Chainwatch dev mail', false],
      ['Chainwatch dev hook', false],
    ]);
    expect(people?.policies[2]).toMatchObject({
      matchers: [{ label: 'severity', match: '=', value: 'warning' }],
      muteTimings: ['Chainwatch dev nights'],
    });
  });

  test('all receivers and silences are made, and every node names one that is', () => {
    const points = tree.contactPoints().map(({ name }) => name);
    expect(points).toEqual([...points].sort());
    const named = new Set<string>();
    const visit = (node: NonNullable<typeof tree.policy>): void => {
      named.add(node.contactPoint);
      node.policies.forEach(visit);
    };
    if (tree.policy) visit(tree.policy);
    expect([...named].filter((name) => !points.includes(name))).toEqual([]);
    expect(tree.muteTimings().map(({ name }) => name)).toEqual(['Chainwatch dev nights']);
  });

  test('where Alertmanager would tell nobody, our receiver only records', () => {
    const silent = routing({ notifications: {}, secrets: {} }, { routing: 'tree' });
    expect(silent.policy?.contactPoint).toBe('Chainwatch dev chainwatch');
  });

  test('a contact point that is there stands beside ours, and is not made', () => {
    const routes = routing({}, { routing: 'tree', contactPoints: { team: 'On-call team' } });
    expect(routes.policy).toMatchObject({ contactPoint: 'On-call team' });
    expect(routes.contactPoints().map(({ name }) => name)).not.toContain('Chainwatch dev team');
    expect(routes.existingContactPoints()).toEqual(['On-call team']);
    expect(routes.policy?.policies.map(({ contactPoint }) => contactPoint)).toContain('Chainwatch dev chainwatch');
  });

  test('where our receiver cannot be reached, its routes are left out instead of telling people twice', () => {
    const { policy } = routing({}, { routing: 'tree', receiverUrl: undefined });
    expect(policy?.policies.map(({ contactPoint, continue: on }) => [contactPoint, on])).toEqual([
      ['Chainwatch dev team', false],
    ]);
  });
});
