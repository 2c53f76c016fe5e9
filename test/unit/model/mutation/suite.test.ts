/** Which tests look at which rule, what is written for promtool, and what is read from its words. */
import { describe, expect, test } from 'vitest';
import { alone, besideEachOther } from '../../../../model/mutation/job.ts';
import { mutantsOf } from '../../../../model/mutation/mutants.ts';
import { expectedAmongAll, looksAt, neededBy, readersOf, readSuite } from '../../../../model/mutation/suite.ts';
import { parseTestFile, writeTestFile } from '../../../../model/mutation/testFile.ts';
import { readVerdict } from '../../../../model/mutation/verdict.ts';

const recording = `
groups:
  - name: r
    rules:
      - { record: a:b:c, expr: x * 2 }
`;
const alerts = `
groups:
  - name: a
    interval: 1m
    rules:
      - { alert: Reads, expr: a:b:c > 5, for: 5m, labels: { severity: info } }
      - { alert: Waits, expr: 'y > 1 unless ALERTS{alertname="Reads", alertstate="firing"}' }
      - { alert: Other, expr: z > 1 }
`;
const tests = `
rule_files: [alerts.yaml, recording.yaml]
evaluation_interval: 1m
fuzzy_compare: true
tests:
  - name: one
    interval: 1m
    input_series:
      - { series: 'x{a="1e3"}', values: 3x10 }
      - { series: y, values: 2x10 }
      - { series: z, values: 2x10 }
    alert_rule_test:
      - { eval_time: 5m, alertname: Reads, exp_alerts: [{ exp_labels: { a: 1e3, severity: info } }] }
      - { eval_time: 4m, alertname: Reads, exp_alerts: }
      - { eval_time: 4m, alertname: Waits, exp_alerts: [{}] }
    promql_expr_test:
      - { expr: 'a:b:c', eval_time: 1m, exp_samples: [{ labels: 'a:b:c{a="1e3"}', value: 6 }] }
      - { expr: 'count(ALERTS)', eval_time: 1m, exp_samples: [{ labels: '{alertname="Waits"}', value: .inf }] }
`;
const suite = readSuite({
  chain: 'toy',
  files: new Map([
    ['recording.yaml', recording],
    ['alerts.yaml', alerts],
    ['x.test.yaml', tests],
  ]),
});
const [only] = suite.tests;
if (!only) throw new Error('no test was read');
const ruleNamed = (name: string) => {
  const placed = suite.rules.find(({ rule }) => rule.name === name);
  if (!placed) throw new Error(`no ${name}`);
  return placed.rule;
};
const trial = (name: string, mutant: string, id: number) => {
  const found = mutantsOf(ruleNamed(name)).find((each) => each.name === mutant);
  if (!found) throw new Error(`no ${mutant} of ${name}`);
  return { id, mutant: found };
};

describe('of a suite is known', () => {
  test('who reads what is recorded', () => {
    expect([...readersOf('a:b:c', suite.rules)]).toEqual(['a:b:c', 'Reads']);
    expect([...readersOf('Other', suite.rules)]).toEqual(['Other']);
  });

  test('what a rule needs', () => {
    expect([...neededBy(new Set(['Waits']), suite.rules)].filter((name) => /[A-Z:]/.test(name)).sort()).toEqual([
      'ALERTS',
      'Reads',
      'Waits',
      'a:b:c',
    ]);
  });

  test('which test looks at it', () => {
    const looked = (name: string) => looksAt(only.test, new Set([name]));
    expect(['Reads', 'a:b:c', 'Waits', 'Other'].map(looked)).toEqual([true, true, true, false]);
    expect([...expectedAmongAll(only.test)]).toEqual(['Waits']);
  });

  test('that a test of other rules is none of ours', () => {
    const files = new Map([['a.test.yaml', 'rule_files: [others.yaml]\ntests: []']]);
    expect(() => readSuite({ chain: 'toy', files })).toThrow('rules/toy/a.test.yaml: rule_files has others.yaml');
  });
});

describe('mutants beside each other', () => {
  const files = besideEachOther(only, [trial('a:b:c', 'arithmetic * → /', 3), trial('Reads', 'for 5m removed', 4)]);
  const rules = JSON.parse(files.rules).groups;

  test('have names of their own, and so has what reads them', () => {
    expect(rules).toEqual([
      {
        name: 'r',
        rules: [
          expect.objectContaining({ record: 'a:b:c__m3', expr: 'x / 2' }),
          expect.objectContaining({ record: 'a:b:c' }),
        ],
      },
      {
        name: 'a',
        interval: '1m',
        rules: [
          expect.objectContaining({ alert: 'Reads__m3', expr: 'a:b:c__m3 > 5', for: '5m' }),
          expect.objectContaining({ alert: 'Reads__m4', expr: 'a:b:c > 5', for: '0s' }),
        ],
      },
    ]);
  });

  test('are looked at as the rule is, each', () => {
    expect(files.test).toContain('"alertname":"Reads__m3"');
    expect(files.test).toContain('"alertname":"Reads__m4"');
    expect(files.test).toContain('"expr":"a:b:c__m3"');
    expect(files.test).toContain('"labels":"a:b:c__m3{a=\\"1e3\\"}"');
    expect(files.test).not.toContain('Waits');
    expect(files.test).not.toContain('"series":"z"');
  });
});

test('a mutant alone stands in its pack, under its own name', () => {
  const files = alone(only, trial('Reads', 'for 5m removed', 1));
  expect(files.rules).toContain('"alert":"Reads","expr":"a:b:c > 5","for":"0s"');
  expect(files.rules).toContain('"alert":"Other"');
  expect(files.test).toContain('count(ALERTS)');
});

test('what is written of a test is what was read: text stays text, numbers are numbers', () => {
  const text = writeTestFile(parseTestFile(tests, 'x'));
  expect(text).toContain('"a":"1e3"');
  expect(text).toContain('"value":.inf');
  expect(text).toContain('"fuzzy_compare":true');
  expect(text).toContain('"exp_alerts":""');
});

test('promtool says which failed, which stopped it, and which it does not load', () => {
  const said = `
  FAILED:
    name: one,
    alertname: Reads__m3, time: 5m, 
        exp:[ Labels:{alertname="Waits__m9"} ]
    expr: "a:b:c__m4", time: 1m,
    rule: Waits__m5, time: 0s, err: multiple matches for labels
    rules.yaml: 3:4: group "a", rule 7, "Reads__m6": could not parse expression: 1:1: parse error
`;
  const { failed, stopped, refused } = readVerdict(said);
  expect([[...failed], [...stopped], [...refused]]).toEqual([[3, 4], [5], [6]]);
});
