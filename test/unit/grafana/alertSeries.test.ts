import { describe, expect, test } from 'vitest';
import { parseStack } from '../../../config/parse.ts';
import { withoutAlertSeries } from '../../../model/grafana/alertSeries.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { metricsOf } from '../../../model/promql/selectors.ts';
import { parsePromql } from '../../../model/promql/syntax.ts';
import type { PlannedAlert, PlannedGroup } from '../../../model/rules/instantiate.ts';
import { known, undrawn } from '../../fixtures/real.ts';

const empty: PlannedAlert = {
  kind: 'alert',
  name: 'Empty',
  expr: 'balance{network="net"} < 1 # threshold',
  for: 150,
  keepFiringFor: 0,
  labels: { severity: 'critical', network: 'net$1' },
  annotations: {},
  severity: 'critical',
  unit: 'ETH',
};

const ASKED = 'ALERTS{alertname="Empty",alertstate="firing",severity="critical"}';
const HELD = 'count_over_time((\nbalance{network="net"} < 1 # threshold\n)[4m:1m]) >= 4';

/** What becomes of an expression beside the alert; 60 seconds between evaluations. */
function spelled(expr: string, alert: Partial<PlannedAlert> = {}, owner = 'net'): string {
  const group = (name: string, of: string, rules: PlannedAlert[]): PlannedGroup => ({
    name: `${of}:${name}`,
    owner: of,
    chain: 'toy',
    engine: 'grafana',
    rules,
  });
  const groups = [
    group('money', 'net', [{ ...empty, ...alert }]),
    group('asks', owner, [{ ...empty, name: 'Asks', expr }]),
  ];
  const [, { rules: [asks] = [] } = {}] = withoutAlertSeries(groups, 60);
  parsePromql(asks?.expr ?? '');
  return asks?.expr ?? '';
}

describe('a rule that asks whether another alert fires', () => {
  test('asks whether its expression has held for as long as it waits, in whole evaluations', () => {
    expect(spelled(`runway unless on (instance) ${ASKED}`)).toBe(`runway unless on (instance) (${HELD})`);
    expect(spelled(`(runway unless on (instance) ${ASKED}) < 3`, { for: 0 })).toBe(
      '(runway unless on (instance) (\nbalance{network="net"} < 1 # threshold\n)) < 3',
    );
  });

  test('finds the labels of the rule where it joins by them', () => {
    expect(spelled(`runway unless on (network, instance) ${ASKED}`)).toBe(
      `runway unless on (network, instance) label_replace((${HELD}), "network", "net$$1", "", "")`,
    );
  });

  test('follows an alert that asks itself, and none in a circle', () => {
    const circle = spelled(`runway unless on (instance) ${ASKED}`, { for: 0, expr: `a and on (x) ${ASKED}` });
    expect(circle).toBe(`runway unless on (instance) (\na and on (x) ${ASKED}\n)`);
  });

  test.each([
    ['an alert that waits', 'runway unless on (x) ALERTS{alertname="Empty",alertstate="pending"}'],
    ['an alert in any state', 'runway unless on (x) ALERTS{alertname="Empty"}'],
    ['another severity', 'runway unless on (x) ALERTS{alertname="Empty",alertstate="firing",severity="warning"}'],
    ['labels of the series', 'runway unless on (x) ALERTS{alertname="Empty",alertstate="firing",instance="i"}'],
    ['several alerts', 'runway unless on (x) ALERTS{alertname=~"Empty|Full",alertstate="firing"}'],
    ['an alert that there is not', 'runway unless on (x) ALERTS{alertname="Full",alertstate="firing"}'],
    ['all labels', `runway unless ${ASKED}`],
    ['the past', `runway unless on (x) (${ASKED} offset 5m)`],
  ])('stays as it is where it asks for %s', (_, expr) => {
    expect(spelled(expr)).toBe(expr);
  });

  test('stays as it is where the alert keeps firing, or is of another network', () => {
    const expr = `runway unless on (x) ${ASKED}`;
    expect(spelled(expr, { keepFiringFor: 60 })).toBe(expr);
    expect(spelled(expr, {}, 'other')).toBe(expr);
  });
});

test('no query of a planned rule reads alerts', () => {
  const network = {
    chain: 'op-stack',
    engine: 'grafana',
    matchers: { cluster: 'eu' },
    chainId: 10,
    l1: { chainId: 1, rpcUrls: ['https://l1.example'] },
    nodes: { 'op-batcher': ['b:7300'], 'op-proposer': ['p:7300'] },
  };
  const grafana = { url: 'https://g.example', receiverUrl: 'https://r.example' };
  const config = { 'chainwatch:networks': { op: network }, 'chainwatch:grafana': grafana };
  const plan = makePlan(parseStack(config, { environment: 'dev', knowledge: known.forConfig }), undrawn);
  const queries = new Map(
    plan.grafana?.ruleGroups.flatMap(({ rules }) =>
      rules.map(({ title, data }) => [title, String(data[0]?.model.expr)]),
    ),
  );
  expect([...queries.values()].filter((expr) => metricsOf(expr).includes('ALERTS'))).toEqual([]);
  // Series of others have no label of their network; what is recorded of them has.
  expect(queries.get('BatcherRunwayVeryLow')).toBe(`(
  instance:op_batcher_default_balance:runway_hours{network="op"}
  unless on (network, instance) label_replace((count_over_time((
op_batcher_default_balance{cluster="eu"} < 0.1
)[5m30s:30s]) >= 11), "network", "op", "", "")
)`);
});
