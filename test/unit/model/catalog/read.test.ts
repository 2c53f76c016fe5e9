/** The reader of expositions: what it makes of both formats, and that it answers whatever it is given. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { opStackSimulator } from '../../../../chains/op-stack/simulator.ts';
import { type Family, readExposition } from '../../../../model/exposition/read.ts';
import { anyText } from '../../../fixtures/text.ts';

const only = (text: string): Family | undefined => {
  const { families, faults } = readExposition(text);
  expect(faults).toEqual([]);
  expect(families.length).toBe(1);
  return families[0];
};
const labelsOf = (family: Family | undefined) => Object.fromEntries(family?.labels ?? []);

describe('the text format', () => {
  test('a gauge with its help, labels and values', () => {
    const family = only(
      '# HELP g What it\\nis.\n# TYPE g gauge\ng{b="2",a="x\\"y"} 1\ng{b="1",a="x\\"y",} 2.5e3 1700000000000\n',
    );
    expect(family).toMatchObject({ name: 'g', type: 'gauge', help: 'What it is.', series: 2 });
    expect(labelsOf(family)).toEqual({ a: ['x"y'], b: ['1', '2'] });
  });

  test('a histogram is one family with its buckets', () => {
    const text =
      '# TYPE h histogram\nh_bucket{a="x",le="1"} 1\nh_bucket{a="x",le="0.1"} 0\nh_bucket{a="x",le="+Inf"} 1\nh_sum{a="x"} 1\nh_count{a="x"} 1\n';
    const family = only(text);
    expect(family).toMatchObject({ name: 'h', type: 'histogram', buckets: [0.1, 1] });
    expect(labelsOf(family)).toEqual({ a: ['x'] });
  });

  test('a summary is one family with its quantiles', () => {
    const family = only('# TYPE s summary\ns{quantile="0.5"} NaN\ns_sum 1\ns_count 1\n');
    expect(family).toMatchObject({ name: 's', type: 'summary', quantiles: ['0.5'] });
    expect(labelsOf(family)).toEqual({});
  });

  test('what says no type, lines that end as on Windows, comments and numbers of every form', () => {
    const { families, faults } = readExposition('# any words\r\na 0x1F\r\nb +Inf\r\n\r\n  c -.5\nd nan\n');
    expect(faults).toEqual([]);
    expect(families.map(({ name, type }) => [name, type])).toEqual(
      ['a', 'b', 'c', 'd'].map((name) => [name, 'unknown']),
    );
  });

  test('a gauge that ends as a counter does keeps its name', () => {
    const { families } = readExposition('# TYPE x gauge\nx 1\n# TYPE x_total counter\nx_total 1\n');
    expect(families.map(({ name, type }) => `${name} ${type}`)).toEqual(['x gauge', 'x_total counter']);
  });
});

describe('OpenMetrics', () => {
  test('counters and infos have the names that their series carry; exemplars and times of creation are left out', () => {
    const text = `# TYPE jobs counter
# UNIT jobs jobs
# HELP jobs Done.
jobs_total{kind="a"} 17 1700000000.5 # {trace_id="x"} 1 1700000000
jobs_created{kind="a"} 1.7e9
# TYPE build info
build_info{version="1"} 1
# TYPE s stateset
s{s="a"} 1
# EOF
this is not read`;
    const { families, faults } = readExposition(text);
    expect(faults).toEqual([]);
    expect(families.find(({ name }) => name === 'jobs_total')?.series).toBe(1);
    expect(families.map(({ name, type, unit }) => [name, type, unit])).toEqual([
      ['build_info', 'gauge', ''],
      ['jobs_total', 'counter', 'jobs'],
      ['s', 'gauge', ''],
    ]);
  });

  test('a name in quotes', () => {
    expect(only('# TYPE "a.b" gauge\n{"a.b","c d"="e"} 1\n')).toMatchObject({ name: 'a.b', type: 'gauge' });
  });
});

test.each([
  ['g{a="x} 1', 'line 1: "g{a="x} 1" has a label a whose value is no text in quotes'],
  ['g{a="x"', 'line 1: "g{a="x"" has labels that neither go on nor end after a'],
  ['g{a="x",a="y"} 1', 'line 1: "g{a="x",a="y"} 1" has the label a twice'],
  ['g', 'line 1: "g" has no number for a value'],
  ['ok 1\ng one', 'line 2: "g one" has no number for a value'],
  ['g 1 2 3', 'line 1: "g 1 2 3" goes on after its value'],
  ['# TYPE g gouge', 'line 1: TYPE of g is "gouge", which is none'],
  ['# TYPE 1g gauge', 'line 1: TYPE names "1g", which is no metric'],
  ['<html>', 'line 1: "<html>" is neither a comment nor a sample'],
])('%j is told with its line', (text, fault) => {
  expect(readExposition(text).faults).toEqual([fault]);
});

test('the real exposition of a simulated op-node holds no fault, and each type is told', () => {
  const text = opStackSimulator.expose(
    { component: 'op-node', index: 0, instance: 'a:7300' },
    { time: 600, wallStart: 1_790_000_000, timeScale: 1, seed: 1, faults: [] },
  );
  const { families, faults } = readExposition(text ?? '');
  expect(faults).toEqual([]);
  expect(families.length).toBeGreaterThan(30);
  expect(families.filter(({ type }) => type === 'unknown')).toEqual([]);
});

describe('whatever it is given', () => {
  const piece = fc.constantFrom(
    ...[
      'g',
      'x_total',
      '{',
      '}',
      'a="b"',
      '"',
      '\\',
      ',',
      '=',
      ' ',
      '\n',
      '1',
      'NaN',
      '# ',
      '# TYPE ',
      '# HELP g ',
      'gauge',
      'le="1"',
      '_bucket',
      '__proto__',
      'constructor',
      '\t',
    ],
  );
  const text = fc.oneof(
    anyText(),
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
  );

  test('it answers: each line is a comment, a sample of a family, or named', () => {
    fc.assert(
      fc.property(text, (given) => {
        const { families, faults } = readExposition(given);
        for (const fault of faults) expect(fault).toMatch(/^line \d+: /);
        for (const { name, series } of families) expect(name !== '' && series > 0).toBe(true);
        const lines = given.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
        expect(families.reduce((sum, { series }) => sum + series, 0)).toBeLessThanOrEqual(lines.length);
      }),
    );
  });

  test('what is written by the rules is read back: name, type, labels and values', () => {
    const name = fc
      .stringMatching(/^[a-z][a-z_]{0,10}[a-z]$/)
      .filter((each) => !/_(total|created|info|bucket|sum|count)$/.test(each));
    const family = fc.record({
      name,
      type: fc.constantFrom('gauge', 'counter'),
      labels: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.string(), { maxKeys: 3 }),
    });
    const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    fc.assert(
      fc.property(fc.uniqueArray(family, { selector: (each) => each.name }), (written) => {
        const given = written.map((each) => {
          const set = Object.entries(each.labels).map(([label, value]) => `${label}="${escaped(value)}"`);
          return `# TYPE ${each.name} ${each.type}\n${each.name}{${set.join(',')}} 1\n`;
        });
        const { families, faults } = readExposition(given.join(''));
        expect(faults).toEqual([]);
        const found = new Map(families.map((each) => [each.name, each]));
        for (const each of written) {
          expect(found.get(each.name)?.type).toBe(each.type);
          expect(labelsOf(found.get(each.name))).toEqual(
            Object.fromEntries(Object.entries(each.labels).map(([label, value]) => [label, [value]])),
          );
        }
      }),
    );
  });
});
