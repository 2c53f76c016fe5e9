import { describe, expect, test } from 'vitest';
import { type Case, faults, withAlerts } from '../../fixtures/faults.ts';
import { network } from '../../fixtures/toy.ts';

const cases: readonly Case[] = [
  [
    'an unknown alert',
    withAlerts({ LagHihg: { for: '1m' } }),
    'networks.net.alerts.LagHihg: unknown alert "LagHihg"; did you mean "LagHigh"?',
  ],
  [
    'an unknown alert of the system',
    { system: { alerts: { WatchDogs: {} } } },
    'system.alerts.WatchDogs: unknown alert "WatchDogs"; did you mean "Watchdog"?',
  ],
  [
    'an alert about nobody',
    withAlerts({ SignerDown: { for: '1m' } }),
    'networks.net.alerts.SignerDown: is about toy-signer, of which net lists no node: list one or remove this',
  ],
  [
    'a limit without unit',
    withAlerts({ BalanceLow: { threshold: 0.2 } }),
    'networks.net.alerts.BalanceLow.threshold: the number 0.2 has no unit; write for example "0.2 ETH"',
  ],
  [
    'a limit of another unit',
    withAlerts({ BalanceLow: { threshold: '10m' } }),
    'networks.net.alerts.BalanceLow.threshold: "s" is not a unit of ether; expected ETH, for example "600 ETH"',
  ],
  [
    'a limit per second',
    withAlerts({ HeadStalled: { threshold: '3 blocks/s' } }),
    'networks.net.alerts.HeadStalled.threshold: "blocks/s" is not a unit of blocks; expected blocks, for example "3 blocks"',
  ],
  [
    'a limit that is none',
    withAlerts({ BalanceLow: { threshold: 'half an ETH' } }),
    'networks.net.alerts.BalanceLow.threshold: "half an ETH" is not a number with a unit, such as 0.5 ETH, 80%, 2GiB or 10m',
  ],
  [
    'a limit without end',
    withAlerts({ HeadStalled: { threshold: '1e999' } }),
    'networks.net.alerts.HeadStalled.threshold: is not a finite number',
  ],
  [
    'a limit of what is up or down',
    withAlerts({ NodeDown: { threshold: 1 } }),
    'networks.net.alerts.NodeDown.threshold: NodeDown has no threshold to tune',
  ],
  [
    'a window that is not there',
    withAlerts({ LagHigh: { window: '10m' } }),
    'networks.net.alerts.LagHigh.window: LagHigh looks over no window that could be tuned',
  ],
  [
    'a severity for the Watchdog',
    { system: { alerts: { Watchdog: { severity: 'info' } } } },
    'system.alerts.Watchdog: Watchdog proves that alerts travel; it cannot be tuned: remove this',
  ],
  [
    'a Watchdog switched off',
    { system: { alerts: { Watchdog: { enabled: false } } } },
    'system.alerts.Watchdog: Watchdog proves that alerts travel; it cannot be tuned: remove this',
  ],
  [
    'an alert of the environment, of a network',
    withAlerts({ Watchdog: { enabled: false } }),
    'networks.net.alerts.Watchdog: Watchdog is about the environment, not about a network: tune it under chainwatch:system.alerts',
  ],
  [
    'a severity misspelt',
    withAlerts({ LagHigh: { severity: 'critcal' } }),
    'networks.net.alerts.LagHigh.severity: must be critical, warning or info: did you mean "critical"?',
  ],
  [
    'a flag that is a text',
    { networks: { net: { ...network, simulated: 'yes' } } },
    'networks.net.simulated: must be true or false, not "yes"',
  ],
  ['a list that is an object', { system: { probes: {} } }, 'system.probes: must be a list, not an object'],
  ['a probe without name', { system: { probes: [{ url: 'https://a.example' }] } }, 'system.probes[0].name: is missing'],
  [
    'a severity that there is not',
    withAlerts({ LagHigh: { severity: 'none' } }),
    'networks.net.alerts.LagHigh.severity: must be critical, warning or info: not "none"',
  ],
  [
    'a warning beyond the critical limit',
    withAlerts({ BalanceLow: { threshold: '0.05 ETH' } }),
    'networks.net.alerts.BalanceLow.threshold: the warning BalanceLow (0.05 ETH) would come after the critical BalanceEmpty (0.1 ETH)',
  ],
  [
    'a warning at nothing',
    withAlerts({ BalanceLow: { threshold: '0 ETH' } }),
    'networks.net.alerts.BalanceLow.threshold: 0 ETH would never fire: the alert compares with "<", so say a limit above nothing',
  ],
  [
    'severities that change the order',
    withAlerts({ BalanceLow: { severity: 'critical' }, BalanceEmpty: { severity: 'warning' } }),
    'networks.net.alerts.BalanceEmpty.severity: the warning BalanceEmpty (0.1 ETH) would come after the critical BalanceLow (0.5 ETH)',
  ],
  [
    'an info beyond a warning',
    withAlerts({ BalanceEmpty: { severity: 'info' } }),
    'networks.net.alerts.BalanceEmpty.severity: the info BalanceEmpty (0.1 ETH) would come after the warning BalanceLow (0.5 ETH)',
  ],
  [
    'a critical limit before the warning',
    withAlerts({ BalanceEmpty: { threshold: '1000 gwei' }, BalanceLow: { threshold: '100 gwei' } }),
    'networks.net.alerts.BalanceLow.threshold: the warning BalanceLow (100 gwei) would come after the critical BalanceEmpty (1000 gwei)',
  ],
  [
    'a window of too few scrapes',
    withAlerts({ HeadStalled: { window: '50s' } }),
    'networks.net.alerts.HeadStalled.window: HeadStalled would look over 50s, fewer than 4 scrapes of 15s: scrape more often, or lengthen its window',
  ],

  [
    'a Grafana that is not there',
    { networks: { net: { ...network, engine: 'grafana' } } },
    'networks.net.engine: no Grafana is named that could evaluate its alerts: add chainwatch:grafana with its url, or use prometheus',
  ],
];

describe('a fault of alerts', () => {
  test.each(cases)('%s', (_, sections, message, environment) => {
    expect(faults(sections, environment)).toEqual([message]);
  });

  test('time so much compressed that windows hold no scrapes: one cause, one fault', () => {
    expect(faults({ prometheus: { timeScale: 60 }, networks: { a: network, b: withPort(1) } })).toEqual([
      'prometheus.timeScale: timeScale 60 needs a scrapeInterval of at most 2s, not 15s (or a timeScale of at most 10): a window of 10m must hold 4 scrapes; concerns ErrorRateHigh, HeadStalled, SlowRequests',
    ]);
    expect(faults({ prometheus: { timeScale: 60, scrapeInterval: '2s' } })).toEqual([]);
  });

  test('time that may not be compressed at all: only that is said', () => {
    expect(faults({ prometheus: { timeScale: 60 } }, 'testnet')).toEqual([
      'prometheus.timeScale: only dev may compress time; remove it from testnet',
    ]);
  });

  test('scrapes so rare that a window is short of them, though another one of the alert was made longer', () => {
    const net = {
      chain: 'toy',
      nodes: { 'toy-signer': ['b:1'] },
      scrape: { interval: '3m' },
      alerts: { SignerSlow: { window: '6h' } },
    };
    expect(faults({ networks: { net } })).toEqual([
      'networks.net.scrape.interval: must be at most 2m30s, not 3m: a window of 10m must hold 4 scrapes; concerns SignerSlow',
    ]);
  });

  test('scrapes so rare that windows hold few of them', () => {
    const message = 'must be at most 2m30s, not 3m: a window of 10m must hold 4 scrapes; concerns';
    const three = `${message} ErrorRateHigh, HeadStalled, SlowRequests`;
    expect(faults({ networks: { net: { ...network, scrape: { interval: '3m' } } } })).toEqual([
      `networks.net.scrape.interval: ${three}`,
    ]);
    expect(faults({ prometheus: { scrapeInterval: '3m' } })).toEqual([`prometheus.scrapeInterval: ${three}`]);
    const nodes = { ...network.nodes, 'toy-signer': ['b:1'] };
    expect(faults({ prometheus: { scrapeInterval: '3m' }, networks: { net: { chain: 'toy', nodes } } })).toEqual([
      `prometheus.scrapeInterval: ${message} 4 alerts, e.g. ErrorRateHigh, HeadStalled, SignerSlow`,
    ]);
  });
});

const withPort = (port: number) => ({ chain: 'toy', nodes: { 'toy-node': [`10.0.0.9:${port}`] } });
