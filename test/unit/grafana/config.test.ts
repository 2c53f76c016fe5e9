/** What a stack file must say where Grafana evaluates. */
import { describe, expect, test } from 'vitest';
import { warningsOf } from '../../../config/check/warnings.ts';
import type { Dashboard } from '../../../model/dashboards/dashboard.ts';
import { dashboardDelivery } from '../../../model/dashboards/delivery.ts';
import { known, network, stackOf } from '../../fixtures/toy.ts';

const byGrafana = { net: { ...network, engine: 'grafana' } };
const grafana = { url: 'https://grafana.example', receiverUrl: 'https://receiver.example' };
const told = { receivers: { team: { webhook: { url: 'https://hook.example' } } }, default: 'team' };

describe('engine: grafana', () => {
  test('needs a Grafana', () => {
    expect(() => stackOf({ networks: byGrafana })).toThrow(
      /chainwatch:networks\.net\.engine: no Grafana is named .* add chainwatch:grafana with its url/,
    );
    expect(() => stackOf({ networks: byGrafana, grafana })).not.toThrow();
    expect(() => stackOf({ networks: { net: network } })).not.toThrow();
  });

  test('says nothing more where chainwatch:grafana is there but wrong', () => {
    const faulty = () => stackOf({ networks: byGrafana, grafana: { url: 'nowhere' } });
    expect(faulty).toThrow('chainwatch:grafana.url');
    expect(faulty).not.toThrow('no Grafana is named');
  });

  test('needs somebody to tell', () => {
    const services = { receiver: { enabled: false } };
    const fault = 'chainwatch:notifications.default: alerts of Grafana need somebody to tell';
    expect(() => stackOf({ networks: byGrafana, grafana, services })).toThrow(fault);
    expect(() => stackOf({ grafana: { ...grafana, routing: 'tree' }, services })).toThrow(fault);
    expect(() => stackOf({ grafana, services })).not.toThrow();
    expect(() => stackOf({ networks: byGrafana, grafana, services, notifications: told })).not.toThrow();
  });

  test('cannot be routed by what only the firing alert has, unless by a tree', () => {
    const nested = { match: { severity: 'critical' }, routes: [{ matchRegex: { instance: 'a.*' }, receiver: 'team' }] };
    const notifications = { ...told, routes: [{ ...nested, receiver: 'team' }] };
    expect(() => stackOf({ networks: byGrafana, grafana, notifications })).toThrow(
      /routes\[0\]\.routes\[0\]\.matchRegex\.instance: .* routing: tree/,
    );
    expect(() =>
      stackOf({ networks: byGrafana, grafana: { ...grafana, routing: 'tree' }, notifications }),
    ).not.toThrow();
    expect(() => stackOf({ grafana, notifications })).not.toThrow();
  });

  test('our receiver counts as somebody only where the Grafana reaches it', () => {
    expect(() => stackOf({ networks: byGrafana, grafana: { url: grafana.url } })).toThrow(
      'notifications.default: alerts of Grafana need somebody to tell',
    );
  });
});

describe('contactPoints', () => {
  const existing = { ...grafana, contactPoints: { oncall: 'On-call team' } };

  test('name a receiver without any channel here, where Grafana alone evaluates', () => {
    expect(() =>
      stackOf({ networks: byGrafana, grafana: existing, notifications: { default: 'oncall' } }),
    ).not.toThrow();
  });

  test.each([
    ['a network', { networks: { net: network } }, 'alerts of net:'],
    ['a cluster', { networks: byGrafana, kubernetes: {} }, 'alerts of the monitoring itself:'],
  ])('need a channel for Alertmanager where %s has Prometheus', (_, sections, message) => {
    const faulty = () => stackOf({ grafana: existing, notifications: { default: 'oncall' }, ...sections });
    expect(faulty).toThrow(
      `chainwatch:grafana.contactPoints.oncall: is no receiver of chainwatch:notifications, and Prometheus evaluates the ${message} give oncall a channel there too`,
    );
  });

  test('to which no route leads are refused', () => {
    expect(() => stackOf({ networks: byGrafana, grafana: existing, notifications: told })).toThrow(
      'chainwatch:grafana.contactPoints.oncall: no route leads here',
    );
  });

  test.each([
    ['oncall', 'team', true],
    ['team', 'oncall', true],
    ['team', 'mail', false],
    ['oncall', 'oncall', false],
  ])('cannot be told beside others by one rule: %s, then %s', (first, second, refused) => {
    const channels = { team: told.receivers.team, mail: { webhook: { url: 'https://mail.example' } } };
    const used = (name: string) => name === first || name === second;
    const sections = {
      networks: byGrafana,
      grafana: { ...grafana, contactPoints: used('oncall') ? existing.contactPoints : {} },
      notifications: {
        receivers: Object.fromEntries(Object.entries(channels).filter(([name]) => used(name))),
        routes: [{ match: { severity: 'critical' }, receiver: first, continue: true }, { receiver: second }],
      },
    };
    const said = 'routes[0].continue: a rule of Grafana names one contact point, and that of oncall is there already';
    if (refused) expect(() => stackOf(sections)).toThrow(said);
    else expect(() => stackOf(sections)).not.toThrow();
    expect(() => stackOf({ ...sections, grafana: { ...sections.grafana, routing: 'tree' } })).not.toThrow();
  });

  test('leave our receiver out, of which a warning tells', () => {
    const sections = { networks: byGrafana, grafana: existing, notifications: { default: 'oncall' } };
    const messages = (more: object) =>
      warningsOf(stackOf({ ...sections, grafana: { ...existing, ...more } }), known.forConfig).map(
        ({ message }) => message,
      );
    expect(messages({})).toContainEqual(expect.stringContaining('our receiver hears nothing of what goes to oncall'));
    expect(messages({ routing: 'tree' })).not.toContainEqual(expect.stringContaining('our receiver'));
    expect(messages({ receiverUrl: undefined })).not.toContainEqual(expect.stringContaining('our receiver'));
  });
});

describe('routing: tree', () => {
  const nested = (depth: number): object => ({ receiver: 'team', routes: depth === 1 ? [] : [nested(depth - 1)] });

  test('is as deep as the provider can write', () => {
    const sections = (depth: number, routing: string) => ({
      grafana: { ...grafana, routing },
      notifications: { ...told, routes: [nested(depth)] },
    });
    expect(() => stackOf(sections(4, 'tree'))).not.toThrow();
    expect(() => stackOf(sections(5, 'tree'))).toThrow(
      "routes[0].routes[0].routes[0].routes[0].routes: Grafana's policy can be written 4 routes deep",
    );
    expect(() => stackOf(sections(5, 'rules'))).not.toThrow();
  });
});

/** Owners: a network of each engine, and the environment. */
const ALL = ['ours', 'theirs', 'system'];

function dashboardOf(owner: string): Dashboard {
  const named = { uid: owner, slug: owner, title: owner, folder: owner, folderUid: owner };
  return { ...named, owner, overview: true, panels: [], json: {} };
}

describe('dashboards', () => {
  test.each(['sidecar', 'both', 'engine'])('by %s need a cluster', (dashboards) => {
    const said = `chainwatch:grafana.dashboards: ${dashboards} needs a cluster`;
    expect(() => stackOf({ grafana: { ...grafana, dashboards } })).toThrow(said);
    expect(() => stackOf({ grafana: { ...grafana, dashboards }, kubernetes: {} })).not.toThrow();
  });

  test('no Grafana comes of a chart that is not installed', () => {
    expect(() => stackOf({ kubernetes: { grafana: true, install: false } })).toThrow(
      'chainwatch:kubernetes.grafana: comes with the chart',
    );
  });

  test.each([
    [{}, undefined, [[], undefined]],
    [{ kubernetes: {} }, undefined, [ALL, undefined]],
    [{ kubernetes: { grafana: true } }, undefined, [ALL, undefined]],
    [{ kubernetes: {}, grafana }, undefined, [[], ALL]],
    [{ kubernetes: { grafana: true }, grafana }, undefined, [ALL, undefined]],
    [{ grafana }, undefined, [[], ALL]],
    [{ kubernetes: {}, grafana }, 'sidecar', [ALL, undefined]],
    [{ kubernetes: { grafana: true }, grafana }, 'provider', [[], ALL]],
    [{ kubernetes: {}, grafana }, 'both', [ALL, ALL]],
    [{ kubernetes: {}, grafana }, 'engine', [['ours', 'system'], ['theirs']]],
  ])('of %j with %s go to sidecar, provider: %j', (sections, dashboards, [sidecar, provider]) => {
    const section = dashboards === undefined ? sections : { ...sections, grafana: { ...grafana, dashboards } };
    const { networks } = stackOf({
      networks: { ours: network, theirs: { ...byGrafana.net, nodes: {}, matchers: { tenant: 't' } } },
      grafana,
    });
    const delivery = dashboardDelivery({ ...stackOf(section), networks }, ALL.map(dashboardOf));
    const owners = (those?: readonly Dashboard[]) => those?.map(({ owner }) => owner);
    expect([owners(delivery.sidecar), owners(delivery.provider)]).toEqual([sidecar, provider]);
  });
});

test('a Grafana without a token is warned of, since nothing can be brought there', () => {
  const messages = (more: object) =>
    warningsOf(stackOf({ grafana: { ...grafana, ...more }, secrets: { token: { secure: 'v1:x' } } }), known.forConfig);
  expect(messages({})).toContainEqual(expect.objectContaining({ path: ['chainwatch:grafana', 'auth'] }));
  expect(messages({ auth: { secret: 'token' } })).toEqual([]);
});
