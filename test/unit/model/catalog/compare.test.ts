import { describe, expect, test } from 'vitest';
import { compareExposition, guessComponent } from '../../../../model/catalog/compare.ts';
import { readExposition } from '../../../../model/exposition/read.ts';
import { parseCatalogue } from '../../../../model/rules/catalogue.ts';

const own = parseCatalogue(
  `chain: x
scope: network
metrics:
  - { name: g, component: node, type: gauge, labels: [layer], values: { layer: [l1, l2] }, help: h, source: s }
  - { name: c_total, component: node, type: counter, help: h, source: s }
  - { name: h, component: node, type: histogram, buckets: [0.1, 1], help: h, source: s }
  - { name: q, component: node, type: summary, labels: [quantile], help: h, source: s }
  - { name: old, component: node, type: gauge, deprecated: true, help: h, source: s }
  - { name: a:b:c, component: node, type: gauge, recorded: true, help: h, source: s }
  - { name: elsewhere, component: signer, type: gauge, help: h, source: s }
  - { name: process_up, component: signer, type: gauge, help: h, source: s }
`,
  'metrics.yaml',
);
const system = parseCatalogue(
  'chain: system\nscope: environment\nmetrics: [{ name: shared, type: gauge, help: h, source: s }]\n',
  'system',
);
const compare = (text: string) => compareExposition(readExposition(text).families, own, [system], 'node');
const ALL =
  '# TYPE g gauge\ng{layer="l1"} 1\n# TYPE c_total counter\nc_total 1\n# TYPE h histogram\nh_bucket{le="0.1"} 1\nh_bucket{le="1.0"} 1\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n# TYPE q summary\nq{quantile="0.5"} 1\n';

describe('beside its catalogue', () => {
  test('what is all as written', () => {
    expect(compare(ALL)).toEqual({ added: [], notSeen: [], differences: [], same: 4 });
  });

  test('only the metrics of the component are missed; not those recorded, nor those dropped', () => {
    expect(compare('g 1\n').notSeen.map(({ name }) => name)).toEqual(['c_total', 'h', 'q']);
  });

  test('what another catalogue has is not new, and what belongs to another component is known', () => {
    expect(compare(`${ALL}shared 1\nelsewhere 1\nfresh 1\n`).added.map(({ name }) => name)).toEqual(['fresh']);
  });

  test('a count that geth writes as a counter of its own belongs to the summary', () => {
    expect(compare(`# TYPE q_count counter\nq_count 1\n${ALL}`)).toMatchObject({ added: [], differences: [] });
  });

  test.each([
    ['# TYPE g counter\ng 1\n', 'type', 'is a counter; the catalogue says gauge'],
    ['g 1\n', 'type', 'is untyped; the catalogue says gauge'],
    [
      '# TYPE g gauge\ng{layr="l1"} 1\n',
      'labels',
      'has the label layr, which the catalogue does not list (near is "layer")',
    ],
    [
      '# TYPE c_total counter\nc_total{zone="1"} 1\n',
      'labels',
      'has the label zone, which the catalogue does not list (the catalogue has none)',
    ],
    ['# TYPE g gauge\ng{layer="l3"} 1\n', 'values', 'has layer="l3"; the catalogue closes the set at l1, l2'],
    ['# TYPE h histogram\nh_bucket{le="5"} 1\n', 'buckets', 'has the buckets 5; the catalogue says 0.1, 1'],
    ['# TYPE old gauge\nold 1\n', 'deprecated', 'is exposed; the catalogue says that upstream dropped it'],
    ['# TYPE "a.b" gauge\n{"a.b"} 1\n', 'name', 'is new, and has a name that no catalogue holds'],
  ])('%j differs', (text, kind, message) => {
    expect(compare(text).differences).toEqual([expect.objectContaining({ kind, message })]);
  });
});

test('the component is the one with most of its metrics there; what any program exposes says nothing', () => {
  const guess = (text: string) => guessComponent(readExposition(text).families, own);
  expect(guess('g 1\nc_total 1\nelsewhere 1\n')).toBe('node');
  expect(guess('elsewhere 1\n')).toBe('signer');
  expect(guess('process_up 1\nnobody 1\n')).toBeUndefined();
});
