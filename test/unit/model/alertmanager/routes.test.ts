import { describe, expect, test } from 'vitest';
import { decide, type Labels, matches } from '../../../../model/alertmanager/explain.ts';
import { planAlertmanager } from '../../../../model/alertmanager/routes.ts';
import type { AlertRoute } from '../../../../model/alertmanager/types.ts';
import { networks, notifications } from '../../../fixtures/notifications.ts';
import { STACKS, stackNamed } from '../../../fixtures/real.ts';
import { type Config, stackOf } from '../../../fixtures/toy.ts';

const plan = (sections: Config = {}) => planAlertmanager(stackOf(sections));
const told = (sections: Config, labels: Labels) => decide(plan(sections), labels).receivers;
const slack = { slack: { webhook: { secret: 'hook' } } };

/** The tree as text: one route a line. */
function outline(route: AlertRoute, depth = 0): string[] {
  const { receiver, matchers, muteTimes, routes } = route;
  const conditions = matchers.map(({ label, op, value }) => `${label}${op}${value}`).join(',');
  const extras = [...(route.continue ? ['continue'] : []), ...muteTimes.map((mute) => `mute ${mute}`)].join(' ');
  const line = `${'  '.repeat(depth)}{${conditions}} ${receiver} ${extras}`.trimEnd();
  return [line, ...routes.flatMap((inner) => outline(inner, depth + 1))];
}

describe('the tree of routes', () => {
  test('with nothing said: everything is recorded, nobody is told', () => {
    expect(outline(plan().route)).toEqual([
      '{} nobody',
      '  {alertname=Watchdog} chainwatch/system',
      '  {} chainwatch continue',
      '    {chain=toy,severity=critical} chainwatch/toy/critical',
      '    {chain=toy} chainwatch/toy',
      '    {chain=system} chainwatch/system',
      '    {severity=critical} chainwatch/critical',
      '    {} chainwatch',
      '  {} nobody',
    ]);
  });

  test('with everything said: Watchdog, our record, the routes as they stand, the default', () => {
    expect(outline(plan({ networks, notifications }).route)).toEqual([
      '{} all',
      '  {alertname=Watchdog} chainwatch/system continue',
      '  {alertname=Watchdog} webhook',
      '  {} chainwatch continue',
      '    {chain=toy,severity=critical} chainwatch/toy/critical',
      '    {chain=toy} chainwatch/toy',
      '    {chain=system} chainwatch/system',
      '    {severity=critical} chainwatch/critical',
      '    {} chainwatch',
      '  {} all',
      '    {severity=critical} pagerduty continue',
      '    {chain=~toy|other\\.chain,severity=~warning|critical} slack mute nights',
      '      {network=net} discord continue',
      '      {network=~n.*|x} telegram',
      '        {subject=head} email',
      '      {instance=} plainmail',
      '    {severity=info,team=~[ab]+} secrethook mute nights mute holidays',
    ]);
  });

  test('without our receiver there is no record, and nobody hears the Watchdog unless somebody is named', () => {
    const sections = { services: { receiver: { enabled: false } } };
    expect(outline(plan(sections).route)).toEqual(['{} nobody', '  {alertname=Watchdog} nobody', '  {} nobody']);
    expect(plan(sections).receivers).toEqual([{ name: 'nobody' }]);
    const named = { ...sections, notifications: { receivers: { dead: slack }, watchdog: { receiver: 'dead' } } };
    expect(outline(plan(named).route)[1]).toBe('  {alertname=Watchdog} dead');
  });

  test('has a record for each chain of the stack', () => {
    const names = planAlertmanager(stackNamed('mainnet')).receivers.map((receiver) => receiver.name);
    expect(names).toEqual(
      expect.arrayContaining(['chainwatch/op-stack', 'chainwatch/op-stack/critical', 'chainwatch/system']),
    );
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
  });

  test('a route below takes receiver and times of the one above, unless it has its own', () => {
    const routes = [
      {
        receiver: 'a',
        groupWait: '7s',
        groupBy: ['network'],
        routes: [{ match: { x: 'y' } }, { receiver: 'b', groupWait: '9s' }],
      },
    ];
    const { route } = plan({ notifications: { receivers: { a: slack, b: slack }, routes, repeatInterval: '2h' } });
    const [above] = route.routes.at(-1)?.routes ?? [];
    expect(above?.routes).toMatchObject([
      { receiver: 'a', groupWait: 7, groupBy: ['network'], repeatInterval: 7200, groupInterval: 300 },
      { receiver: 'b', groupWait: 9, groupBy: ['network'], repeatInterval: 7200 },
    ]);
  });

  test('the Watchdog is repeated at its own interval, at once and to everyone', () => {
    const watchdogs = plan({ networks, notifications }).route.routes.filter(
      (route) => route.matchers[0]?.value === 'Watchdog',
    );
    expect(
      watchdogs.map(({ groupWait, groupInterval, repeatInterval }) => [groupWait, groupInterval, repeatInterval]),
    ).toEqual([
      [0, 300, 150],
      [0, 300, 150],
    ]);
  });

  test('our record hears soon', () => {
    const record = plan().route.routes.find((route) => route.receiver === 'chainwatch');
    expect([record, ...(record?.routes ?? [])].map((route) => [route?.groupWait, route?.groupInterval])).toEqual(
      Array(6).fill([1, 10]),
    );
  });
});

describe('compressed time', () => {
  const compressed = (said: Config) => {
    const prometheus = { timeScale: 60, scrapeInterval: '2s' };
    return plan({ prometheus, notifications: said }).route;
  };

  test('is in all waits, of which none falls below a second', () => {
    expect(compressed({})).toMatchObject({ groupWait: 1, groupInterval: 5, repeatInterval: 240 });
    expect(compressed({ groupWait: '2m', groupInterval: '10m', repeatInterval: '1h' })).toMatchObject({
      groupWait: 2,
      groupInterval: 10,
      repeatInterval: 60,
    });
    expect(compressed({ groupWait: '0s' }).groupWait).toBe(0);
  });

  test('is in the waits of routes and of the Watchdog', () => {
    const route = compressed({
      receivers: { a: slack },
      routes: [{ receiver: 'a', groupWait: '5m', repeatInterval: '10m' }],
      watchdog: { interval: '4m' },
    });
    expect(route.routes.at(-1)?.routes[0]).toMatchObject({
      groupWait: 5,
      repeatInterval: 10,
      groupInterval: 5,
    });
    expect(route.routes[0]).toMatchObject({ groupInterval: 4, repeatInterval: 2 });
  });
});

describe('decide', () => {
  const said = { networks, notifications };

  test.each<[Labels, string[]]>([
    [{ alertname: 'Watchdog' }, ['chainwatch/system', 'webhook']],
    [{ alertname: 'Watchdog', severity: 'critical', chain: 'toy' }, ['chainwatch/system', 'webhook']],
    [
      { chain: 'toy', severity: 'critical', network: 'net', subject: 'head' },
      ['chainwatch/toy/critical', 'pagerduty', 'discord', 'email'],
    ],
    [
      { chain: 'toy', severity: 'critical', network: 'net', subject: 'x' },
      ['chainwatch/toy/critical', 'pagerduty', 'discord', 'telegram'],
    ],
    [{ chain: 'toy', severity: 'warning', network: 'abc', instance: 'x' }, ['chainwatch/toy', 'slack']],
    [{ chain: 'toy', severity: 'warning', network: 'abc' }, ['chainwatch/toy', 'plainmail']],
    [{ chain: 'other.chain', severity: 'warning', instance: 'x' }, ['chainwatch', 'slack']],
    [{ chain: 'otherxchain', severity: 'warning' }, ['chainwatch', 'all']],
    [{ chain: 'otherxchain', severity: 'critical' }, ['chainwatch/critical', 'pagerduty']],
    [{ chain: 'system', severity: 'critical' }, ['chainwatch/system', 'pagerduty']],
    [{ severity: 'info', team: 'abba' }, ['chainwatch', 'secrethook']],
    [{ severity: 'info', team: 'abbax' }, ['chainwatch', 'all']],
    [{}, ['chainwatch', 'all']],
  ])('%j', (labels, receivers) => {
    expect(told(said, labels)).toEqual(receivers);
  });

  test('gives the way to each route', () => {
    const { steps } = decide(plan(said), { chain: 'toy', severity: 'critical', network: 'net', subject: 'head' });
    expect(steps.map(({ path, route }) => [path, route.receiver])).toEqual([
      [[2, 0], 'chainwatch/toy/critical'],
      [[3, 0], 'pagerduty'],
      [[3, 1, 0], 'discord'],
      [[3, 1, 1, 0], 'email'],
    ]);
  });

  test.each<[Parameters<typeof matches>[0], Labels, boolean]>([
    [{ label: 'a', op: '=', value: '' }, {}, true],
    [{ label: 'a', op: '!=', value: '' }, {}, false],
    [{ label: 'a', op: '=~', value: '.+' }, {}, false],
    [{ label: 'a', op: '=~', value: '.*' }, {}, true],
    [{ label: 'a', op: '!~', value: 'x|y' }, {}, true],
    [{ label: 'a', op: '!~', value: 'x|y' }, { a: 'y' }, false],
    [{ label: 'a', op: '=~', value: 'x|y' }, { a: 'xy' }, false],
    [{ label: 'a', op: '=~', value: 'x.y' }, { a: 'x\ny' }, false],
    [{ label: 'constructor', op: '=', value: '' }, {}, true],
  ])('%j on %j: %s', (matcher, labels, yes) => {
    expect(matches(matcher, labels)).toBe(yes);
  });
});

describe.each(STACKS)('%s', (name) => {
  const planned = planAlertmanager(stackNamed(name));

  test('names only receivers and mute times that there are', () => {
    const receivers = new Set(planned.receivers.map((receiver) => receiver.name));
    const visit = (route: AlertRoute): void => {
      expect(receivers).toContain(route.receiver);
      for (const mute of route.muteTimes) expect(Object.keys(planned.muteTimes)).toContain(mute);
      route.routes.forEach(visit);
    };
    visit(planned.route);
  });

  test('records every alert with our receiver, once', () => {
    for (const chain of ['op-stack', 'system', 'other'])
      for (const severity of ['critical', 'warning', 'info'])
        expect(
          decide(planned, { alertname: 'A', chain, severity }).receivers.filter((each) =>
            each.startsWith('chainwatch'),
          ),
        ).toHaveLength(1);
  });
});
