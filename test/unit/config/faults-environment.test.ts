import { describe, expect, test } from 'vitest';
import { type Case, faults, mainnet, slack } from '../../fixtures/faults.ts';
import { network } from '../../fixtures/toy.ts';

const cases: readonly Case[] = [
  [
    'compressed time on testnet',
    { prometheus: { timeScale: 60, scrapeInterval: '2s' } },
    'prometheus.timeScale: only dev may compress time; remove it from testnet',
    'testnet',
  ],
  [
    'compressed time on mainnet',
    { ...mainnet, prometheus: { timeScale: 60, scrapeInterval: '2s' } },
    'prometheus.timeScale: only dev may compress time; remove it from mainnet',
    'mainnet',
  ],
  [
    'a simulated network on testnet',
    { networks: { net: { ...network, simulated: true } } },
    'networks.net.simulated: only dev may simulate a network; name the real nodes of "net"',
    'testnet',
  ],
  [
    'a mainnet without default',
    { notifications: { receivers: { d: slack }, watchdog: { receiver: 'd' } } },
    'notifications.default: mainnet needs a receiver for what no route matches',
    'mainnet',
  ],
  [
    'a mainnet that nobody watches',
    { notifications: { receivers: { d: slack }, default: 'd' } },
    'notifications.watchdog.receiver: mainnet needs somebody outside who notices when the Watchdog stops: name a receiver',
    'mainnet',
  ],
  [
    'a mainnet that forgets',
    { ...mainnet, prometheus: { retention: '6d' } },
    'prometheus.retention: mainnet keeps at least 7d: an incident is looked into later',
    'mainnet',
  ],
  [
    'a scrape longer than its interval',
    { prometheus: { scrapeTimeout: '20s' } },
    'prometheus.scrapeTimeout: a scrape may not take longer (20s) than the time to the next (15s)',
  ],
  [
    'a scrape of a network longer than its interval',
    { networks: { net: { ...network, scrape: { timeout: '20s' } } } },
    'networks.net.scrape.timeout: a scrape may not take longer (20s) than the time to the next (15s)',
  ],
  [
    'a disk that will be full',
    { prometheus: { retentionSize: '50GiB', storage: '50GiB' } },
    'prometheus.retentionSize: must be less than "storage": Prometheus needs room beside the blocks that it keeps',
  ],
];

describe('a fault of the environment', () => {
  test.each(cases)('%s', (_, sections, message, environment) => {
    expect(faults(sections, environment)).toEqual([message]);
  });
});
