/** Every limit is recorded as it is evaluated: what a dashboard draws is what decides. */
import { describe, expect, test } from 'vitest';
import { findThreshold } from '../../../../model/promql/literals.ts';
import { isRecorded, LIMIT_SERIES, limitGroups } from '../../../../model/rules/limitSeries.ts';
import { planNamed, STACKS } from '../../../fixtures/real.ts';
import { everythingUndrawn, networks } from '../../dashboards/everything.ts';

const FAST = { 'chainwatch:prometheus': { scrapeInterval: '2s', evaluationInterval: '2s', timeScale: 60 } };
const ops = networks['op-all'];
const TUNED = { ...ops, alerts: { SafeHeadLagging: { threshold: '17m' }, BatcherLowETH: { threshold: '3 ETH' } } };

const plans = [
  ...STACKS.map((name) => [name, planNamed(name)] as const),
  ['everything', everythingUndrawn()] as const,
  ['everything, compressed', everythingUndrawn(FAST)] as const,
  ['tuned', everythingUndrawn({ 'chainwatch:networks': { tuned: TUNED } })] as const,
  ['tuned and compressed', everythingUndrawn({ ...FAST, 'chainwatch:networks': { tuned: TUNED } })] as const,
];

describe.each(plans)('the limits of %s', (_, plan) => {
  const alerts = plan.ruleGroups.flatMap(({ owner, engine, rules }) =>
    rules.flatMap((rule) => (rule.kind === 'alert' ? [{ owner, engine, rule }] : [])),
  );
  const recorded = plan.ruleGroups.flatMap(({ owner, engine, rules }) =>
    rules.flatMap((rule) => (rule.kind === 'recording' && rule.name === LIMIT_SERIES ? [{ owner, engine, rule }] : [])),
  );

  test('are those that the expressions have', () => {
    const wanted = alerts.flatMap(({ owner, engine, rule }) =>
      engine === 'prometheus' && isRecorded(rule)
        ? [`${owner} ${rule.name} vector(${findThreshold(rule.expr)?.value})`]
        : [],
    );
    expect(wanted.length).toBeGreaterThan(20);
    expect(recorded.map(({ owner, rule }) => `${owner} ${rule.labels.alertname} ${rule.expr}`).sort()).toEqual(
      wanted.sort(),
    );
  });

  test('are told apart by labels, and only Prometheus records them', () => {
    const labels = recorded.map(({ rule }) => JSON.stringify(rule.labels));
    expect(new Set(labels).size).toBe(labels.length);
    expect(recorded.filter(({ engine }) => engine !== 'prometheus')).toEqual([]);
  });
});

test('what has no limit, or asks for equality, has no series', () => {
  const [first] = everythingUndrawn().ruleGroups.filter(
    ({ rules }) => limitGroups([{ name: 'x:y', owner: 'x', chain: 'z', engine: 'prometheus', rules }]).length > 0,
  );
  const alert = first?.rules.find((rule) => rule.kind === 'alert');
  if (!first || alert?.kind !== 'alert') throw new Error('no alert');
  const { threshold: _, ...without } = alert;
  expect(limitGroups([{ ...first, rules: [without] }])).toEqual([]);
  expect(limitGroups([{ ...first, rules: [{ ...alert, threshold: { value: 0, op: '==' } }] }])).toEqual([]);
  expect(limitGroups([{ ...first, engine: 'grafana' }])).toEqual([]);
});
