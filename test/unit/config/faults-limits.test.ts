import { describe, expect, test } from 'vitest';
import { limitFault } from '../../../config/check/limits.ts';
import type { AlertFacts } from '../../../config/knowledge.ts';
import { parseUnit } from '../../../config/units.ts';
import { type Case, faults, withAlerts } from '../../fixtures/faults.ts';

const cases: readonly Case[] = [
  [
    'less than no ether',
    withAlerts({ BalanceLow: { threshold: '-1 ETH' } }),
    'networks.net.alerts.BalanceLow.threshold: -1 ETH is less than nothing: an amount of ether cannot be negative',
  ],
  [
    'less than no time',
    withAlerts({ LagHigh: { threshold: '-5 s' } }),
    'networks.net.alerts.LagHigh.threshold: -5 s is less than nothing: a time cannot be negative',
  ],
  [
    'no time',
    withAlerts({ LagHigh: { threshold: '0s' } }),
    'networks.net.alerts.LagHigh.threshold: 0 s would always fire: the alert compares with ">", so say a limit above nothing',
  ],
  [
    'fewer than no blocks',
    withAlerts({ HeadStalled: { threshold: 0 } }),
    'networks.net.alerts.HeadStalled.threshold: 0 blocks would never fire: the alert compares with "<", so say a limit above nothing',
  ],
  [
    'half a block',
    withAlerts({ HeadStalled: { threshold: 2.5 } }),
    'networks.net.alerts.HeadStalled.threshold: there is no part of one among blocks: say a whole number, such as "3 blocks"',
  ],
  [
    'a wait that nobody lives to see',
    withAlerts({ LagHigh: { for: '90d' } }),
    'networks.net.alerts.LagHigh.for: 90d is longer than 30d: nobody would hear of it in time (m is minutes, d is days)',
  ],
  [
    'an alert that stays for ever',
    withAlerts({ LagHigh: { keepFiringFor: '1y' } }),
    'networks.net.alerts.LagHigh.keepFiringFor: 365d is longer than 30d: nobody would hear of it in time (m is minutes, d is days)',
  ],
];

describe('a limit that makes no sense', () => {
  test.each(cases)('%s', (_, sections, message) => {
    expect(faults(sections)).toEqual([message]);
  });

  test('30 days are taken', () => {
    expect(faults(withAlerts({ LagHigh: { for: '30d' } }))).toEqual([]);
  });

  test.each([
    [80, 'ratio', '>', 0.8, '8000% is more than the whole, which is 100%; did you mean "80%"?'],
    [101, '%', '>', 80, '101% is more than the whole, which is 100%'],
    [1, 'ratio', '<', 0.99, undefined],
    [100, '%', '>', 80, undefined],
    // Load per core may well be more than one.
    [2, 'ratio', '>', 1.5, undefined],
    [0, 'ratio', '>', 0.01, undefined],
    [0, 'errors', '>', 5, undefined],
    [0, 'errors', '>=', 5, '0 errors would always fire: the alert compares with ">=", so say a limit above nothing'],
    [0, 'peers', '==', 0, undefined],
    [0, 'gwei', '>', 80, '0 gwei would always fire: the alert compares with ">", so say a limit above nothing'],
    [-1, 'B', '<', 1e9, '-1 B is less than nothing: an amount of bytes cannot be negative'],
    [-1, 'B/s', '<', 1e9, '-1 B/s is less than nothing: a number of B/s cannot be negative'],
    [0.5, 'blocks/s', '<', 1, undefined],
    [0.5, 'cores', '>', 1, undefined],
    [0.5, 'GEN', '<', 1, undefined],
    [0.4, 'peers', '<', 3, 'there is no part of one among peers: say a whole number, such as "1 peers"'],
    // What the pack does itself is possible.
    [0.7, 'blocks', '<', 0.5, undefined],
    [-2, 's', '<', -1, undefined],
  ])('%d %s where the limit is "%s %d": %s', (value, unit, op, own, message) => {
    const alert: AlertFacts = {
      name: 'A',
      component: 'c',
      subject: 's',
      severity: 'warning',
      unit: parseUnit(unit),
      threshold: { value: own, op },
      reading: 'x',
    };
    expect(limitFault(value, alert)).toBe(message);
  });
});
