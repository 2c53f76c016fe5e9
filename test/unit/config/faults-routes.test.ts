import { describe, expect, test } from 'vitest';
import { type Case, faults, slack } from '../../fixtures/faults.ts';
import { type Config, network } from '../../fixtures/toy.ts';

const withRoute = (route: object, sections: Config = {}): Config => ({
  notifications: { receivers: { a: slack }, default: 'a', routes: [route] },
  ...sections,
});
const HERE = 'notifications.routes[0]';

test.each<Case>([
  [
    'a label misspelt',
    withRoute({ match: { severty: 'critical' } }),
    `${HERE}.match.severty: no alert has a label "severty", so this would never match; did you mean "severity"?`,
  ],
  [
    'a label misspelt that a network adds',
    withRoute({ match: { taem: 'x' } }, { networks: { net: { ...network, labels: { team: 'x' } } } }),
    `${HERE}.match.taem: no alert has a label "taem", so this would never match; did you mean "team"?`,
  ],
  [
    'a severity that there is not',
    withRoute({ match: { severity: ['warning', 'crit'] } }),
    `${HERE}.match.severity: would never match: unknown severity "crit"; did you mean "critical"?`,
  ],
  [
    'a network that there is not, of a route below',
    withRoute({ routes: [{ match: { network: 'nett' } }] }),
    `${HERE}.routes[0].match.network: would never match: unknown network "nett"; did you mean "net"?`,
  ],
  [
    'a chain that this stack has no network of',
    withRoute({ match: { chain: 'op-stack' } }),
    `${HERE}.match.chain: would never match: unknown chain "op-stack"; known: system, toy`,
  ],
  [
    'an alert that is switched off',
    withRoute(
      { match: { alertname: 'LagHigh' } },
      { networks: { net: { ...network, alerts: { LagHigh: { enabled: false } } } } },
    ),
    `${HERE}.match.alertname: would never match: unknown alertname "LagHigh"; did you mean "GasHigh"?`,
  ],
  [
    'another environment',
    withRoute({ match: { environment: 'mainnet' } }),
    `${HERE}.match.environment: would never match: unknown environment "mainnet"; known: dev`,
  ],
  [
    'a pattern of no network',
    withRoute({ matchRegex: { network: 'op-.+' } }),
    `${HERE}.matchRegex.network: would never match: "op-.+" is no network of this stack; known: net`,
  ],
])('%s', (_, sections, message) => {
  expect(faults(sections)).toEqual([message]);
});

describe('what some alert may have is taken', () => {
  test.each<[string, object, Config?]>([
    ['labels of series', { match: { device: 'sda', name: 'x' } }],
    ['a network of another stack beside one of this', { match: { network: ['net', 'elsewhere'] } }],
    ['no network', { match: { network: '' } }],
    ['the system', { match: { chain: 'system' } }],
    ['a pattern of some network', { matchRegex: { network: 'n.*|x', severity: 'crit.*' } }],
    ['an alert of the cluster', { match: { alertname: 'KubePodCrashLooping' } }, { kubernetes: {} }],
    ['a label of our own', { match: { team: 'x' } }, { networks: { net: { ...network, labels: { team: 'x' } } } }],
  ])('%s', (_, route, sections) => {
    expect(faults(withRoute(route, sections))).toEqual([]);
  });

  test('of networks that cannot be read nobody knows the names', () => {
    expect(faults(withRoute({ match: { network: 'b' } }, { networks: { net: network, b: 7 } }))).toHaveLength(1);
  });
});
