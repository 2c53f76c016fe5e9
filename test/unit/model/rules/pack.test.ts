import { describe, expect, test } from 'vitest';
import { metricOfSeries, parseCatalogue } from '../../../../model/rules/catalogue.ts';
import { type Pack, parsePack } from '../../../../model/rules/pack.ts';
import { parseRuleFile, RuleFileError } from '../../../../model/rules/ruleFile.ts';
import { known } from '../../../fixtures/toy.ts';

/** The faults that reading gives; none where it gives something. */
function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof RuleFileError) return error.faults;
    throw error;
  }
}

const METRICS = 'chain: x\nscope: network\nmetrics:\n  - { name: m, type: gauge, help: h, source: s }\n';
const rule = (fields: Readonly<Record<string, string>>) => {
  const all = {
    expr: 'm > 1',
    labels: '{ severity: info, component: c, subject: s }',
    annotations: '{ summary: s, description: d, unit: s, runbook_url: /r }',
    ...fields,
  };
  return `groups:\n  - name: g\n    rules:\n      - alert: A\n${Object.entries(all)
    .map(([key, value]) => `        ${key}: ${value}\n`)
    .join('')}`;
};

describe('parseRuleFile', () => {
  test('reads alerts and recording rules, with times in seconds', () => {
    const text = `groups:
  - name: first
    interval: 1m
    rules:
      - alert: A
        expr: |
          m > 1 # threshold
        for: 1h30m
        keep_firing_for: 5m
        labels: { severity: info }
        annotations: { summary: s }
      - record: a:b:c
        expr: sum(m)
  - name: second
    rules: [{ alert: B, expr: m }]
`;
    expect(parseRuleFile(text, 'rules/x/alerts.yaml')).toEqual([
      {
        name: 'first',
        interval: 60,
        rules: [
          {
            kind: 'alert',
            name: 'A',
            expr: 'm > 1 # threshold',
            for: 5400,
            keepFiringFor: 300,
            labels: { severity: 'info' },
            annotations: { summary: 's' },
          },
          { kind: 'recording', name: 'a:b:c', expr: 'sum(m)', labels: {} },
        ],
      },
      {
        name: 'second',
        rules: [{ kind: 'alert', name: 'B', expr: 'm', for: 0, keepFiringFor: 0, labels: {}, annotations: {} }],
      },
    ]);
  });

  test('tells all faults of a file, each with its line', () => {
    const text = `groups:
  - name: g
    rules:
      - alert: A
        expr: m >
      - alert: B
        expr: m
        fro: 5m
      - record: c
        exp: m
      - expr: m
      - alert: D
        expr: m
        for: 5 minutes
        labels: { severity: 1 }
`;
    expect(faultsOf(() => parseRuleFile(text, 'rules/x/alerts.yaml'))).toEqual([
      'rules/x/alerts.yaml:5: A: PromQL does not parse at its end: expected a metric, a number, a function or a parenthesis (offset 3): m >',
      'rules/x/alerts.yaml:8: B: unknown key "fro"; did you mean "for"?',
      'rules/x/alerts.yaml:9: c: expr is missing',
      'rules/x/alerts.yaml:10: c: unknown key "exp"; did you mean "expr"?',
      'rules/x/alerts.yaml:11: a rule: is neither an alert nor a recording rule: name it by "alert:" or "record:"',
      'rules/x/alerts.yaml:14: D: for "5 minutes" is not a duration, such as 30s, 10m or 1h30m (largest unit first)',
      'rules/x/alerts.yaml:15: D: labels.severity must be text, not the number 1',
    ]);
  });

  test.each([
    ['groups: [', 'rules/x/alerts.yaml:1:'],
    ['groups:\n  - nam: g\n', 'rules/x/alerts.yaml:2: groups.0'],
    ['group: []\n', 'rules/x/alerts.yaml: '],
    ['groups:\n  - name: g\n    rules: []\n', 'rules/x/alerts.yaml:3: groups.0: rules has no rule'],
    ['groups: *nowhere\n', 'rules/x/alerts.yaml'],
  ])('%j is no rule file', (text, start) => {
    const [first = ''] = faultsOf(() => parseRuleFile(text, 'rules/x/alerts.yaml'));
    expect(first.slice(0, start.length)).toBe(start);
  });

  test('that is no YAML tells the first place only: the rest are its consequences', () => {
    const text = `groups: [\n${'  - name: n\n    rules: [}\n'.repeat(100)}`;
    expect(faultsOf(() => parseRuleFile(text, 'f.yaml'))).toEqual([expect.stringMatching(/^f\.yaml:2: ./)]);
  });

  test('one fault is said in one line, several in a list', () => {
    expect(new RuleFileError(['a']).message).toBe('a');
    expect(new RuleFileError(['a', 'b']).message).toBe('2 faults in rule files:\n  a\n  b');
  });
});

describe('parseCatalogue', () => {
  test.each([
    ['chain: [', 'rules/x/metrics.yaml'],
    [
      'chain: x\nscope: network\nmetrics: [{ name: m, type: guage, help: h, source: s }]',
      'rules/x/metrics.yaml:3: metrics.0.type',
    ],
    [
      'chain: x\nscope: network\nmetrics: [{ name: m, type: gauge, help: h, sauce: s }]',
      'rules/x/metrics.yaml:3: metrics.0',
    ],
    [
      'chain: x\nscope: network\nmetrics: [{ name: m-n, type: gauge, help: h, source: s }]',
      'rules/x/metrics.yaml:3: metrics.0.name',
    ],
    [`${METRICS}  - { name: m, type: gauge, help: h, source: s }\n`, 'rules/x/metrics.yaml:5: m is listed twice'],
    ['metrics: *nowhere', 'rules/x/metrics.yaml'],
  ])('%j is refused', (text, start) => {
    const [first = ''] = faultsOf(() => parseCatalogue(text, 'rules/x/metrics.yaml'));
    expect(first.slice(0, start.length)).toBe(start);
  });

  test('finds the metric that a series is of', () => {
    const catalogue = parseCatalogue(
      `chain: x
scope: network
metrics:
  - { name: h, type: histogram, help: h, source: s }
  - { name: q, type: summary, help: h, source: s }
  - { name: g, type: gauge, help: h, source: s }
  - { name: g_count, type: gauge, help: h, source: s }
`,
      'metrics.yaml',
    );
    const found = [
      'h_bucket',
      'h_sum',
      'h_count',
      'q',
      'q_sum',
      'q_count',
      'g',
      'g_count',
      'g_sum',
      'q_bucket',
      'x',
      'h_total',
    ].map((series) => [series, metricOfSeries([catalogue], series)?.name]);
    expect(Object.fromEntries(found)).toEqual({
      h_bucket: 'h',
      h_sum: 'h',
      h_count: 'h',
      q: 'q',
      q_sum: 'q',
      q_count: 'q',
      g: 'g',
      g_count: 'g_count',
      g_sum: undefined,
      q_bucket: undefined,
      x: undefined,
      h_total: undefined,
    });
  });

  test('a name of its own counts before the part of a histogram, and the first pack before the next', () => {
    const read = (help: string) =>
      parseCatalogue(
        `chain: x\nscope: network\nmetrics:\n  - { name: m, type: gauge, help: ${help}, source: s }\n`,
        'm',
      );
    expect(metricOfSeries([read('own'), read('other')], 'm')?.help).toBe('own');
  });
});

describe('parsePack', () => {
  test('names a wrong word where it stands, with the one that is meant, and what is really missing', () => {
    const files = new Map([
      ['metrics.yaml', METRICS],
      [
        'alerts.yaml',
        rule({
          labels: '{ severity: wrning, component: c,\n            sbject: s }',
          annotations: '{ sumary: s,\n            unit: s, runbook_url: /r }',
        }),
      ],
    ]);
    expect(faultsOf(() => parsePack({ chain: 'x', files }))).toEqual([
      'rules/x/alerts.yaml:6: A: unknown severity "wrning"; did you mean "warning"?',
      'rules/x/alerts.yaml:7: A: unknown key labels.sbject; did you mean "subject"?',
      'rules/x/alerts.yaml:8: A: unknown key annotations.sumary; did you mean "summary"?',
      'rules/x/alerts.yaml:4: A lacks annotations.description',
    ]);
  });

  const read = (alerts: string, more: Readonly<Record<string, string>> = {}) =>
    parsePack({
      chain: 'x',
      files: new Map(Object.entries({ 'alerts.yaml': alerts, 'metrics.yaml': METRICS, ...more })),
    });

  test('knows of each alert what may be tuned', () => {
    const toy = known.packs.get('toy') as Pack;
    const facts = Object.fromEntries(
      [...toy.alerts.values()].map(({ name, threshold, window, shortestWindow, unit }) => [
        name,
        [threshold?.value, threshold?.op, window, shortestWindow, unit.name],
      ]),
    );
    expect(facts).toEqual({
      NodeDown: [undefined, undefined, undefined, undefined, 'bool'],
      HeadStalled: [5, '<', 600, 600, 'blocks'],
      LagHigh: [60, '>', undefined, undefined, 's'],
      LagVeryHigh: [600, '>', undefined, undefined, 's'],
      ErrorRateHigh: [0.1, '>', 600, 600, 'errors/s'],
      SlowRequests: [5, '>', 600, 600, 's'],
      BalanceLow: [0.5, '<', undefined, undefined, 'ETH'],
      BalanceEmpty: [0.1, '<', undefined, undefined, 'ETH'],
      RunwayShort: [24, '<', undefined, undefined, 'h'],
      GasHigh: [100, '>', undefined, undefined, 'gwei'],
      SignerDown: [undefined, undefined, undefined, undefined, 'bool'],
      SignerSlow: [0.5, '<', 3600, 600, 'signatures/s'],
    });
  });

  test('two limits of one reading are told by the reading', () => {
    const reading = (name: string) => known.packs.get('toy')?.alerts.get(name)?.reading;
    expect(reading('BalanceLow')).toBe(reading('BalanceEmpty'));
    expect(reading('BalanceLow')).not.toBe(reading('LagHigh'));
  });

  test('recording rules come before the alerts that read them', () => {
    expect(known.packs.get('toy')?.groups.map((group) => group.name)).toEqual(['runway', 'node', 'money', 'signer']);
  });

  test('has its runbooks by alert', () => {
    expect([...(known.packs.get('toy')?.runbooks.keys() ?? [])]).toEqual(['HeadStalled', 'NodeDown']);
  });

  test.each<[string, string, Readonly<Record<string, string>>?]>([
    [
      'rules/x/alerts.yaml:4: A lacks labels.severity (critical, warning, info or none), labels.component, labels.subject',
      rule({ labels: '{ team: high }' }),
    ],
    [
      'rules/x/alerts.yaml:4: A lacks annotations.summary, annotations.description, annotations.unit, annotations.runbook_url',
      rule({ annotations: '{}' }),
    ],
    [
      'rules/x/alerts.yaml:7: A: "3 things" is not a unit',
      rule({ annotations: '{ summary: s, description: d, unit: 3 things, runbook_url: /r }' }),
    ],
    [
      'rules/x/alerts.yaml:10: A is defined twice',
      `${rule({})}  - name: h\n${rule({}).split('\n').slice(2).join('\n')}`,
    ],
    [
      'rules/x: two groups are called g',
      rule({}),
      { 'recording.yaml': 'groups: [{ name: g, rules: [{ record: a:b:c, expr: m }] }]' },
    ],
    ['rules/x/metrics.yaml: expected a document, but the input is empty', rule({}), { 'metrics.yaml': '' }],
  ])('%s', (fault, alerts, more) => {
    expect(faultsOf(() => read(alerts, more))).toEqual([fault]);
  });

  test('tells the faults of all its files at once', () => {
    const faults = faultsOf(() =>
      read(rule({ expr: 'm >' }), { 'recording.yaml': 'groups: 1', 'metrics.yaml': 'chain: x' }),
    );
    expect(faults.map((fault) => /rules\/x\/(\w+)/.exec(fault)?.[1])).toEqual([
      'recording',
      'alerts',
      'metrics',
      'metrics',
    ]);
  });
});
