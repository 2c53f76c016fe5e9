/** Which rules promtool is given for a test: those that it looks at, what they read, and all where it looks at any alert. */
import { describe, expect, test } from 'vitest';
import { lookedAt, rulesLookedAt } from '../../../../model/mutation/lookedAt.ts';
import { readSuite } from '../../../../model/mutation/suite.ts';

const recording = `
groups:
  - name: r
    rules:
      - { record: a:b:c, expr: x * 2 }
      - { record: d:e:f, expr: x * 3 }
`;
const alerts = `
groups:
  - name: a
    rules:
      - { alert: Reads, expr: a:b:c > 5, for: 5m }
      - { alert: Waits, expr: 'y > 1 unless ALERTS{alertname="Reads", alertstate="firing"}' }
      - { alert: Other, expr: z > 1 }
      - { alert: Flood, expr: count(ALERTS) > 100 }
`;
const namesFor = (checks: string) => {
  const text = `
rule_files: [recording.yaml, alerts.yaml]
tests: [{ name: t, input_series: [{ series: x, values: 1x9 }, { series: unread, values: 1x9 }], ${checks} }]`;
  const files = new Map([
    ['recording.yaml', recording],
    ['alerts.yaml', alerts],
    ['x.test.yaml', text],
  ]);
  const [only] = readSuite({ chain: 'toy', files }).tests;
  if (!only) throw new Error('no test was read');
  return { names: rulesLookedAt(only).map(({ rule }) => rule.name), written: lookedAt(only) };
};
const alert = (name: string) => namesFor(`alert_rule_test: [{ eval_time: 5m, alertname: ${name} }]`).names;
const expression = (expr: string) => namesFor(`promql_expr_test: [{ eval_time: 5m, expr: '${expr}' }]`).names;
const ALL = ['a:b:c', 'd:e:f', 'Reads', 'Waits', 'Other', 'Flood'];

describe('a test is given', () => {
  test('the alerts that it names, with what they read, in the order of the files', () => {
    expect(alert('Other')).toEqual(['Other']);
    expect(alert('Reads')).toEqual(['a:b:c', 'Reads']);
    expect(alert('Waits')).toEqual(['a:b:c', 'Reads', 'Waits']);
  });

  test('what its expressions read', () => {
    expect(expression('d:e:f')).toEqual(['d:e:f']);
    expect(expression('count(ALERTS{alertname="Reads"})')).toEqual(['a:b:c', 'Reads']);
  });

  test('the whole pack where it, or a rule that it needs, looks at alerts of any name', () => {
    expect(expression('count(ALERTS{alertstate="firing"})')).toEqual(ALL);
    expect(expression('{instance="a"}')).toEqual(ALL);
    expect(alert('Flood')).toEqual(ALL);
  });

  test('as promtool reads it: the rules in their groups, and all of its series', () => {
    const { written } = namesFor('alert_rule_test: [{ eval_time: 5m, alertname: Reads }]');
    expect(JSON.parse(written.rules).groups).toEqual([
      { name: 'r', rules: [expect.objectContaining({ record: 'a:b:c' })] },
      { name: 'a', rules: [expect.objectContaining({ alert: 'Reads', for: '5m' })] },
    ]);
    const read = JSON.parse(written.test);
    expect(read.rule_files).toEqual(['rules.yaml']);
    expect(read.tests[0].input_series.map(({ series }: { series: string }) => series)).toEqual(['x', 'unread']);
  });
});
