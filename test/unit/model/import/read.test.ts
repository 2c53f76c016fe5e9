/** Whatever form rules have: what they are, where each stands, and what is wrong with the form itself. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertName, complete } from '../../../../model/import/complete.ts';
import { draftFiles } from '../../../../model/import/draft.ts';
import { readRules } from '../../../../model/import/read.ts';
import { prometheusTemplate } from '../../../../model/import/template.ts';
import { parsePromql } from '../../../../model/promql/syntax.ts';
import { parseRuleFile } from '../../../../model/rules/ruleFile.ts';
import { anyText } from '../../../fixtures/text.ts';

const ALERT = '{ alert: A, expr: g > 5, for: 5m }';

describe('the form', () => {
  test.each<[string, string]>([
    ['a rule file', `groups: [{ name: one, rules: [${ALERT}] }]`],
    ['a manifest', `kind: PrometheusRule\nspec: { groups: [{ name: one, rules: [${ALERT}] }] }`],
    [
      'a list of them',
      `kind: PrometheusRuleList\nitems: [{ kind: PrometheusRule, spec: { groups: [{ name: one, rules: [${ALERT}] }] } }]`,
    ],
    ['several documents', `a: 1\n---\ngroups: [{ name: one, rules: [${ALERT}] }]`],
    ['a single group', `name: one\nrules: [${ALERT}]`],
    ['rules alone', `- ${ALERT}`],
    ['the answer of the ruler', `folder: [{ name: one, rules: [${ALERT}] }]`],
    ['an anchor', `x: &a ${ALERT}\ngroups: [{ name: one, rules: [{ <<: *a }] }]`],
  ])('%s is read', (_, text) => {
    const { rules, recognised, remarks, untranslated } = readRules(text, 'x.yml');
    expect({ recognised, remarks, untranslated }).toEqual({ recognised: true, remarks: [], untranslated: [] });
    expect(rules).toMatchObject([{ kind: 'alert', name: 'A', expr: 'g > 5', for: 300 }]);
  });

  test.each<[string, string]>([
    ['a configuration', 'scrape_configs: []'],
    ['a dashboard', '{"panels":[{"title":"x","targets":[{"expr":"g"}]}]}'],
    ['a text', 'words'],
    ['nothing', ''],
    ['a number', '5'],
  ])('%s holds no rules', (_, text) => {
    expect(readRules(text, 'x.yml')).toEqual({ rules: [], untranslated: [], remarks: [], recognised: false });
  });

  test('lines are those of the file, within an expression too', () => {
    const text =
      'groups:\n- name: n\n  rules:\n  - alert: A\n    expr: |\n      g\n        > 5\n  - alert: B\n    expr: |\n      sum(\n        g]\n';
    const { rules, untranslated } = readRules(text, 'x.yml');
    expect(rules.map(({ line, lineAt, expr }) => [line, lineAt(expr.indexOf('>'))])).toEqual([[4, 7]]);
    expect(untranslated).toEqual([expect.objectContaining({ name: 'B', line: 11 })]);
  });

  test('a rule whose first key is misspelt is one all the same', () => {
    const { remarks, recognised } = readRules('groups: [{ name: n, rules: [{ alrt: A, expr: g }] }]', 'x.yml');
    expect({ recognised, said: remarks.map(({ message }) => message) }).toEqual({
      recognised: true,
      said: [
        expect.stringContaining('is neither an alert nor a recording rule'),
        expect.stringContaining('has the unknown key "alrt"'),
      ],
    });
    expect(remarks[1]?.message).toContain('did you mean "alert"?');
    expect(readRules('kind: ClusterRole\nrules: [{ apiGroups: [""], verbs: [get] }]', 'x.yml').recognised).toBe(false);
  });

  test.each<[string, string, string]>([
    ['no YAML', 'groups: [', 'cannot be read: '],
    ['a key twice', 'groups: []\ngroups: []', 'cannot be read: Map keys must be unique'],
    [
      'a rule of no kind',
      `groups: [{ name: n, rules: [{ expr: g }, ${ALERT}] }]`,
      'is neither an alert nor a recording rule',
    ],
    [
      'a time that is none',
      'groups: [{ name: n, rules: [{ alert: A, expr: g, for: 5 minutes }] }]',
      'has "5 minutes" for for, which is no duration',
    ],
    [
      'a key that is misspelt',
      'groups: [{ name: n, rules: [{ alert: A, expr: g, anotations: { summary: s } }] }]',
      'has the unknown key "anotations", so that Prometheus would refuse the file; the draft leaves it out; did you mean "annotations"?',
    ],
    [
      'a key of a group that is misspelt',
      'groups: [{ name: n, intervall: 5m, rules: [{ alert: A, expr: g }] }]',
      'has the unknown key "intervall", so that Prometheus would refuse the file; the draft leaves it out; did you mean "interval"?',
    ],
    [
      'an alias bomb',
      `a: &a [x]\n${'bcdefghij'
        .split('')
        .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(', ')}]`)
        .join('\n')}`,
      'cannot be read: ',
    ],
  ])('%s is told', (_, text, message) => {
    const { remarks } = readRules(text, 'x.yml');
    expect(remarks.map((remark) => remark.message)).toEqual([expect.stringContaining(message)]);
  });
});

test.each([
  ['nothing', '', 'has no expression'],
  ['parentheses', `${'('.repeat(500)}g${')'.repeat(500)}`, 'PromQL nests too deep at "'],
  ['a long sum', Array(500).fill('g').join('+'), 'PromQL nests too deep at "'],
  ['a book', `g{a="${'x'.repeat(30_000)}"}`, 'has an expression of 30007 characters'],
])('an expression of %s is left out', (_, expr, reason) => {
  const { untranslated } = readRules(JSON.stringify([{ alert: 'A', expr }]), 'x');
  expect(untranslated).toEqual([expect.objectContaining({ name: 'A', reason: expect.stringContaining(reason) })]);
});

test.each([
  ['{{ $values.B.Value }} of {{ $labels.a }}', '{{ $value }} of {{ $labels.a }}'],
  ['{{ $values.B }}', '{{ $value }}'],
  ['{{ humanize (index $values "B").Value }}', '{{ humanize $value }}'],
  ['{{ $values.A.Labels.instance }} $values.A', '{{ $labels.instance }} $values.A'],
])('the annotation %s', (grafana, prometheus) => {
  expect(prometheusTemplate(grafana)).toBe(prometheus);
});

test.each([
  ['HighMemory', 'HighMemory'],
  ['Memory: 3+ nodes above 1 GB', 'Memory3NodesAbove1GB'],
  ['3 peers', 'Alert3Peers'],
  ['§', 'Alert'],
])('the title %s becomes %s', (title, name) => {
  expect(alertName(title)).toBe(name);
});

describe('whatever it is given', () => {
  const key = fc.constantFrom(
    'groups',
    'rules',
    'alert',
    'record',
    'expr',
    'for',
    'labels',
    'annotations',
    'name',
    'title',
    'data',
    'model',
    'condition',
    'refId',
    'datasourceUid',
    'kind',
    'spec',
    'items',
    'interval',
    'grafana_alert',
    '__proto__',
    'type',
    'expression',
    'conditions',
    'relativeTimeRange',
  );
  const leaf = fc.oneof(
    fc.constantFrom(
      'g > 5',
      'A',
      'B',
      '__expr__',
      'reduce',
      'math',
      'threshold',
      'classic_conditions',
      '$A',
      '5m',
      'PrometheusRule',
      'List',
      '',
      null,
      true,
      5,
      1e300,
      -1,
    ),
    fc.string(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 7, withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
    ),
  }));
  // Whoever reads JSON with care leaves this one out, since it would change the object that holds it.
  const labelName = fc.string().filter((name) => name !== '__proto__');
  const rule = fc.record(
    {
      alert: anyText({ minLength: 1 }),
      expr: fc.constantFrom(
        'g > 5',
        'up == 0',
        'count(g > 1) > 3',
        'sum by (a) (rate(c[5m])) / 2',
        'absent(g)',
        'g # x',
      ),
      for: fc.constantFrom('5m', '0s', 300, 'x'),
      labels: fc.dictionary(labelName, fc.oneof(anyText(), fc.integer()), { maxKeys: 3 }),
      annotations: fc.dictionary(fc.constantFrom('summary', 'description', 'unit', 'message', 'x'), anyText()),
    },
    { requiredKeys: ['alert', 'expr'] },
  );
  const rules = fc.array(rule, { maxLength: 4 }).map((list) => ({ groups: [{ name: 'n', rules: list }] }));

  test('there are rules that parse, and each fault has its line', () => {
    const text = fc.oneof(
      anyText(),
      tree.map((value) => JSON.stringify(value)),
      tree.map((value) => JSON.stringify(value, null, '\t')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const { rules: read, remarks, untranslated } = readRules(given, 'x');
        for (const { expr, lineAt } of read) {
          parsePromql(expr);
          expect(lineAt(expr.length)).toBeGreaterThan(0);
        }
        for (const { line } of [...remarks, ...untranslated, ...read]) expect(line).toBeGreaterThan(0);
      }),
    );
  });

  test('a draft is a rule file with all of them, whatever they are called and say', () => {
    fc.assert(
      fc.property(rules, (given) => {
        const read = readRules(JSON.stringify(given), 'x.json');
        const ways = { chain: 'toy', catalogues: [], components: new Set(['node']), taken: new Set<string>() };
        const completed = read.rules.map((each) => complete(each, ways));
        const files = draftFiles({ completed, untranslated: read.untranslated, chain: 'toy' }, ({ from }) => [
          { file: 'x', line: 1, message: `says ${from.name}`, kind: 'fault' },
        ]);
        const back = [...files].flatMap(([name, text]) => parseRuleFile(text, name).flatMap((group) => group.rules));
        expect(back).toEqual(completed.map((each) => each.rule));
      }),
    );
  });
});

test('the fixtures hold what they are meant to hold', () => {
  const read = (name: string) =>
    readRules(readFileSync(new URL(`../../../fixtures/import/${name}`, import.meta.url), 'utf8'), name);
  const counts = [
    'alert_rules.yml',
    'grafana-export.json',
    'api-rules.json',
    'prometheusrule.yaml',
    'alertmanager.yml',
  ].map((name) => {
    const { rules: found, untranslated } = read(name);
    return [found.length, untranslated.length];
  });
  expect(counts).toEqual([
    [6, 1],
    [2, 1],
    [1, 0],
    [1, 0],
    [0, 0],
  ]);
});

describe('keys of a Grafana export that nothing reads', () => {
  const EXPORT = `groups:
  - name: g
    folder: f
    intervall: 1m
    rules:
      - title: Busy
        condition: A
        noDataStat: OK
        colour: red
        data:
          - refId: A
            datasourceUid: prom
            relativTimeRange: { from: 600, to: 0 }
            model: { expr: up > 5, instant: true, anything: 1 }
`;

  test('are named by line: a fault where one is misspelt, a note where it may be of a newer Grafana', () => {
    const { remarks } = readRules(EXPORT, 'g.yml');
    expect(remarks.map(({ line, kind, rule, message }) => `${line} ${kind} ${rule ?? ''}: ${message}`)).toEqual([
      '4 fault : has the unknown key "intervall", which Grafana ignores; the draft leaves it out; did you mean "interval"?',
      '8 fault Busy: has the unknown key "noDataStat", which Grafana ignores; the draft leaves it out; did you mean "noDataState"?',
      '9 note Busy: has the key "colour", which nothing here reads; the draft leaves it out',
      '13 fault Busy: has the unknown key "relativTimeRange", which Grafana ignores; the draft leaves it out; did you mean "relativeTimeRange"?',
    ]);
  });
});
