import { expect, test } from 'vitest';
import { makePlan, type Plan } from '../../../../model/plan/plan.ts';
import { settingsSchema } from '../../../../services/status/settings.ts';
import { planNamed, STACKS } from '../../../fixtures/real.ts';
import { known, network, stackOf } from '../../../fixtures/toy.ts';

/** `<owner>/<Alert>` → what it says of its limit. */
function limits({ ruleGroups }: Plan): Record<string, string | undefined> {
  const all = ruleGroups.flatMap(({ owner, rules }) =>
    rules.flatMap((rule) => (rule.kind === 'alert' ? [[`${owner}/${rule.name}`, rule.annotations.limit]] : [])),
  );
  return Object.fromEntries(all);
}

const planOf = (sections: object) => makePlan(stackOf({ ...sections }), known);
const at = (address: string) => ({ ...network, nodes: { 'toy-node': [address] } });

test('an alert says what it is held to, as tuned', () => {
  const tuned = { ...at('b:1'), alerts: { HeadStalled: { threshold: 9, window: '20m', for: '7m' } } };
  const networks = { a: at('a:1'), b: tuned };
  const said = limits(planOf({ networks }));
  expect(said).toMatchObject({
    'a/HeadStalled': 'below 5 blocks over 10m for 10m',
    'b/HeadStalled': 'below 9 blocks over 20m for 7m',
    'a/BalanceLow': 'below 0.5 ETH, at once',
    'system/Watchdog': 'when it is so, at once',
  });
  // Its times are the chain's own, however fast it runs here.
  expect(limits(planOf({ networks, prometheus: { timeScale: 60, scrapeInterval: '2s' } }))).toEqual(said);
});

test.each(STACKS)('%s: each alert says it, whoever evaluates it, in words that no template can spoil', (name) => {
  const plan = planNamed(name);
  const words = /^(?:(?:below|above|at most|at least|equal to|other than) -?\d|when it is so)[^{$]*$/;
  expect(Object.entries(limits(plan)).filter(([, limit]) => !words.test(limit ?? ''))).toEqual([]);
  const ofGrafana =
    plan.grafana?.ruleGroups.flatMap(({ rules }) => rules.filter((rule) => rule.kind === 'alert')) ?? [];
  expect(ofGrafana.filter(({ annotations }) => !/\w/.test(annotations.limit ?? ''))).toEqual([]);
});

test('mainnet: what is tuned', () => {
  expect(limits(planNamed('mainnet'))['bega-mainnet/BatcherVeryLowETH']).toBe('below 0.5 ETH for 5m');
});

test('the settings of the status service say nothing of limits', () => {
  const settings = (alerts: object) =>
    planOf({ networks: { a: { ...at('a:1'), alerts } } }).services.find(({ name }) => name === 'status')?.settings;
  expect(settings({ HeadStalled: { threshold: 9, for: '7m', severity: 'critical' } })).toEqual(settings({}));
  expect(Object.keys(settingsSchema.shape)).not.toContain('limits');
});
