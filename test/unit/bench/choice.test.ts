/** Which benchmarks a command line asks for. */
import { expect, test } from 'vitest';
import { choose } from '../../../bench/command/choice.ts';

const known = new Map([
  ['aggregator', ['exports', 'ingest', 'peers']],
  ['plan', []],
]);
const all = { benchmark: 'aggregator', parts: ['exports', 'ingest', 'peers'] };
const plan = { benchmark: 'plan', parts: [] };

test.each([
  ['nothing', [], [all, plan]],
  ['a benchmark', ['plan'], [plan]],
  ['one with all its parts', ['plan', 'aggregator'], [plan, all]],
  ['some of its parts, in their order', ['aggregator', 'peers', 'exports'], [{ ...all, parts: ['exports', 'peers'] }]],
  ['parts, and another', ['aggregator', 'ingest', 'plan'], [{ ...all, parts: ['ingest'] }, plan]],
])('%s', (_what, words, choices) => {
  expect(choose(words, known)).toEqual({ choices, faults: [] });
});

test('every word that is none is told', () => {
  expect(choose(['exports', 'aggregator', 'exportz', 'x'], known).faults).toEqual([
    expect.stringContaining('unknown benchmark "exports"'),
    expect.stringMatching(/unknown part of aggregator "exportz"; did you mean "exports"/),
    expect.stringContaining('unknown part of aggregator "x"'),
  ]);
  expect(choose(['plan', 'exports'], known).faults).toEqual([expect.stringContaining('unknown benchmark "exports"')]);
});
