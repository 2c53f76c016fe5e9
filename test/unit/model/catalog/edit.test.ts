/** Entries are put into a catalogue, and nothing else of its text changes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CatalogueEditError, editCatalogue, UNCHECKED } from '../../../../model/catalog/edit.ts';
import { type Family, readExposition } from '../../../../model/exposition/read.ts';
import { parseCatalogue } from '../../../../model/rules/catalogue.ts';
import { runs } from '../../../fixtures/prove.ts';
import { oneLineText } from '../../../fixtures/text.ts';

const TEXT = `# Of x.
chain: x
scope: network
metrics:
  # The node.
  - name: a_first
    component: node
    type: gauge
    help: 'of  odd   spaces'   # kept
    source: s

  # Those of the signer.
  - { name: m, component: signer, type: gauge, help: h, source: s }
  - name: z
    component: node
    type: gauge
    help: >-
      in two
      lines
    source: s
`;
const families = (text: string): readonly Family[] => readExposition(text).families;
const edit = (text: string, added: readonly Family[], gone: readonly string[] = [], component = 'node') =>
  editCatalogue(text, { added, gone, component, source: 'live exposition of node' });
/** Lines that are in the second and not in the first, which must all be there in order. */
function addedLines(before: string, after: string): string[] {
  const rest = before.split('\n');
  const added = after.split('\n').filter((line) => (line === rest[0] ? rest.shift() === undefined : true));
  expect(rest).toEqual([]);
  return added;
}

describe('a new metric', () => {
  test('stands by its name among those of its component, with all that was seen', () => {
    const after = edit(TEXT, families('# HELP k_total Of: k.\n# TYPE k_total counter\nk_total{b="1",a="2"} 1\n'));
    expect(addedLines(TEXT, after).join('\n')).toBe(`  - name: k_total
    component: node
    type: counter
    labels: [a, b]
    help: "Of: k."
    source: live exposition of node
    note: ${UNCHECKED}`);
    expect(after.indexOf('k_total')).toBeGreaterThan(after.indexOf('a_first'));
    expect(after.indexOf('k_total')).toBeLessThan(after.indexOf('Those of the signer'));
  });

  test('a histogram has its buckets, a summary its quantiles, what says no type is untyped', () => {
    const text =
      '# TYPE h histogram\nh_bucket{le="0.5"} 1\nh_bucket{le="+Inf"} 1\n# TYPE q summary\nq{quantile="0.9"} 1\nu 1\n';
    const { metrics } = parseCatalogue(edit(TEXT, families(text)), 'x');
    expect(metrics.get('h')).toMatchObject({ type: 'histogram', buckets: [0.5] });
    expect(metrics.get('q')).toMatchObject({ type: 'summary', labels: ['quantile'], values: { quantile: ['0.9'] } });
    expect(metrics.get('u')).toMatchObject({ type: 'untyped', help: 'says nothing of itself', note: UNCHECKED });
  });

  test('of a component that has none yet stands at the end, also of a file without a last line break', () => {
    const after = edit(TEXT.trimEnd(), families('b 1\n'), [], 'new');
    expect(after.startsWith(TEXT)).toBe(true);
    expect(parseCatalogue(after, 'x').metrics.get('b')?.component).toBe('new');
  });
});

test('what is gone is marked where it stands, in both ways of writing', () => {
  const after = edit(TEXT, [], ['a_first', 'm', 'z']);
  const { metrics } = parseCatalogue(after, 'x');
  for (const name of ['a_first', 'm', 'z'])
    expect(metrics.get(name)).toMatchObject({ deprecated: true, because: 'was not seen in live exposition of node' });
  expect(after).toContain("help: 'of  odd   spaces'   # kept");
});

test('what is gone is marked itself, and not what is new right after it', () => {
  const { metrics } = parseCatalogue(edit(TEXT, families('zz 1\n'), ['z']), 'x');
  expect(metrics.get('z')?.deprecated).toBe(true);
  expect(metrics.get('zz')?.deprecated).toBe(false);
});

test('a text of another form is refused by name', () => {
  for (const text of ['chain: x\nmetrics: []\n', 'chain: x\n', 'metrics: [{ name: a }]\n', 'a: [', ''])
    expect(() => edit(text, families('b 1\n'))).toThrow(CatalogueEditError);
});

const rules = join(import.meta.dirname, '..', '..', '..', '..', 'rules');
const packs = readdirSync(rules, { withFileTypes: true }).filter((entry) => entry.isDirectory());

test.each(packs.map(({ name }) => name))('of %s every line stays, wherever new ones come', (chain) => {
  const before = readFileSync(join(rules, chain, 'metrics.yaml'), 'utf8');
  const { metrics } = parseCatalogue(before, chain);
  const components = [...new Set([...metrics.values()].flatMap(({ component }) => component ?? []))];
  const added = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}_chainwatch_[a-z]{1,5}$/), { minLength: 1, maxLength: 4 });
  const help = oneLineText();
  const gone = fc
    .subarray([...metrics.keys()], { maxLength: 3 })
    .map((names) => names.filter((name) => !metrics.get(name)?.deprecated));
  fc.assert(
    fc.property(added, help, gone, fc.constantFrom(...components), (names, said, dropped, component) => {
      const fresh = names.map(
        (name): Family => ({
          name,
          type: 'gauge',
          help: said.trim(),
          unit: '',
          labels: new Map([['a, b', ['x']]]),
          buckets: [],
          quantiles: [],
          series: 1,
        }),
      );
      const after = edit(before, fresh, dropped, component);
      addedLines(
        before
          .split('\n')
          .filter((line) => !line.includes('{ name'))
          .join('\n'),
        after,
      );
      const result = parseCatalogue(after, chain).metrics;
      expect(result.size).toBe(metrics.size + names.length);
      for (const name of names) expect(result.get(name)?.labels).toEqual(['a, b']);
      for (const name of dropped) expect(result.get(name)?.deprecated).toBe(true);
      const kept = [...metrics].filter(([name]) => !dropped.includes(name));
      expect(kept.map(([name]) => result.get(name))).toEqual(kept.map(([, metric]) => metric));
    }),
    { numRuns: runs(1) },
  );
});
