/** Routes that no alert reaches: a fault where that is sure, a warning where it is only likely. */
import { describe, expect, test } from 'vitest';
import { warningsOf } from '../../../config/check/warnings.ts';
import { formatPath } from '../../../config/faults.ts';
import { faults, slack } from '../../fixtures/faults.ts';
import { type Config, known, network, stackOf } from '../../fixtures/toy.ts';

const other = { chain: 'toy', nodes: { 'toy-node': ['10.0.0.2:9000'] } };
const two: Config = {
  networks: {
    net: {
      ...network,
      labels: { team: 'x' },
      alerts: { LagVeryHigh: { severity: 'warning' }, NodeDown: { enabled: false } },
    },
    other,
  },
};

const withRoutes = (routes: readonly object[], sections: Config = {}): Config => ({
  ...sections,
  notifications: { receivers: { a: slack }, default: 'a', routes },
  secrets: { hook: { secure: 'v1:x' } },
});
const warnings = (routes: readonly object[], sections: Config = {}) =>
  warningsOf(stackOf(withRoutes(routes, sections)), known.forConfig)
    .filter(({ path }) => path[1] === 'routes')
    .map(({ path, message }) => `${formatPath(path)}: ${message}`);

describe('a fault', () => {
  test.each<[string, readonly object[], string, Config?]>([
    [
      'values that no alert has together',
      [{ match: { alertname: 'LagHigh', severity: 'critical' } }],
      'notifications.routes[0]: would never match: no alert of this stack has all of this at once: alertname "LagHigh", severity "critical"',
    ],
    [
      'values that no alert of that network has together, since they are tuned there',
      [
        {
          match: { network: 'net' },
          routes: [{ match: { alertname: 'LagVeryHigh' }, matchRegex: { severity: 'crit.*' } }],
        },
      ],
      'notifications.routes[0].routes[0]: would never match: no alert of this stack has all of this at once: network "net", alertname "LagVeryHigh", severity matching "crit.*"',
      two,
    ],
    [
      'an alert that only another network has',
      [{ match: { network: 'net', alertname: 'NodeDown' } }],
      'notifications.routes[0]: would never match: no alert of this stack has all of this at once: network "net", alertname "NodeDown"',
      two,
    ],
    [
      'what a route before it takes',
      [{ match: { severity: ['critical', 'warning'] } }, { match: { severity: 'critical', network: 'net' } }],
      'notifications.routes[1]: would never match: chainwatch:notifications.routes[0] before it takes every alert that it asks for; put it above that one, or let that one "continue: true"',
    ],
    [
      'what routes before it take together',
      [
        { match: { severity: 'critical' } },
        { matchRegex: { severity: 'warn.*' } },
        { match: { severity: ['critical', 'warning'] } },
      ],
      'notifications.routes[2]: would never match: chainwatch:notifications.routes[0] and chainwatch:notifications.routes[1] before it take every alert that it asks for; put it above those, or let those "continue: true"',
    ],
    [
      'what a route takes that stands before the one above it',
      [{ match: { instance: 'a' } }, { match: { severity: 'critical' }, routes: [{ match: { instance: 'a' } }] }],
      'notifications.routes[1].routes[0]: would never match: chainwatch:notifications.routes[0] before it takes every alert that it asks for; put it above that one, or let that one "continue: true"',
    ],
    [
      'what comes after a route for everything, also where a cluster brings alerts',
      [{}, { match: { alertname: 'KubePodCrashLooping' } }],
      'notifications.routes[1]: would never match: chainwatch:notifications.routes[0] before it takes every alert that it asks for; put it above that one, or let that one "continue: true"',
      { kubernetes: {} },
    ],
    [
      'the Watchdog, which has a route of its own',
      [{ match: { alertname: 'Watchdog' } }],
      'notifications.routes[0]: would never match: the Watchdog has a route of its own before all others: chainwatch:notifications.watchdog.receiver',
    ],
  ])('%s', (_, routes, message, sections) => {
    expect(faults(withRoutes(routes, sections))).toEqual([message]);
  });

  test('is told once, and not of what is below', () => {
    const inner = { match: { severity: 'critical' }, routes: [{ match: { network: 'net' } }] };
    expect(faults(withRoutes([{ match: { alertname: 'LagHigh' }, routes: [inner] }]))).toHaveLength(1);
    expect(faults(withRoutes([{ match: { severity: 'crit', alertname: 'LagHigh' } }]))).toHaveLength(1);
  });
});

describe('neither fault nor warning', () => {
  test.each<[string, readonly object[], Config?]>([
    [
      'after a route that continues',
      [{ match: { severity: 'critical' }, continue: true }, { match: { severity: 'critical' } }],
    ],
    ['where only some are taken before', [{ match: { severity: 'critical' } }, { match: { network: 'net' } }]],
    ['where only one value is taken before', [{ match: { instance: 'a' } }, { match: { instance: ['a', 'b'] } }]],
    ['a pattern of a label of series', [{ matchRegex: { instance: 'a.*' } }, { matchRegex: { instance: 'b.*' } }]],
    ['an alert of the environment about a network', [{ match: { chain: 'system', network: 'net' } }]],
    ['of hosts, without a network', [{ match: { network: '', severity: 'warning' } }]],
    ['a label that a network sets', [{ match: { team: 'x', alertname: 'LagHigh' } }], two],
    ['a label that is asked not to be there', [{ match: { region: '' } }]],
    [
      'a label of a tuning',
      [{ match: { pager: 'y' } }],
      { networks: { net: { ...network, alerts: { LagHigh: { labels: { pager: 'y' } } } } } },
    ],
    ['a label of everything', [{ match: { region: 'eu' } }], { prometheus: { externalLabels: { region: 'eu' } } }],
    ['an alert of the cluster', [{ match: { alertname: 'KubePodCrashLooping', namespace: 'x' } }], { kubernetes: {} }],
    ['a label of metrics', [{ match: { layer: 'unsafe' } }]],
  ])('%s', (_, routes, sections) => {
    expect(faults(withRoutes(routes, sections))).toEqual([]);
    expect(warnings(routes, sections)).toEqual([]);
  });

  test('of what cannot be read nobody knows', () => {
    const sections = { networks: { net: { ...network, alerts: { LagHigh: { severity: 'loud' } } } } };
    expect(faults(withRoutes([{ match: { alertname: 'LagHigh', severity: 'critical' } }], sections))).toHaveLength(1);
  });
});

describe('a warning', () => {
  test('a label that nothing is known to set', () => {
    expect(warnings([{ match: { region: 'eu' } }, { matchRegex: { region: 'e.' } }])).toEqual([
      expect.stringMatching(
        /^chainwatch:notifications\.routes\[0\]\.match\.region: most likely never matches: .* a label "region"/,
      ),
      expect.stringContaining('routes[1].matchRegex.region: most likely'),
    ]);
  });

  test('a label that only other networks set', () => {
    expect(warnings([{ match: { network: 'other', team: 'x' } }], two)).toEqual([
      'chainwatch:notifications.routes[0]: most likely never matches: no alert of this stack has all of this at once: network "other", team "x"',
    ]);
  });

  test('alerts of ours that are not there, where a cluster might have others of that name', () => {
    const routes = [{ match: { alertname: 'LagHigh', severity: 'critical' } }];
    expect(faults(withRoutes(routes, { kubernetes: {} }))).toEqual([]);
    expect(warnings(routes, { kubernetes: {} })).toEqual([
      expect.stringContaining('routes[0]: most likely never matches: no alert of this stack has all of this at once'),
    ]);
  });
});
