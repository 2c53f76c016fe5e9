import { expect, test } from 'vitest';
import { makePlan } from '../../../../model/plan/plan.ts';
import { settingsSchema } from '../../../../services/status/settings.ts';
import { known as real, stackNamed } from '../../../fixtures/real.ts';
import { known, network, stackOf } from '../../../fixtures/toy.ts';

function limits(sections: object): unknown {
  const status = makePlan(stackOf({ ...sections }), known).services.find(({ name }) => name === 'status');
  return status?.settings.limits;
}

const at = (address: string) => ({ ...network, nodes: { 'toy-node': [address] } });

test('networks that are held to the same are told together, the others by themselves', () => {
  const tuned = { ...at('b:1'), alerts: { HeadStalled: { threshold: 9, for: '7m', severity: 'critical' } } };
  const networks = { c: at('c:1'), a: at('a:1'), b: tuned };
  const said = limits({ networks });
  expect(said).toMatchObject({
    'toy/HeadStalled': [
      { of: ['a', 'c'], threshold: 'below 5 blocks', window: '10m', for: '10m', severity: 'warning' },
      { of: ['b'], threshold: 'below 9 blocks', for: '7m', severity: 'critical' },
    ],
    'system/Watchdog': [{ of: ['system'], severity: 'none' }],
  });
  // Its times are the chain's own, however fast it runs here.
  expect(limits({ networks, prometheus: { timeScale: 60, scrapeInterval: '2s' } })).toEqual(said);
});

test('what a network has not is not told of it', () => {
  const off = { ...at('b:1'), alerts: { HeadStalled: { enabled: false } } };
  expect(limits({ networks: { net: at('a:1'), off } })).toMatchObject({ 'toy/HeadStalled': [{ of: ['net'] }] });
  expect(limits({ networks: { off } })).not.toHaveProperty(['toy/HeadStalled']);
});

test('mainnet: what is tuned is told for each page that is served, and taken by the service', () => {
  const { services } = makePlan(stackNamed('mainnet'), real);
  const { limits: all, runbooks } = services.find(({ name }) => name === 'status')?.settings ?? {};
  const taken = settingsSchema.shape.limits.parse(all);
  expect(Object.keys(taken)).toEqual(runbooks);
  expect(taken['op-stack/BatcherVeryLowETH']).toEqual([
    { of: ['bega-mainnet'], threshold: 'below 0.5 ETH', for: '5m', severity: 'critical' },
  ]);
});
