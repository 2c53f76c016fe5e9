import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { firstLine, summary } from '../../summary.ts';

test('the last lines name what failed, with why, and what was skipped, reason by reason', () => {
  const skipped = ['a', 'b', 'c', 'd'].map((name) => ({ name, reason: 'takes minutes' }));
  const failed = [{ name: 'test/unit/a.test.ts > sums > one', error: 'expected 1 to be 2' }];
  const unsteady = [{ name: 'test/static/b.test.ts > two', error: 'timed out' }];
  const lines = summary([
    { name: 'static', seconds: 2, passed: 3, failed: [], unsteady, skipped: [] },
    {
      name: 'unit',
      seconds: 12.34,
      passed: 7,
      failed,
      unsteady: [],
      skipped: [...skipped, { name: 'e', reason: 'no promtool' }],
    },
  ]);
  expect(lines.map(stripVTControlCharacters)).toEqual([
    '● static       3 passed, 0 failed, 0 skipped  (2.0 s)',
    '✗ unit         7 passed, 1 failed, 5 skipped  (12.3 s)',
    'Skipped:',
    '  unit: takes minutes',
    '    4 tests, such as a',
    '  unit: no promtool',
    '    e',
    'Passed only when tried again; each is a fault of the test or of the code:',
    '  static: test/static/b.test.ts > two',
    '    timed out',
    'Failed:',
    '  unit: test/unit/a.test.ts > sums > one',
    '    expected 1 to be 2',
    '10 passed, 1 failed, 5 skipped',
  ]);
});

test('where all went well nothing else is said', () => {
  expect(summary([{ name: 'unit', seconds: 1, passed: 7, failed: [], unsteady: [], skipped: [] }]).slice(1)).toEqual([
    'Nothing was skipped.',
    '7 passed, 0 failed, 0 skipped',
  ]);
});

test('an error is its first line; of a property the next one too, which repeats it', () => {
  expect(firstLine('expected 1 to be 2\n\n- 1\n+ 2')).toBe('expected 1 to be 2');
  expect(firstLine('Property failed after 3 tests\n{ seed: 42, path: "2" }\nCounterexample: [0]')).toBe(
    'Property failed after 3 tests { seed: 42, path: "2" }',
  );
  expect(firstLine('x'.repeat(400))).toHaveLength(300);
});
