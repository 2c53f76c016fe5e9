import { describe, expect, test } from 'vitest';
import { parsePromql } from '../../../../model/promql/syntax.ts';
import { metricOfSeries, parseCatalogue } from '../../../../model/rules/catalogue.ts';
import { type Ground, lintExpression } from '../../../../model/rules/lint/expression.ts';
import { resultLabels } from '../../../../model/rules/lint/resultLabels.ts';
import { METRICS } from '../../../fixtures/lint.ts';

const TARGET = ['network', 'chain', 'component', 'instance', 'job'];
const catalogue = parseCatalogue(METRICS, 'metrics.yaml');
const ground: Ground = {
  scope: 'network',
  metricOf: (series) => metricOfSeries([catalogue], series),
  labelsOf: (series) => {
    const metric = series === undefined ? undefined : metricOfSeries([catalogue], series);
    if (!metric || series === undefined) return 'any';
    return new Set([
      ...metric.labels,
      ...(series.endsWith('_bucket') ? ['le'] : []),
      ...TARGET.filter((label) => !(metric.shared && label === 'network')),
    ]);
  },
  components: new Set(['node', 'signer']),
};

describe('the labels of a result', () => {
  test.each([
    ['g', ['a', 'layer', ...TARGET]],
    ['-(g offset 5m)', ['a', 'layer', ...TARGET]],
    ['rate(b_total[10m])', ['a', ...TARGET]],
    ['sum(g)', []],
    ['sum by (network, a) (g)', ['network', 'a']],
    ['sum by (network, nope) (g)', ['network']],
    ['max without (a, layer) (g)', TARGET],
    ['topk(3, g)', ['a', 'layer', ...TARGET]],
    ['count_values by (network) ("version", g)', ['network', 'version']],
    ['histogram_quantile(0.9, sum by (network, le) (rate(h_bucket[10m])))', ['network']],
    ['histogram_quantile(0.9, rate(h_bucket[10m]))', ['a', ...TARGET]],
    ['label_replace(sum by (network) (g), "dst", "$1", "network", "(.*)")', ['network', 'dst']],
    ['absent(g{a="x", layer=~"safe"})', ['a']],
    ['absent_over_time(up{component="node"}[10m])', ['component']],
    ['vector(1)', []],
    ['time() - g', ['a', 'layer', ...TARGET]],
    ['g > 5', ['a', 'layer', ...TARGET]],
    ['5 < g', ['a', 'layer', ...TARGET]],
    ['g / on (network) group_left () sum by (network) (k)', ['a', 'layer', ...TARGET]],
    ['sum by (network) (k) * on (network) group_right (x) g', ['x', 'a', 'layer', ...TARGET]],
    ['b_total * on (network, instance) up', ['network', 'instance']],
    ['b_total * ignoring (a) up', TARGET],
    ['up and on (network) sum by (network) (g)', TARGET],
    ['sum by (network) (g) or sum by (a) (g)', ['network', 'a']],
    ['max_over_time((g > 5)[1h:1m])', ['a', 'layer', ...TARGET]],
    ['scalar(g) + sum by (a) (g)', ['a']],
    ['1 + 2', []],
  ])('of %s', (expr, labels) => {
    const result = resultLabels(expr, parsePromql(expr).topNode, ground.labelsOf);
    expect([...result].sort()).toEqual([...labels].sort());
  });

  test('of what nobody knows may be any', () => {
    expect(resultLabels('nobody', parsePromql('nobody').topNode, ground.labelsOf)).toBe('any');
    expect(resultLabels('nobody + g', parsePromql('nobody + g').topNode, ground.labelsOf)).toBe('any');
  });
});

describe('an expression in order', () => {
  test.each([
    'g{a="x", layer="safe", component="node", instance=~"i.*"} > 5',
    'g{layer=~"safe|unsafe", a=""} > 5',
    'rate(b_total[10m]) > 0.5',
    'increase(h_count[10m]) > 5',
    'deriv(g[20m]) < 0',
    'histogram_quantile(0.9, sum by (network, le) (rate(h_bucket[10m]))) > 9.9',
    'histogram_quantile(0.9, sum by (network, le) (rate(h_bucket[10m]))) < 100',
    'h_bucket{le=~"1([.]0)?"} / ignoring (le) h_bucket{le="+Inf"} > 0.5',
    'rate(h_bucket{le="1.0"}[10m]) > 0.5',
    'sum by (network) (rate(b_total[10m])) > 0.5',
    'b_total > b_total offset 10m',
    'b_total > 0',
    'b_total / 5 > on (network, instance, a) group_left () g',
    'max by (network) (g) > 5',
    'g / on (network, instance) group_left () up > 5',
    'g * on () group_left () l1_price > 5',
    'sum(l1_price) > 5',
    'up unless on (network, instance) b_total',
    'g / k > 5',
    'changes(b_total[10m]) > 0',
    'up * on (network, instance) group_left (a) k > 5',
    'k * on (network, instance) group_right (a) up > 5',
    'increase((sum by (network) (g))[10m:1m]) > 5',
    'sum by (network) (g) * (-(2)) > 5',
  ])('%s', (expr) => {
    expect(lintExpression(expr, ground)).toEqual([]);
  });
});

const BARE = 'compares b_total as it stands, a counter since its process began: take increase or rate of it';

test('whether a counter has counted at all may be asked, yet of rules from elsewhere it is told', () => {
  expect(lintExpression('b_total > 0', { ...ground, strict: true })).toEqual([BARE]);
});

describe('an expression with a fault', () => {
  test.each([
    ['nobody > 5', 'reads nobody, which is in no catalogue'],
    ['b_total > 5', BARE],
    ['5 < (b_total offset 10m)', BARE],
    ['sum by (network) (b_total) > 5', BARE],
    ['h_count > 5', BARE.replace('b_total', 'h_count')],
    ['up{job="x"} == 0', 'selects up by job, a name that whoever scrapes makes up: select it by component'],
    ['{job="x"} > 5', 'selects series by no name, so nothing says what they are'],
    ['old > 5', 'reads old, which upstream dropped; read g'],
    ['g{network="x"} > 5', 'selects g by network, which is put in for each network'],
    [
      'g{kind="x"} > 5',
      'selects g by kind, a label that it does not have; it has a, chain, component, instance, job, layer, network',
    ],
    ['g{layer="finalized"} > 5', 'selects g by layer="finalized", which it never is: safe, unsafe'],
    ['g{layer!="finalized"} > 5', 'selects g by layer="finalized", which it never is: safe, unsafe'],
    ['g{layer=~"safe|local"} > 5', 'selects g by layer="local", which it never is: safe, unsafe'],
    [
      'up{component="nodes"} == 0',
      'selects up by component="nodes", which it never is: node, signer; did you mean "node"?',
    ],
    ['rate(h_bucket{le="0.5"}[10m]) > 5', 'selects h_bucket by le="0.5", which it never is: +Inf, 0.1, 1, 10'],
    [
      'rate(h_bucket{le="1"}[10m]) > 5',
      'selects h_bucket by le="1", which Prometheus 3 keeps as "1.0": write le=~"1([.]0)?"',
    ],
    ['rate(h_bucket{le=~"2([.]0)?"}[10m]) > 5', 'selects h_bucket by le="2", which it never is: +Inf, 0.1, 1, 10'],
    ['rate(g[10m]) > 5', 'takes rate of g, a gauge: what falls would count as a restart'],
    ['increase((g)[10m:1m]) > 5', 'takes increase of g, a gauge: what falls would count as a restart'],
    ['deriv(b_total[10m]) > 5', 'takes deriv of b_total, which counts from 0 at every restart'],
    ['delta(h_sum[10m] offset 1h) > 5', 'takes delta of h_sum, which counts from 0 at every restart'],
    [
      'predict_linear(g[1h], 3600) < 0',
      'predicts by predict_linear, whose seconds no compressed time reaches: divide by deriv',
    ],
    ['sum(g) > 5', 'takes sum over all networks at once: group it by network'],
    ['sum by (instance) (g) > 5', 'takes sum over all networks at once: group it by network'],
    ['sum without (network) (g) > 5', 'takes sum over all networks at once: group it by network'],
    ['topk(3, g) > 5', 'takes topk over all networks at once: group it by network'],
    ['sum by (network, kind) (g) > 5', 'groups sum by kind, a label that is not there'],
    ['sum by (network, layer) (max by (network) (g)) > 5', 'groups sum by layer, a label that is not there'],
    ['g and on (network, kind) k', 'joins on kind, which one side never has'],
    ['up and on (network, a) g', 'joins on a, which one side never has'],
    ['g and on (instance) k', 'joins series of different networks: join on network too'],
    ['g and ignoring (network) k', 'joins series of different networks: join on network too'],
    ['g / on (network) group_left (kind) sum by (network) (k)', 'takes kind over from a side that never has it'],
    [
      'g / sum by (network) (k)',
      'joins on all labels, of which one side never has a, chain, component, instance, job, layer',
    ],
    [
      'g * (sum by (network) (k) + 1)',
      'joins on all labels, of which one side never has a, chain, component, instance, job, layer',
    ],
    ['rate(b_total[5m]) > 5', 'looks over 5m; the least is 10m, so that compressed time leaves it enough scrapes'],
    [
      'histogram_quantile(0.9, rate(h_bucket[10m])) > 10',
      'asks whether a quantile of h is over 10; its last bucket ends at 10, so it never is',
    ],
    [
      '30 < max by (network) (histogram_quantile(0.9, rate(h_bucket[10m])))',
      'asks whether a quantile of h is over 30; its last bucket ends at 10, so it never is',
    ],
    [
      'histogram_quantile(0.9, rate(unbound_bucket[10m])) > 1',
      'compares a quantile of unbound, whose buckets the catalogue does not tell',
    ],
    ['g > bool 5', 'compares with bool at the outermost, which always gives a value and so always fires'],
    ['# why\ng == bool 5', 'compares with bool at the outermost, which always gives a value and so always fires'],
  ])('%s', (expr, fault) => {
    expect(lintExpression(expr, ground)).toEqual([fault]);
  });

  test('of the environment may mix networks', () => {
    expect(lintExpression('sum(g) > 5', { ...ground, scope: 'environment' })).toEqual([]);
    expect(lintExpression('g{network="x"} > 5', { ...ground, scope: 'environment' })).toEqual([]);
  });
});
