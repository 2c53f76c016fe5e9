import { describe, expect, test } from 'vitest';
import { tokensFile } from '../../../../model/kubernetes/gate.ts';

describe('the tokens that the gate knows', () => {
  test('each line is one, compared in full and letter by letter', () => {
    const file = tokensFile('abcdefghijklmnop\n\n  A.b+c/d=e-f_g~hijk \n');
    expect(file).toBe('"~^Bearer abcdefghijklmnop$" 1;\n"~^Bearer A\\.b\\+c\\/d=e-f_g~hijk$" 1;\n');
    const [, second = ''] = [...file.matchAll(/"~(.*)"/g)].map(([, pattern]) => pattern);
    expect('Bearer A.b+c/d=e-f_g~hijk').toMatch(new RegExp(second));
    expect('Bearer Axb+c/d=e-f_g~hijk').not.toMatch(new RegExp(second));
  });

  test.each(['x'.repeat(201), 'a-good-token-of-mine"; } evil', 'mit-umlaut-ä-und-mehr', 'a-token-with space'])(
    '%s is refused, and not repeated',
    (token) => {
      expect(() => tokensFile(`a-good-token-of-mine\n${token}`)).toThrow(/^line 2 of the token of ingestion/);
      expect(() => tokensFile(token)).not.toThrow(token);
    },
  );

  test('none at all is refused: nobody could come', () => {
    expect(() => tokensFile('\n \n')).toThrow('empty');
  });
});
