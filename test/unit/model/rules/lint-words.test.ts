import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lintWords } from '../../../../model/rules/lint/words.ts';

describe('words that the expression does not keep', () => {
  test.each([
    [
      'count(g > 1e9) > 3',
      'Three or more validators are short of memory',
      'asks for > 3 where its text says "Three or more", which is >= 3',
    ],
    ['g > 3', '3+ validators above', 'asks for > 3 where its text says "3+", which is >= 3'],
    ['g > 3', 'at least 3 peers', 'asks for > 3 where its text says "at least 3", which is >= 3'],
    ['g > 3', '≥3 of them', 'asks for > 3 where its text says "≥3", which is >= 3'],
    [
      'g > 3',
      '3 slow validators or more',
      'asks for > 3 where its text says "3 slow validators or more", which is >= 3',
    ],
    ['3 < g', 'no fewer than 3', 'asks for > 3 where its text says "no fewer than 3", which is >= 3'],
    ['g > 0.8', 'Memory is at 80 % or more', 'asks for > 0.8 where its text says "80 % or more", which is >= 0.8'],
    [
      'g > 2147483648',
      'at least 2 GB',
      'asks for > 2147483648 where its text says "at least 2 GB", which is >= 2147483648',
    ],
    ['g < 2', 'two or fewer peers', 'asks for < 2 where its text says "two or fewer", which is <= 2'],
    ['g < 2', 'at most 2', 'asks for < 2 where its text says "at most 2", which is <= 2'],
    ['g >= 3', 'more than three', 'asks for >= 3 where its text says "more than three", which is > 3'],
    ['g <= 3', 'fewer than 3 peers', 'asks for <= 3 where its text says "fewer than 3", which is < 3'],
  ])('%s with "%s"', (expr, text, fault) => {
    expect(lintWords(expr, ['x', text])).toEqual([fault]);
  });
});

describe('words that are kept, or speak of something else', () => {
  test.each([
    ['count(g > 1e9) >= 3', 'Three or more validators'],
    ['g > 2', 'three or more'],
    ['g > 3', 'more than 3'],
    ['g < 3', 'fewer than three'],
    ['g <= 3', 'no more than 3'],
    ['g > 3', 'see whether {{ $value }} or more, {{ 3 }} or more'],
    ['g > 3', 'at least 13 of them, 1.3 or more, 3.5+'],
    ['g < 3', 'at least 3 are needed'],
    ['g and k', 'at least 3'],
  ])('%s with "%s"', (expr, text) => {
    expect(lintWords(expr, [text])).toEqual([]);
  });
});

test('no text is too strange, nor does any take long', () => {
  const piece = fc.constantFrom(
    '3',
    'three',
    ' ',
    'or more',
    'at least',
    '≥',
    '+',
    '%',
    '{{',
    '}}',
    'more than',
    'x-y',
    '\n',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
  );
  fc.assert(fc.property(text, (given) => lintWords('g > 3', [given]).length <= 1));
});
