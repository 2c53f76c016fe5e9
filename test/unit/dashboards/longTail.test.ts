/** The long tail: what it draws and leaves out, where it puts things, and that nothing moves when something is added. */
import { describe, expect, test } from 'vitest';
import { longTail } from '../../../model/dashboards/longTail.ts';
import type { Panel } from '../../../model/dashboards/panels.ts';
import { parsePromql } from '../../../model/promql/syntax.ts';
import { parseCatalogue } from '../../../model/rules/catalogue.ts';
import { known } from '../../fixtures/real.ts';

const METRICS = `chain: toy
scope: network
metrics:
  - { name: blocks_total, component: node, type: counter, unit: blocks, help: blocks made, source: s }
  - { name: sync_lag, component: node, type: gauge, unit: s, help: how far behind, source: s, note: in its own time }
  - { name: sync_state_total, component: node, type: counter, labels: [peer, result], help: steps, source: s }
  - { name: coder_info, component: node, type: gauge, labels: [component, mode], help: coder in use, source: s }
  - { name: reload_ts, component: node, type: gauge, unit: unix seconds, help: last reload, source: s }
  - { name: queue_bytes, component: node, type: gauge, labels: [peer], unit: B, help: what waits, source: s }
  - { name: took_seconds, component: node, type: histogram, unit: s, help: duration, source: s }
  - { name: old_total, component: node, type: counter, help: dropped, source: s, deprecated: true, replacement: blocks_total }
  - { name: 'node:lag:max', component: node, type: gauge, help: recorded, source: s, recorded: true }
  - { name: other_total, component: other, type: counter, help: of another, source: s }
`;
const subsystems = [
  { title: 'Sync', prefixes: ['sync_'] },
  { title: 'State', prefixes: ['sync_state_'] },
  { title: 'Nothing', prefixes: ['zzz_'] },
];
const make = (metrics: string) =>
  longTail({
    slug: 'all',
    title: 'All',
    description: 'All of it.',
    component: 'node',
    catalogue: parseCatalogue(metrics, 'metrics.yaml'),
    subsystems,
    unbounded: ['peer'],
  });
const spec = make(METRICS);
const panels = new Map(spec.sections.flatMap((each) => each.panels).map((panel) => [panel.title, panel]));
const exprOf = (panel: Panel | undefined) =>
  panel?.queries.map((each) => ('expr' in each ? `${each.expr} | ${each.legend}` : '')).join();

describe('the long tail', () => {
  test('has each counter and gauge of its component, and nothing that is dropped, recorded or no line', () => {
    expect([...panels.keys()].sort()).toEqual([
      'blocks_total',
      'coder_info',
      'queue_bytes',
      'reload_ts',
      'sync_lag',
      'sync_state_total',
    ]);
  });

  test('groups them by the longest prefix, the rest last, and has no empty group', () => {
    expect(spec.sections.map(({ title, panels: own }) => [title, own.map((panel) => panel.title)])).toEqual([
      ['Sync', ['sync_lag']],
      ['State', ['sync_state_total']],
      ['Others', ['blocks_total', 'coder_info', 'queue_bytes', 'reload_ts']],
    ]);
    expect(spec.sections.every(({ collapsed }) => collapsed)).toBe(true);
  });

  test('draws counters per second, sums away what is many, and leaves to the target its labels', () => {
    expect(exprOf(panels.get('blocks_total'))).toBe(
      'rate(blocks_total{component="node"}[$__rate_interval]) | {{instance}}',
    );
    expect(exprOf(panels.get('sync_lag'))).toBe('sync_lag{component="node"} | {{instance}}');
    expect(exprOf(panels.get('sync_state_total'))).toBe(
      'sum by (instance, result) (rate(sync_state_total{component="node"}[$__rate_interval])) | {{result}} {{instance}}',
    );
    expect(exprOf(panels.get('coder_info'))).toBe(
      'sum by (instance, mode) (coder_info{component="node"}) | {{mode}} {{instance}}',
    );
    expect(exprOf(panels.get('queue_bytes'))).toBe('sum by (instance) (queue_bytes{component="node"}) | {{instance}}');
    expect(exprOf(panels.get('reload_ts'))).toBe(
      'time() - max by (instance) (reload_ts{component="node"} > 0) | {{instance}}',
    );
  });

  test('says what it shows, in the unit of the catalogue', () => {
    const said = [...panels.values()].map(({ title, unit, description }) => [title, unit, description]);
    expect(said).toEqual([
      ['sync_lag', 's', 'How far behind. In its own time.'],
      ['sync_state_total', 'events/s', 'Steps. Per second.'],
      ['blocks_total', 'blocks/s', 'Blocks made. Per second.'],
      ['coder_info', 'amount', 'Coder in use.'],
      ['queue_bytes', 'B', 'What waits.'],
      ['reload_ts', 's', 'Last reload.'],
    ]);
  });

  test('keeps the number of each panel when others come', () => {
    const more = `${METRICS}  - { name: a_first_total, component: node, type: counter, help: new, source: s }\n`;
    const numbers = new Map(make(more).sections.flatMap((each) => each.panels.map(({ id, title }) => [title, id])));
    for (const [title, { id }] of panels) expect(numbers.get(title), title).toBe(id);
    expect(numbers.size).toBe(panels.size + 1);
  });

  test('a unit that is none is a fault with the name of its metric', () => {
    expect(() => make(METRICS.replace('unit: blocks', 'unit: "1/2"'))).toThrow('blocks_total: "1/2/s" is not a unit');
  });
});

test('of the-block it has every counter and gauge of a node, and queries that parse', async () => {
  const { SUBSYSTEMS, UNBOUNDED } = await import('../../../chains/the-block/dashboards/subsystems.ts');
  const catalogue = known.packs.get('the-block')?.catalogue;
  if (!catalogue) throw new Error('no pack the-block');
  const { sections } = longTail({
    slug: 'all',
    title: 'All',
    description: 'All of it.',
    component: 'tb-node',
    catalogue,
    subsystems: SUBSYSTEMS,
    unbounded: UNBOUNDED,
  });
  const drawn = sections.flatMap(({ panels: own }) => own.map(({ title }) => title));
  const expected = [...catalogue.metrics.values()].filter(
    ({ component, type, deprecated }) => component === 'tb-node' && ['counter', 'gauge'].includes(type) && !deprecated,
  );
  expect(drawn.toSorted()).toEqual(expected.map(({ name }) => name).sort());
  expect(drawn.length).toBeGreaterThan(240);
  expect(sections.map(({ title }) => title)).toEqual(SUBSYSTEMS.map(({ title }) => title));
  for (const panel of sections.flatMap((each) => each.panels))
    for (const each of panel.queries) if ('expr' in each) parsePromql(each.expr.replaceAll('$__rate_interval', '5m'));
});
