import { describe, expect, test } from 'vitest';
import { regex, wholeMatch } from '../../../config/regex.ts';

describe('a pattern is read as Alertmanager reads it', () => {
  test.each<[string, string, boolean]>([
    ['a|b', 'a', true],
    ['a|b', 'ab', false],
    ['', '', true],
    ['a.c', 'abc', true],
    ['a.c', 'a\nc', false],
    // JavaScript's own dot leaves out all ends of lines, and takes half a character.
    ['a.c', 'a\rc', true],
    ['a.c', 'a\u2028c', true],
    ['a.c', 'a😀c', true],
    ['a[^b]c', 'a😀c', true],
    ['a[^b]c', 'a\nc', true],
    ['\\s', ' ', true],
    ['\\s', '\u00a0', false],
    ['\\s', '\v', false],
    ['\\S', '\u00a0', true],
    ['[\\s,]', '\u00a0', false],
    ['[\\S]', '\u00a0', true],
    ['[\\d-]+', '1-2', true],
    ['[a-c-e]+', 'b-e', true],
    ['[a-c-e]+', 'd', false],
    ['[]a]+', ']a', true],
    ['[^]a]', ']', false],
    ['[&&~]', '&', true],
    ['\\x41', 'A', true],
    ['\\x{1F600}', '😀', true],
    ['a{2}', 'aa', true],
    ['a{,2}', 'a{,2}', true],
    ['{a}', '{a}', true],
    ['10\\.0\\.0\\.1\\:9\\/\\-', '10.0.0.1:9/-', true],
    ['\\w+\\b', 'ä', false],
    ['(?:x|y)+?', 'xyx', true],
    ['a$|^b', 'b', true],
  ])('%j of %j', (pattern, value, expected) => {
    expect(regex.safeParse(pattern).success).toBe(true);
    expect(wholeMatch(pattern).test(value)).toBe(expected);
  });

  test.each(['[', '[^]', '[]', '[a\\b]', '\\xg', 'a\\', '(', 'a**', 'a{2,1}'])('%j is none', (pattern) => {
    expect(regex.safeParse(pattern).success).toBe(false);
  });
});
