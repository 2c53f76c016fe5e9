/** What is said of imported rules, and of routes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guessChain, guessSeverity, guessUnit } from '../../../../model/import/guess.ts';
import { judge } from '../../../../model/import/judge.ts';
import { readRules } from '../../../../model/import/read.ts';
import { judgeRoutes } from '../../../../model/import/routes.ts';
import { makeKnown } from '../../../../model/knowledge.ts';
import { parseCatalogue } from '../../../../model/rules/catalogue.ts';
import { nearestMetric } from '../../../../model/rules/lint/nearestName.ts';
import { METRICS } from '../../../fixtures/lint.ts';
import { known as toy } from '../../../fixtures/toy.ts';

const chain = toy.chains.get('toy');
if (!chain) throw new Error('no toy');
const pack = (name: string, text: string) => ({ chain: name, files: new Map([['metrics.yaml', text]]) });
const SYSTEM =
  'chain: system\nscope: environment\nmetrics: [{ name: up, type: gauge, synthetic: true, unit: bool, help: h, source: s }]\n';
const known = makeKnown(
  [{ ...chain, name: 'x', components: [{ name: 'node', metricsPath: '/', description: '' }], always: [] }],
  [pack('x', METRICS.replace('chain: x', 'chain: x').replace(/ {2}- \{ name: up.*\n/, '')), pack('system', SYSTEM)],
);

interface Fields {
  readonly labels?: string;
  readonly annotations?: string;
  readonly name?: string;
  readonly more?: string;
}
const GOOD = {
  labels: '{ severity: warning, component: node, subject: s }',
  annotations: '{ summary: s, description: "{{ $value }}", unit: s }',
};
const fileOf = (expr: string, { labels, annotations, name = 'A', more = '' }: Fields = {}) =>
  `groups:\n- name: n\n  rules:\n  - alert: '${name}'\n    expr: '${expr}'\n    labels: ${labels ?? GOOD.labels}\n    annotations: ${annotations ?? GOOD.annotations}\n${more}`;
const said = (expr: string, fields: Fields = {}) =>
  judge(readRules(fileOf(expr, fields), 'f.yml'), 'x', known).remarks.map(
    ({ line, kind, message }) => `${line} ${kind}: ${message}`,
  );

test('of a rule in order nothing is said', () => {
  expect(said('g > 5')).toEqual([]);
  expect(said('histogram_quantile(0.9, sum by (network, le) (rate(h_bucket[10m]))) > 9')).toEqual([]);
});

describe('what is wrong', () => {
  test.each<[string, string]>([
    ['l1_prices > 5', 'reads l1_prices, which is in no catalogue; did you mean "l1_price"?'],
    [
      'histogram_quantile(0.9, sum by (network, le) (rate(h_bucket[10m]))) > 10',
      'asks whether a quantile of h is over 10; its last bucket ends at 10, so it never is',
    ],
    ['rate(g[10m]) > 5', 'takes rate of g, a gauge: what falls would count as a restart'],
    ['b_total > 0', 'compares b_total as it stands, a counter since its process began: take increase or rate of it'],
    ['g{layer="saef"} > 5', 'selects g by layer="saef", which it never is: safe, unsafe; did you mean "safe"?'],
    ['g{layr="safe"} > 5', 'selects g by layr, a label that it does not have; did you mean "layer"?'],
    ['old > 5', 'reads old, which upstream dropped; read g'],
    ['histogram_quantile(0.9, rate(b_total[10m])) > 5', 'takes a quantile of b_total, a counter and no histogram'],
  ])('%s', (expr, fault) => {
    expect(said(expr)).toEqual([`5 fault: ${fault}`]);
  });

  test('labels and texts that are missing, with what the draft says instead', () => {
    expect(said('g > 5', { labels: '{}', annotations: '{}' })).toEqual([
      '4 fault: lacks labels.severity, labels.component, labels.subject, annotations.summary, annotations.description, annotations.unit; the draft says severity: warning, component: todo, subject: a, summary: "a", description: todo, unit: s',
    ]);
  });

  test('a severity and a component that are none', () => {
    expect(said('g > 5', { labels: '{ severity: page, component: nodee, subject: s }' })).toEqual([
      '4 fault: has the severity "page", which is none of critical, warning, info; the draft says critical',
      '4 fault: is about the component "nodee", which x does not have; the draft says node',
    ]);
  });

  test('"or more" of a name that PromQL does not keep', () => {
    expect(said('count by (network) (g) > 3', { name: '3+ nodes' })).toEqual([
      '4 fault: asks for > 3 where its text says "3+", which is >= 3',
      '4 note: is called Alert3Nodes in the draft',
    ]);
  });

  test('the same limit said in two ways is one fault', () => {
    const annotations = '{ summary: "3 or more nodes", description: "{{ $value }}", unit: nodes }';
    const faults = said('count by (network) (g) > 3', { name: '3+ nodes', annotations });
    expect(faults.filter((message) => message.includes('asks for'))).toEqual([
      '4 fault: asks for > 3 where its text says "3 or more", which is >= 3',
    ]);
  });

  test('a histogram that no catalogue has is said once', () => {
    expect(said('histogram_quantile(0.9, sum by (le, network) (rate(nobody_bucket[10m]))) > 5')).toEqual([
      '5 fault: reads nobody_bucket, which is in no catalogue',
    ]);
  });

  test('a window that only our compressed time finds short is a note', () => {
    expect(said('delta(g[5m]) > 5')).toEqual([expect.stringMatching(/^5 note: looks over 5m; the least is 10m/)]);
  });

  test('templates by which Prometheus would refuse the file, and labels that are not kept, each on its line', () => {
    const annotations = `
      summary: '{{ $lables.layer }}'
      description: |-
        {{ $value }}
        of {{ $labels.layer }}
      unit: s`;
    expect(said('sum by (network) (g) > 5', { annotations })).toEqual([
      '8 fault: has an annotation summary that reads the variable $lables, which there is not; did you mean "$labels"?',
      '11 note: speaks of $labels.layer in its annotation description, which its expression does not keep (it keeps network)',
    ]);
    const labels = '{ severity: warning, component: node, subject: s, team: "{{ $valeu }" }';
    expect(said('g > 5', { labels })).toEqual(['6 fault: has a label team that opens {{ and does not close it']);
  });

  test('what the rules record themselves is known', () => {
    const more = '  - record: a:g:sum\n    expr: sum by (network) (g)\n';
    expect(said('a:g:sum > 5', { more })).toEqual([]);
    expect(said('a:g:sum > 5')).toEqual([expect.stringContaining('reads a:g:sum, which is in no catalogue')]);
  });

  test('two of one name become two', () => {
    const { completed } = judge(
      readRules(fileOf('g > 5', { more: '  - { alert: A, expr: g > 6 }\n' }), 'f.yml'),
      'x',
      known,
    );
    expect(completed.map(({ rule }) => rule.name)).toEqual(['A', 'A2']);
  });
});

describe('what is guessed', () => {
  const catalogues = [parseCatalogue(METRICS, 'x'), parseCatalogue(SYSTEM, 'system')];
  test('the chain, by what is read', () => {
    const of = (expr: string) => guessChain(readRules(fileOf(expr), 'f').rules, catalogues);
    expect([of('g > 5'), of('nobody > 5')]).toEqual(['x', undefined]);
    expect(
      guessChain(readRules(fileOf('up == 0'), 'f').rules, [
        parseCatalogue(METRICS.replace(/ {2}- \{ name: up.*\n/, ''), 'x'),
        ...catalogues.slice(1),
      ]),
    ).toBe('system');
  });

  test('the severity', () => {
    expect(['page', 'Critical', 'warn', 'low', 'constructor', ''].map(guessSeverity)).toEqual([
      'critical',
      'critical',
      'warning',
      'info',
      undefined,
      undefined,
    ]);
  });

  test.each([
    ['g > 5', 's'],
    ['rate(g[10m]) > 5', 's/s'],
    ['g / k > 0.5', 'ratio'],
    ['count(g) > 3', 'series'],
    ['absent(g)', 'bool'],
    ['nobody > 3', 'things'],
  ])('the unit of %s is %s', (expr, unit) => {
    expect(guessUnit(expr, catalogues)).toBe(unit);
  });

  test('the metric that was meant, by its words where its letters say nothing', () => {
    const names = ['op_batcher_default_balance', 'op_node_default_up'];
    expect(nearestMetric('op_batcher_balance', names)).toBe('op_batcher_default_balance');
    expect(nearestMetric('nothing_alike_here', names)).toBeUndefined();
  });
});

describe('routes', () => {
  const ROUTES = `route:
  receiver: mail
  routes:
    - receiver: pager
      matchers: [severity="critical"]
    - receiver: pagr
      match: { severity: warning }
    - receiver: mail
      matchers: ['{severity=~"info|none", alertname!="B"}']
      routes:
        - matchers: [layer=safe]
    - receiver: mail
      matchers: [layer="safe"]
    - receiver: mail
      match_re: { alertname: A.* }
receivers: [{ name: mail }, { name: pager }]
`;
  const judged = judge(readRules(fileOf('g > 5'), 'f.yml'), 'x', known);
  const routes = (text: string) =>
    judgeRoutes(text, 'am.yml', judged.routed).map(({ line, message }) => `${line} ${message}`);

  test('those that no alert takes, what comes after one that takes all, and receivers that are not there', () => {
    expect(routes(ROUTES)).toEqual([
      '4 is a route that none of the 1 alerts takes: severity="critical"',
      '6 leads to the receiver "pagr", which is not there; did you mean "pager"?',
      '8 is a route that none of the 1 alerts takes: severity=~"info|none", alertname!="B"',
      '12 is a route that none of the 1 alerts takes: layer="safe" (no rule sets layer; targets or external_labels may)',
      '14 is a route that none of the 1 alerts takes: alertname=~"A.*"',
    ]);
  });

  test('a label that only series have may match, and a route that goes on lets others act', () => {
    expect(
      routes(
        ROUTES.replace('match: { severity: warning }', 'match: { severity: warning }\n      continue: true').replace(
          'pagr',
          'pager',
        ),
      ),
    ).toEqual([expect.stringMatching(/^4 /), expect.stringMatching(/^9 /)]);
  });

  test.each([
    ['a: 1', '1 holds no routes: it is no configuration of an Alertmanager, and no notification policy of Grafana'],
    ['receiver: m\nalerts: []', '1 holds no routes: '],
    ['route: [', '1 cannot be read: '],
    [
      'route: { receiver: m, routes: [{ matchers: ["a ? b"] }] }\nreceivers: [{ name: m }]',
      '1 has the matcher a ? b, which cannot be read',
    ],
    [
      'route: { receiver: m, routes: [{ match_re: { a: "(" } }] }\nreceivers: [{ name: m }]',
      '1 asks for a=~"(", which is no pattern',
    ],
  ])('%s is named', (text, message) => {
    expect(routes(text)[0]).toContain(message);
  });

  const POLICY = {
    receiver: 'mail',
    group_by: ['grafana_folder'],
    routes: [
      { receiver: 'pager', object_matchers: [['severity', '=', 'critical']] },
      { receiver: 'mail', object_matchers: [['grafana_folder', '=', 'Nodes']] },
      { object_matchers: [['severity', '=~', 'warn.*']], continue: true },
      { receiver: 'mail', matchers: ['team=nobody'] },
      { receiver: 'mail', object_matchers: [['severity', '=='], 'x'] },
    ],
  };

  test('of a notification policy of Grafana as its API answers it: what only Grafana sets may match', () => {
    const said = routes(JSON.stringify(POLICY)).map((each) => each.replace(/^1 /, ''));
    expect(said).toEqual([
      'has the matcher ["severity","=="], which cannot be read',
      'has the matcher "x", which cannot be read',
      'is a route that none of the 1 alerts takes: severity="critical"',
      'is a route that none of the 1 alerts takes: team="nobody" (no rule sets team; targets or external_labels may)',
    ]);
  });

  test('of its export, with the contact points where it has them', () => {
    const { routes: all, ...root } = POLICY;
    const policies = [{ orgId: 1, ...root, routes: all.slice(0, 2) }];
    const without = routes(JSON.stringify({ apiVersion: 1, policies }));
    expect(without).toEqual(['1 is a route that none of the 1 alerts takes: severity="critical"']);
    const contactPoints = [
      { orgId: 1, name: 'mail' },
      { orgId: 1, name: 'pages' },
    ];
    expect(routes(JSON.stringify({ apiVersion: 1, contactPoints, policies }))).toEqual([
      '1 leads to the receiver "pager", which is not there; did you mean "pages"?',
      ...without,
    ]);
  });

  test('whatever the configuration is, it answers', () => {
    const matcher = fc.oneof(fc.string(), fc.constantFrom('a="b"', '{a=~"b|c"}', 'a!=b', '{', 'a=~"("', '"a b"="c"'));
    const { route } = fc.letrec((tie) => ({
      route: fc.record({
        receiver: fc.string(),
        matchers: fc.oneof(fc.array(matcher, { maxLength: 3 }), matcher),
        continue: fc.boolean(),
        routes: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('route'), { maxLength: 3 })),
      }),
    }));
    const text = fc.oneof(
      fc.string(),
      route.map((tree) => JSON.stringify({ route: tree, receivers: [{ name: 'm' }] })),
    );
    fc.assert(fc.property(text, (given) => judgeRoutes(given, 'am.yml', judged.routed).every(({ line }) => line > 0)));
  });
});
