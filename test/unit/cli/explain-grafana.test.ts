/** Alerts that Grafana evaluates: by the contact points that we make, with our receiver, and by a policy that is ours. */
import { expect, test } from 'vitest';
import { explainLabels } from '../../../cli/explain/explain.ts';
import { formatExplanation } from '../../../cli/explain/show.ts';
import { paint } from '../../../cli/output.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { type Config, known, network, stackOf } from '../../fixtures/toy.ts';

const url = 'https://g.example';

function explain(grafana: Config, at?: Date, alertname = 'BalanceLow') {
  const networks = { net: { ...network, engine: 'grafana', labels: { team: 'blue' } } };
  const notifications = {
    receivers: {
      team: { slack: { webhook: { secret: 'hook' }, channel: '#x' } },
      mail: { email: { to: ['a@b.example'], from: 'c@b.example', smarthost: 'mail.example:25' } },
    },
    default: 'mail',
    routes: [
      { match: { severity: 'warning' }, receiver: 'team', groupBy: ['alertname', 'team'], muteTimes: ['nights'] },
    ],
    muteTimes: { nights: [{ times: [{ start: '00:00', end: '08:00' }], weekdays: ['sunday'], daysOfMonth: ['1'] }] },
  };
  const plan = makePlan(stackOf({ networks, notifications, grafana: { url, ...grafana } }), known);
  return explainLabels(plan, { alertname, network: 'net' }, { at, known, timeScale: 1 });
}

test('a contact point of ours, with its channels, its grouping and its mute timing', () => {
  const { told, routes, labels, decidedBy } = explain({}, new Date('2026-03-01T03:00:00Z'));
  expect(decidedBy).toBe('rule');
  expect(told).toMatchObject([
    {
      ...{ receiver: 'Chainwatch dev team', channels: ['slack #x'], groupBy: ['grafana_folder', 'alertname', 'team'] },
      group: { alertname: 'BalanceLow', team: 'blue' },
      muteTimes: [
        { name: 'Chainwatch dev nights', when: '00:00–08:00 and sunday and days 1 of the month (UTC)', holds: true },
      ],
    },
  ]);
  expect(told[0]).not.toHaveProperty('existing');
  expect(routes.some(({ receiver }) => receiver.startsWith('chainwatch/'))).toBe(false);
  expect(labels).toMatchObject({ severity: 'warning', network: 'net' });
  expect(explain({}, new Date('2026-03-01T09:00:00Z')).told[0]?.muteTimes[0]?.holds).toBe(false);
});

test('our receiver is in it where the stack file says how it is reached', () => {
  const text = (grafana: Config) => formatExplanation(explain(grafana), paint({ color: false }));
  expect(text({ receiverUrl: 'https://r.example' })).toMatch(/webhook our receiver, https:\/\/r\.example\//);
  expect(text({ receiverUrl: 'https://r.example' })).not.toContain('not our receiver');
  expect(text({})).toContain('not our receiver: it records nothing of this alert');
  expect(text({})).toContain("of the stack file, which are written into Grafana's rule");
});

test('a policy that is ours is walked as Grafana walks it', () => {
  const { told, routes, decidedBy } = explain({ routing: 'tree' });
  expect(decidedBy).toBe('policy');
  expect(told.map(({ receiver, channels }) => [receiver, channels])).toEqual([['Chainwatch dev team', ['slack #x']]]);
  const acting = routes.filter(({ outcome }) => outcome === 'acts');
  expect(acting).toMatchObject([{ receiver: 'Chainwatch dev team', matchers: ['severity="warning"'] }]);
  expect(told[0]?.route).toBe(acting[0]?.route);
  expect(explain({ routing: 'tree' }, undefined, 'BalanceEmpty').told[0]?.channels).toEqual(['email a@b.example']);
});

test('nothing is held back, by nobody, where Alertmanager would', () => {
  const { inhibitedBy, inhibits } = explain({}, undefined, 'BalanceEmpty');
  expect([inhibitedBy, inhibits]).toEqual([[], []]);
});
