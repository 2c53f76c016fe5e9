import { describe, expect, test } from 'vitest';
import { faults, mainnet, slack, withAlerts } from '../../fixtures/faults.ts';
import { network } from '../../fixtures/toy.ts';

/** Only where they are: what the first of the two is, others test. */
const places = (...args: Parameters<typeof faults>) => faults(...args).map((fault) => fault.replace(/: .*/s, ''));

describe('a fault hides no other', () => {
  test('a bad receiver: unknown receivers and mute times of routes', () => {
    const notifications = {
      receivers: { team: { slack: { webhok: { secret: 'x' } } }, mail: { email: { to: [] } } },
      muteTimes: { nights: [{ weekdays: ['sonday'] }] },
      default: 'team',
      routes: [{ receiver: 'maill' }, { receiver: 'mail', groupWait: 5, muteTimes: ['nights', 'night'] }],
    };
    expect(faults({ notifications }).filter((fault) => fault.includes('unknown receiver'))).toEqual([
      'notifications.routes[0].receiver: unknown receiver "maill"; did you mean "mail"?',
    ]);
    expect(faults({ notifications }).filter((fault) => fault.includes('mute time'))).toEqual([
      'notifications.routes[1].muteTimes[1]: unknown mute time "night"; did you mean "nights"?',
    ]);
  });

  test('a bad address: the one below that is there twice', () => {
    const nodes = { 'toy-node': ['http://a', '10.0.0.1:1', '10.0.0.1:1'] };
    expect(places({ networks: { net: { chain: 'toy', nodes } } })).toEqual([
      'networks.net.nodes.toy-node[0]',
      'networks.net.nodes.toy-node[2]',
    ]);
  });

  test('a typo: that what is beside it cannot be tuned', () => {
    expect(places(withAlerts({ LagHigh: { treshold: '1s', window: '10m' } }))).toEqual([
      'networks.net.alerts.LagHigh',
      'networks.net.alerts.LagHigh.window',
    ]);
  });

  test('a bad retention: that time may not be compressed', () => {
    expect(places({ ...mainnet, prometheus: { retention: 7, timeScale: 60 } }, 'mainnet')).toEqual([
      'prometheus.retention',
      'prometheus.timeScale',
    ]);
  });

  test('a bad field of Grafana: contact points that routes name', () => {
    const grafana = { url: 'nowhere', contactPoints: { pager: 'Pager' } };
    expect(faults({ grafana, notifications: { default: 'pagr' } })).toContain(
      'notifications.default: unknown receiver "pagr"; did you mean "pager"?',
    );
  });
});

describe('of a default in the place of what cannot be read nobody is accused', () => {
  test.each([
    [
      'the other limit of a pair',
      withAlerts({ BalanceLow: { threshold: '0.05 ETH' }, BalanceEmpty: { threshold: [] } }),
    ],
    ['one whose key is misspelt', withAlerts({ BalanceLow: { threshold: '0.05 ETH' }, BalanceEmpty: { treshold: 1 } })],
    ['one of another unit', withAlerts({ BalanceLow: { threshold: '0.05 ETH' }, BalanceEmpty: { threshold: '5m' } })],
    ['a port', { services: { status: { port: 'x' }, exporter: { port: 8080 } } }],
    ['the disk', { prometheus: { storage: 'x', retentionSize: '60GiB' } }],
    [
      'how often a network is scraped',
      { prometheus: { scrapeInterval: '3m' }, networks: { net: { ...network, scrape: { interval: 5 } } } },
    ],
    ['whom a route tells', { notifications: { receivers: { a: slack }, routes: [{ receiver: 'A' }] } }],
    [
      'which nodes there are',
      { networks: { net: { chain: 'toy', nodes: { 'toy-node': 'x:1' }, alerts: { LagHigh: {} } } } },
    ],
  ])('%s', (_, sections) => {
    expect(faults(sections)).toHaveLength(1);
  });
});

test('of many names the nearest five are told, and where the others are', () => {
  const [fault = ''] = faults(withAlerts({ Zzzzzzzzzzzz: { for: '1m' } }));
  expect(fault).toMatch(/^networks\.net\.alerts\.Zzzzzzzzzzzz: unknown alert "Zzzzzzzzzzzz"; /);
  expect(fault.length).toBeLessThan(250);
});
