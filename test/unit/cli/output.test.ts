import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columns, count, indent, paint, table, widthOf } from '../../../cli/output.ts';

describe('columns', () => {
  test('line up whatever colour the cells have', () => {
    const { red } = paint({ color: true });
    const lines = columns([
      [red('a'), 'x'],
      ['longer', 'y'],
    ]).split('\n');
    expect(lines.map((line) => widthOf(line))).toEqual(['longer  x'.length, 'longer  y'.length, 0]);
  });

  test('nothing is cut, and no line ends in spaces', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.stringMatching(/^[a-z ]{0,9}$/), { maxLength: 4 })), (rows) => {
        const lines = columns(rows).split('\n').slice(0, -1);
        expect(lines).toHaveLength(rows.length);
        for (const [index, row] of rows.entries()) {
          expect(lines[index]).not.toMatch(/ $/);
          for (const cell of row) expect(lines[index]).toContain(cell.trim());
        }
      }),
    );
  });

  test('heads stand above', () => {
    expect(table(['a', 'b'], [['1', '2']], paint({ color: false }))).toBe('a  b\n1  2\n');
  });
});

test('without colours there is no escape', () => {
  const { red, bold } = paint({ color: false });
  expect(bold(red('x'))).toBe('x');
  expect(paint({ color: true }).red('x')).not.toBe('x');
});

test('one thing, several things', () => {
  expect([count(0, 'alert'), count(1, 'alert'), count(2, 'file is', 'files are')]).toEqual([
    '0 alerts',
    '1 alert',
    '2 files are',
  ]);
});

test('empty lines stay empty', () => {
  expect(indent('a\n\nb')).toBe('  a\n\n  b');
});
