import { describe, expect, test } from 'vitest';
import { narrower, type Scope } from '../../../model/dashboards/narrow.ts';
import { known } from '../../fixtures/toy.ts';

const packs = ['toy', 'system'].flatMap((chain) => known.packs.get(chain) ?? []);
const narrow = narrower(packs.map((pack) => pack.catalogue));
const byName = (name: string): Scope => {
  const matchers = [{ label: 'network', op: '=', value: name }] as const;
  return { matchers, made: matchers, alerts: matchers };
};
const foreign: Scope = {
  ...byName('net'),
  matchers: [
    { label: 'cluster', op: '=', value: 'eu' },
    { label: 'env', op: '=', value: 'prod' },
  ],
};

describe('a query of a network', () => {
  test.each([
    ['toy_balance', 'toy_balance{network="net",instance=~"$instance"}'],
    [
      'rate(toy_errors_total[$__rate_interval])',
      'rate(toy_errors_total{network="net",instance=~"$instance"}[$__rate_interval])',
    ],
    // One series for all networks: it would vanish.
    ['toy_gas_price', 'toy_gas_price'],
    // A network's alerts need not be about an instance.
    ['ALERTS{alertstate="firing"}', 'ALERTS{network="net",alertstate="firing"}'],
    ['count(ALERTS_FOR_STATE)', 'count(ALERTS_FOR_STATE{network="net"})'],
    ['toy_balance and ALERTS', 'toy_balance{network="net",instance=~"$instance"} and ALERTS{network="net"}'],
    // What the author says is meant.
    ['up{network=~".+"}', 'up{instance=~"$instance",network=~".+"}'],
    ['up{instance="a"}', 'up{network="net",instance="a"}'],
    ['vector(0)', 'vector(0)'],
  ])('%s', (query, expected) => {
    expect(narrow(query, byName('net'))).toBe(expected);
  });

  test('whose series others scrape is found by their labels; what we make of it by ours', () => {
    expect(narrow('toy_balance / toy_gas_price', foreign)).toBe(
      'toy_balance{cluster="eu",env="prod",instance=~"$instance"} / toy_gas_price',
    );
    expect(narrow('instance:toy_balance:runway_hours', foreign)).toBe(
      'instance:toy_balance:runway_hours{network="net",instance=~"$instance"}',
    );
    expect(narrow('ALERTS', foreign)).toBe('ALERTS{network="net"}');
  });

  test('shows all instances where none can be chosen', () => {
    expect(narrow('up', byName('net'), false)).toBe('up{network="net"}');
  });

  test('is its own, though the place of the matchers is remembered for all networks', () => {
    expect(narrow('up', byName('a"b\\c'), false)).toBe('up{network="a\\"b\\\\c"}');
    expect(narrow('up', byName('net'), false)).toBe('up{network="net"}');
    expect(narrow('up', foreign, false)).toBe('up{cluster="eu",env="prod"}');
  });
});

test('the environment has all', () => {
  const scope: Scope = { matchers: [], made: [], alerts: [{ label: 'chain', op: '=', value: 'system' }] };
  expect(narrow('up', scope)).toBe('up{instance=~"$instance"}');
  expect(narrow('ALERTS', scope)).toBe('ALERTS{chain="system"}');
  expect(narrow('ALERTS{chain=~".+"}', scope)).toBe('ALERTS{chain=~".+"}');
});
