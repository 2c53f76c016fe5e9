import { describe, expect, test } from 'vitest';
import { makeKnown } from '../../../../model/knowledge.ts';
import { lintKnown } from '../../../../model/rules/lint/known.ts';
import { lintPack } from '../../../../model/rules/lint/pack.ts';
import { parsePack } from '../../../../model/rules/pack.ts';
import { METRICS } from '../../../fixtures/lint.ts';
import { known } from '../../../fixtures/toy.ts';

describe('a pack', () => {
  const PAGE = '# A\n\n## Meaning\nm\n\n## First check\nc\n\n## Fix\nf\n\n## Confirm\nc\n';
  interface Fields {
    readonly expr?: string;
    readonly labels?: string;
    readonly annotations?: string;
    readonly page?: string;
    readonly more?: string;
    readonly metrics?: string;
    readonly recording?: string;
  }
  function faults({ expr, labels, annotations, page = PAGE, more = '', metrics = '', recording }: Fields): string[] {
    const alerts = `groups:
  - name: one
    rules:
      - alert: A
        expr: '${expr ?? 'g > 5'}'
        labels: ${labels ?? '{ severity: warning, component: node, subject: s }'}
        annotations: ${annotations ?? "{ summary: s, description: '{{ $value }}', unit: s, runbook_url: /runbooks/x/A }"}
${more}`;
    const files = new Map([
      ['alerts.yaml', alerts],
      ['metrics.yaml', METRICS + metrics],
      ...(page === '' ? [] : [['runbooks/A.md', page] as const]),
      ...(recording === undefined
        ? []
        : [['recording.yaml', `groups: [{ name: rec, rules: [${recording}] }]`] as const]),
    ]);
    const components = new Set(['node', 'signer']);
    return lintPack(parsePack({ chain: 'x', files }), { system: undefined, components, allComponents: components }).map(
      (fault) => fault.replace(/^x: /, ''),
    );
  }
  const annotated = (change: Readonly<Record<string, string>>) => {
    const all = { summary: 's', description: '{{ $value }}', unit: 's', runbook_url: '/runbooks/x/A', ...change };
    return JSON.stringify(all);
  };

  test('in order', () => {
    expect(faults({})).toEqual([]);
  });

  test.each<[string, Fields]>([
    [
      'A is about nobody, which is no component of x',
      { labels: '{ severity: warning, component: nobody, subject: s }' },
    ],
    [
      'A is about nde, which is no component of x; did you mean "node"?',
      { labels: '{ severity: warning, component: nde, subject: s }' },
    ],
    ['A has the unit s and no threshold that could be tuned: mark one with "# threshold"', { expr: 'g > k' }],
    ['A has the unit s and no threshold that could be tuned: mark one with "# threshold"', { expr: 'g > 5 and k > 3' }],
    [
      'A has the unit bool and compares with a limit: name the unit of what it compares',
      { annotations: annotated({ unit: 'bool' }) },
    ],
    [
      'A inhibits node; there is only "instance"',
      { labels: '{ severity: warning, component: node, subject: s, inhibits: node }' },
    ],
    [
      'A inhibits its instance, of which its result says nothing',
      {
        expr: 'max by (network) (g) > 5',
        labels: '{ severity: warning, component: node, subject: s, inhibits: instance }',
      },
    ],
    [
      'A speaks of $labels.kind, which its result does not have',
      { annotations: annotated({ summary: '{{ $labels.kind }}' }) },
    ],
    [
      'A speaks of $labels.instance, which its result does not have',
      {
        expr: 'max by (network) (g) > 5',
        annotations: annotated({ summary: '{{ $labels.instance }} of {{ $labels.network }}' }),
      },
    ],
    ['A has a summary of several lines', { annotations: annotated({ summary: 'a\nb' }) }],
    ['A has a description that does not tell the value', { annotations: annotated({ description: 'too much' }) }],
    [
      'A has the runbook /runbooks/x/B; it is /runbooks/x/A',
      { annotations: annotated({ runbook_url: '/runbooks/x/B' }) },
    ],
    ['A has no page runbooks/A.md', { page: '' }],
    ['A has a page with the title "B"', { page: PAGE.replace('# A', '# B') }],
    [
      'A has a page with the parts Meaning, Fix, Confirm instead of Meaning, First check, Fix, Confirm',
      { page: PAGE.replace('## First check', 'x\n\n') },
    ],
    [
      'A has a page that says its default limit ("five seconds"), which a stack may tune: say "the limit"',
      { page: PAGE.replace('\nm\n', '\nSilent for more than five seconds.\n') },
    ],
    [
      'A has a page that says its default limit ("5000 ms"), which a stack may tune: say "the limit"',
      { page: PAGE.replace('\nc\n', '\nIt is below 5000 ms again; 50 s, 15 s, 5 blocks and 5 are something else.\n') },
    ],
    [
      'A has a page of 5 lines: too short to help at night',
      { page: '# A\n## Meaning\n## First check\n## Fix\n## Confirm\n' },
    ],
    [
      'a:b:c is recorded and nothing reads it',
      {
        recording: '{ record: "a:b:c", expr: g }',
        metrics: '  - { name: "a:b:c", type: gauge, recorded: true, help: h, source: s }\n',
      },
    ],
    [
      'a:b:c is recorded and not in metrics.yaml (recorded: true)',
      {
        recording: '{ record: "a:b:c", expr: g }',
        expr: 'a:b:c > 5',
        metrics: '  - { name: "a:b:c", type: gauge, help: h, source: s }\n',
      },
    ],
    [
      'a:b:c is in metrics.yaml as recorded and no rule records it',
      { metrics: '  - { name: "a:b:c", type: gauge, recorded: true, help: h, source: s }\n' },
    ],
    [
      'a_b is not named level:metric:operation',
      {
        recording: '{ record: a_b, expr: g }',
        expr: 'a_b > 5',
        metrics: '  - { name: a_b, type: gauge, recorded: true, help: h, source: s }\n',
      },
    ],
    [
      'A groups max by layer, a label that is not there',
      {
        recording: '{ record: "a:b:c", expr: "sum by (network) (g)" }',
        expr: 'max by (network, layer) (a:b:c) > 5',
        metrics: '  - { name: "a:b:c", type: gauge, recorded: true, help: h, source: s }\n',
      },
    ],
    [
      'm has values of y, which is none of its labels',
      { metrics: '  - { name: m, type: gauge, values: { y: [a] }, help: h, source: s }\n' },
    ],
    ['m has buckets and is a gauge', { metrics: '  - { name: m, type: gauge, buckets: [1], help: h, source: s }\n' }],
    [
      'm has buckets that do not rise',
      { metrics: '  - { name: m, type: histogram, buckets: [2, 1], help: h, source: s }\n' },
    ],
    [
      'm is replaced by n, which is in no catalogue',
      { metrics: '  - { name: m, type: gauge, deprecated: true, replacement: n, help: h, source: s }\n' },
    ],
    [
      'm has a replacement and is not deprecated',
      { metrics: '  - { name: m, type: gauge, replacement: g, help: h, source: s }\n' },
    ],
    ['alsoInKubePrometheus names B, which is no alert', { metrics: 'alsoInKubePrometheus: { B: C }\n' }],
  ])('%s', (fault, fields) => {
    expect(faults(fields)).toEqual([fault]);
  });

  const recorded = {
    recording: '{ record: "a:b:c", expr: "sum by (network) (g)" }',
    metrics: '  - { name: "a:b:c", type: gauge, recorded: true, help: h, source: s }\n',
  };
  const pushed = '  - { name: pushed, type: gauge, labels: [job, network], help: h, source: s }\n';
  test.each<[Fields, string[]]>([
    [
      { ...recorded, expr: 'max by (network, instance) (a:b:c) > 5' },
      ['A groups max by instance, a label that is not there'],
    ],
    [{ ...recorded, expr: 'max by (network) (a:b:c) > 5' }, []],
    [{ expr: 'pushed{exported_job="x", chain_network="y"} > 5', metrics: pushed }, []],
    [
      { expr: 'up{exported_job="x"} > 5' },
      ['A selects up by exported_job, a label that it does not have; it has chain, component, instance, job, network'],
    ],
    [
      { expr: 'rate(h_sum{le="0.1"}[10m]) > 5' },
      [expect.stringMatching(/^A selects h_sum by le, a label that it does not have; it has a, chain, /)],
    ],
    [{ expr: 'rate(h_bucket{le="0.1"}[10m]) > 5' }, []],
    [{ expr: 'q{quantile="0.5"} > 5' }, []],
    [
      { expr: 'q_sum{quantile="0.5"} > 5' },
      [expect.stringMatching(/^A selects q_sum by quantile, a label that it does not have; it has chain, /)],
    ],
    [
      { expr: 'g{quantile="0.5"} > 5' },
      [expect.stringMatching(/^A selects g by quantile, a label that it does not have; it has a, chain, /)],
    ],
    [{ expr: 'sum by (network) (l1_price) > 5' }, ['A groups sum by network, a label that is not there']],
    [{ expr: 'sum by (chain) (l1_price) > 5' }, []],
    [{ metrics: '  - { name: m, type: histogram, buckets: [0, 1], help: h, source: s }\n' }, []],
    [
      { metrics: '  - { name: m, type: histogram, buckets: [1, 1], help: h, source: s }\n' },
      ['m has buckets that do not rise'],
    ],
  ])('%j', (fields, expected) => {
    expect(faults(fields)).toEqual(expected);
  });

  const second = (threshold: number, subject = 's', unit = 's', reading = 'g >') => `
      - alert: B
        expr: '${reading} ${threshold}'
        labels: { severity: critical, component: node, subject: ${subject} }
        annotations: { summary: s, description: '{{ $value }}', unit: ${unit}, runbook_url: /runbooks/x/B }
`;
  test.each<[string, string]>([
    ['A and B read the same, and the warning comes after the critical one', second(4)],
    ['A and B read the same, and the warning comes after the critical one', second(5)],
    ['A and B read the same in different units', second(6, 's', 'ms')],
    ['A and B read the same and differ in subject, so that neither mutes the other', second(6, 't')],
  ])('%s', (fault, more) => {
    expect(faults({ more })).toEqual(['B has no page runbooks/B.md', fault]);
  });

  test('limits of other readings are no pair, and those of one that falls are the other way round', () => {
    const page = 'B has no page runbooks/B.md';
    expect(faults({ more: second(4, 's', 's', 'k >') })).toEqual([page]);
    expect(faults({ expr: 'g < 5', more: second(4, 's', 's', 'g <') })).toEqual([page]);
    const after = 'A and B read the same, and the warning comes after the critical one';
    expect(faults({ expr: 'g < 5', more: second(5, 's', 's', 'g <') })).toEqual([page, after]);
  });

  test('a page about no alert is an orphan', () => {
    expect(faults({ page: PAGE })).toEqual([]);
    const files = new Map([
      ['alerts.yaml', 'groups: []'],
      ['metrics.yaml', METRICS],
      ['runbooks/Z.md', PAGE],
    ]);
    const components = new Set<string>();
    expect(
      lintPack(parsePack({ chain: 'x', files }), { system: undefined, components, allComponents: components }),
    ).toEqual(['x: runbooks/Z.md is about no alert']);
  });
});

test('all packs at once: each by its chain, with the components that it has', () => {
  const faults = lintKnown(known);
  expect([...faults.keys()]).toEqual(['system', 'toy']);
  expect(faults.get('system')).toEqual([
    'rules/system/alerts.yaml:4: Watchdog has a page with the parts  instead of Meaning, First check, Fix, Confirm',
    'rules/system/alerts.yaml:4: Watchdog has a page of 1 lines: too short to help at night',
    'rules/system/alerts.yaml:8: HostBusy has no page runbooks/HostBusy.md',
  ]);
  expect(faults.get('toy')?.filter((fault) => !/page|runbook/.test(fault))).toEqual([]);
});

describe('an alert of two packs', () => {
  const files = (chain: string, scope = 'network') => ({
    chain,
    files: new Map([
      ['metrics.yaml', METRICS.replace('chain: x', `chain: ${chain}`).replace('scope: network', `scope: ${scope}`)],
      [
        'alerts.yaml',
        `groups: [{ name: n, rules: [{ alert: A, expr: g > 5, labels: { severity: info, component: c, subject: s }, annotations: { summary: s, description: '{{ $value }}', unit: s, runbook_url: /runbooks/${chain}/A } }] }]`,
      ],
    ]),
  });

  test('is a fault of both where one is of the environment', () => {
    const faults = lintKnown(makeKnown([], [files('a'), files('b', 'environment')]));
    expect(faults.get('a')?.at(-1)).toBe('a: A is an alert of a and b');
    expect(faults.get('b')?.at(-1)).toBe('b: A is an alert of a and b');
  });

  test('is none where each is of a chain: a network has only one', () => {
    const faults = lintKnown(makeKnown([], [files('a'), files('b')]));
    expect([...(faults.get('a') ?? []), ...(faults.get('b') ?? [])].join()).not.toContain('is an alert of');
  });
});
