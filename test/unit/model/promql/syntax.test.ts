import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits, oneLine, PromqlError, parsePromql, quote, unquote } from '../../../../model/promql/syntax.ts';
import { expression } from '../../../fixtures/promql.ts';
import { anyText } from '../../../fixtures/text.ts';

function thrownBy(work: () => unknown): PromqlError {
  try {
    work();
  } catch (error) {
    if (error instanceof PromqlError) return error;
  }
  throw new Error('no fault was found');
}

describe('parsePromql', () => {
  const DEEP: readonly (readonly [what: string, offset: number, make: (terms: number) => string])[] = [
    ['a sum', 0, (terms) => Array.from({ length: terms }, () => 'm').join(' + ')],
    ['powers', 0, (terms) => Array.from({ length: terms }, () => 'm').join(' ^ ')],
    ['parentheses', 190, (terms) => `${'('.repeat(terms)}m${')'.repeat(terms)}`],
    ['calls', 380, (terms) => `${'abs('.repeat(terms)}m${')'.repeat(terms)}`],
  ];

  test.each(DEEP)(
    '%s of thousands of terms is refused with its place, where the parser blames another',
    (_what, offset, make) => {
      for (const terms of [300, 1000]) {
        const { message, offset: found } = thrownBy(() => parsePromql(make(terms)));
        expect(message).toMatch(/^PromQL nests too deep at ".+": split it into recording rules \(offset \d+\): /);
        expect(message.length).toBeLessThan(2200);
        expect(found).toBeGreaterThanOrEqual(offset);
      }
      expect(() => parsePromql(make(60))).not.toThrow();
    },
  );

  test.each([
    [
      'up >',
      'PromQL does not parse at its end: expected a metric, a number, a function or a parenthesis (offset 4): up >',
    ],
    ['sum(up', 'PromQL does not parse at its end: a ")" is missing (offset 6): sum(up'],
    [
      'up ==\n  = 0',
      'PromQL does not parse at "= 0": expected a metric, a number, a function or a parenthesis (offset 8): up == = 0',
    ],
    [
      'up{job=1}',
      'PromQL does not parse at "1}": expected a matcher with a quoted value, such as component="op-node" (offset 7): up{job=1}',
    ],
    ['up{job="x"} 5', 'PromQL does not parse at "5": expected an operator, or the end (offset 12): up{job="x"} 5'],
    [
      'sum by (1) (up)',
      'PromQL does not parse at "1) (up)": expected names of labels, such as (network, instance) (offset 8)',
    ],
    ['up > 5)', 'there is a ")" too many'],
    ['rate(up[5m)', 'expected "]" before the ")"'],
    ['up{job="x', 'the text that begins at "x does not end'],
    ['up{a=")"} >', 'expected a metric, a number'],
    ['up + # a ( in a comment', 'expected a metric, a number'],
    ['', 'PromQL does not parse at its end: expected a metric, a number, a function or a parenthesis (offset 0): '],
    ['rate(up[1.5h])', 'PromQL does not parse at "h])": expected a duration, such as 5m (offset 11): rate(up[1.5h])'],
    ['rate(up[5m * 2])', 'PromQL has not a plain duration, such as 5m, but 5m * 2 (offset 8): rate(up[5m * 2])'],
    [
      'up offset (5m + 1m)',
      'PromQL has not a plain offset, such as 5m or -5m, but (5m + 1m) (offset 10): up offset (5m + 1m)',
    ],
    ['up{a="\\d"}', 'PromQL has not a readable text, but "\\d" (offset 5): up{a="\\d"}'],
    [`up{a='\\"'}`, `PromQL has not a readable text, but '\\"' (offset 5): up{a='\\"'}`],
  ])('%s', (expr, message) => {
    expect(() => parsePromql(expr)).toThrow(PromqlError);
    expect(() => parsePromql(expr)).toThrow(message);
  });

  test('the error has the expression and the offset', () => {
    try {
      parsePromql('up +');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ expr: 'up +', offset: 4 });
    }
  });

  test('takes every expression that the generator of these tests makes', () => {
    fc.assert(
      fc.property(expression(3), (expr) => {
        expect(() => parsePromql(expr)).not.toThrow();
      }),
    );
  });

  test('text of any kind is read or refused, nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9[\]{}()"'`\\ =~!<>+.,:@#-]{0,30}$/)), (text) => {
        try {
          parsePromql(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PromqlError);
        }
      }),
    );
  });
});

describe('text', () => {
  test.each([
    ['"a"', 'a'],
    ["'a'", 'a'],
    ['`a`', 'a'],
    ['""', ''],
    ['"a\\"b"', 'a"b'],
    [`"a'b"`, "a'b"],
    [`'a"b'`, 'a"b'],
    ["'a\\'b'", "a'b"],
    ["'a\\\\'", 'a\\'],
    ["'\\\\\\''", "\\'"],
    ['`a\\n"\'`', 'a\\n"\''],
    ['"\\a\\b\\f\\n\\r\\t\\v\\\\"', '\x07\b\f\n\r\t\v\\'],
    ['"\\x41\\101\\u00e9\\U0001f517"', 'AAé🔗'],
    ['"tab\there"', 'tab\there'],
    ['"0\\\\.99"', '0\\.99'],
  ])('%s says %j', (literal, value) => {
    expect(unquote(literal)).toBe(value);
  });

  test('what is quoted is read back', () => {
    fc.assert(
      fc.property(anyText(), (value) => {
        expect(unquote(quote(value))).toBe(value);
      }),
    );
  });
});

describe('applyEdits', () => {
  test('in whatever order, and beside each other', () => {
    const edits = [
      { from: 0, to: 1, insert: 'A' },
      { from: 2, to: 4, insert: '' },
      { from: 4, to: 4, insert: '!' },
    ];
    for (const order of [
      edits,
      [...edits].reverse(),
      [edits[1], edits[0], edits[2]].filter((edit) => edit !== undefined),
    ])
      expect(applyEdits('abcde', order)).toBe('Ab!e');
  });

  test('oneLine is for messages', () => {
    expect(oneLine('  a\n  + b\t# c\n')).toBe('a + b # c');
  });
});
