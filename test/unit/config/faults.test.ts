import { describe, expect, test } from 'vitest';
import { nearest, unknownName } from '../../../config/faults.ts';
import { faults, mainnet, slack, withAlerts } from '../../fixtures/faults.ts';
import { type Config, network } from '../../fixtures/toy.ts';

describe('what may be said, is taken', () => {
  test.each<[string, Config, string?]>([
    ['the least', {}],
    ['no network at all', { networks: undefined }],
    ['a mainnet', mainnet, 'mainnet'],
    ['an environment by key', { ...mainnet, environment: 'mainnet' }, 'mainnet-eu'],
    [
      'two simulated networks whose nodes have the same names',
      { networks: { a: { ...network, simulated: true }, b: { ...network, simulated: true } } },
    ],
    ['a warning at the critical limit', withAlerts({ BalanceLow: { threshold: '0.1 ETH' } })],
    [
      'a limit in another unit',
      withAlerts({ BalanceLow: { threshold: '400000000 gwei' }, LagHigh: { threshold: '2m' } }),
    ],
    [
      'a longer window for slower scrapes',
      {
        networks: {
          net: {
            ...network,
            scrape: { interval: '5m' },
            alerts: {
              HeadStalled: { window: '20m' },
              ErrorRateHigh: { window: '20m' },
              SlowRequests: { window: '20m' },
            },
          },
        },
      },
    ],
    [
      'a warning made critical, beyond a limit that is gone',
      withAlerts({ BalanceLow: { threshold: '0.05 ETH', severity: 'critical' }, BalanceEmpty: { enabled: false } }),
    ],
    [
      'a network that others scrape',
      { networks: { net: { chain: 'toy', matchers: { cluster: 'c1' }, alerts: { SignerDown: { for: '1m' } } } } },
    ],
    ['a warning at the critical limit, from below', withAlerts({ LagHigh: { threshold: '10m' } })],
    ['a scrape as long as its interval', { prometheus: { scrapeTimeout: '15s' } }],
    ['a week', { ...mainnet, prometheus: { retention: '7d' } }, 'mainnet'],
    [
      'a receiver by the route above',
      {
        notifications: {
          receivers: { a: slack },
          routes: [{ receiver: 'a', routes: [{ routes: [{ match: { x: 'y' } }] }] }],
        },
      },
    ],
    [
      'a longer window beside a short one that stays',
      {
        networks: {
          net: {
            chain: 'toy',
            nodes: { 'toy-node': ['a:1'], 'toy-signer': ['b:1'] },
            alerts: { SignerSlow: { window: '6h' } },
          },
        },
      },
    ],
    ['keys of other programs', { networks: { net: network }, secrets: { secure: 'v1:abc' } }],
  ])('%s', (_, sections, environment) => {
    expect(faults(sections, environment)).toEqual([]);
  });
});

describe('many faults', () => {
  test('are told all at once, shape and cross-checks, in every part of the file', () => {
    const all = faults({
      prometheus: { scrapeInterval: 15, timeScale: 60 },
      notifications: { default: 'team' },
      services: { status: { port: 9090 } },
      networks: {
        a: {
          chain: 'toy',
          nodes: { 'toy-node': ['x:1', 'y'] },
          labels: { job: 'j' },
          alerts: { LagHihg: {}, HeadStalled: { for: 5 }, SignerDown: {} },
        },
        b: { ...network, owner: 0xf39f, tpyo: 1, alerts: { BalanceLow: { threshold: '5m' } } },
        c: { ...network, alerts: { Watchdog: {} } },
      },
      grafna: {},
    });
    expect(all.map((fault) => fault.slice(0, fault.indexOf(': '))).sort()).toEqual([
      'grafna',
      'networks.a.alerts.HeadStalled.for',
      'networks.a.alerts.LagHihg',
      'networks.a.alerts.SignerDown',
      'networks.a.labels.job',
      'networks.a.nodes.toy-node[1]',
      'networks.b',
      'networks.b.alerts.BalanceLow.threshold',
      'networks.b.owner',
      'networks.c.alerts.Watchdog',
      'networks.c.nodes.toy-node[0]',
      'notifications.default',
      'prometheus.scrapeInterval',
      'services.status.port',
    ]);
  });

  test('a misspelt key is told beside the one that is missing for it', () => {
    const receivers = { a: { webhook: { url: { secrte: 'x' } } } };
    expect(faults({ notifications: { receivers, default: 'a' } })).toEqual([
      'notifications.receivers.a.webhook.url.secret: is missing',
      'notifications.receivers.a.webhook.url: unknown key "secrte"; did you mean "secret"?',
    ]);
  });

  test('a section that cannot be read hides nothing of the others', () => {
    const sections = {
      notifications: { tpyo: 1 },
      prometheus: { timeScale: 60 },
      networks: { net: { ...network, labels: 1, alerts: { SignerDown: {} } } },
    };
    expect(faults(sections).map((fault) => fault.slice(0, fault.indexOf(': ')))).toEqual([
      'notifications',
      'networks.net.labels',
      'networks.net.alerts.SignerDown',
      'prometheus.timeScale',
    ]);
  });

  test('a section that cannot be read gives rise to no faults of its own making', () => {
    const unreadable = {
      ...mainnet,
      notifications: { ...mainnet.notifications, tpyo: 1 },
      prometheus: { retention: '7' },
    };
    expect(faults(unreadable, 'mainnet')).toEqual([
      'notifications: unknown key "tpyo"; known: default, groupBy, groupInterval, groupWait, muteTimes, receivers, repeatInterval, routes, watchdog',
      'prometheus.retention: "7" is not a duration, such as 30s, 10m or 1h30m (largest unit first)',
    ]);
    expect(
      faults({
        prometheus: { scrapeInterval: 2 },
        networks: { net: { ...network, scrape: { timeout: '20s' }, alerts: { HeadStalled: { window: '50s' } } } },
      }),
    ).toEqual(['prometheus.scrapeInterval: expected text such as 30s, not the number 2']);
  });
});

describe('names', () => {
  test.each([
    ['receivr', ['receiver', 'route'], 'receiver'],
    ['RECEIVER', ['receiver'], 'receiver'],
    ['Balance', ['BatcherBalanceLow', 'Other'], 'BatcherBalanceLow'],
    ['xyz', ['receiver'], undefined],
    ['a', ['b', 'a1'], 'a1'],
    ['x', [], undefined],
  ])('nearest to %s of %j is %s', (name, known, near) => {
    expect(nearest(name, known)).toBe(near);
  });

  test('where nothing is near, all are listed, sorted', () => {
    expect(unknownName('thing', 'xyz', ['receiver', 'route'])).toBe('unknown thing "xyz"; known: receiver, route');
  });
});
