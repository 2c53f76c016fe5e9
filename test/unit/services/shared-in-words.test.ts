import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { settingsSchema } from '../../../services/aggregator/settings.ts';
import { inWords } from '../../../services/shared/inWords.ts';
import { loadSettings, SettingsError } from '../../../services/shared/settings.ts';

const wordsFor = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues.map(inWords);

describe('what is wrong with a value', () => {
  test.each([
    ['what is missing', z.string(), undefined, 'is needed: a string'],
    ['another type', z.int(), 'many', 'wants a number, not a string'],
    ['a list for a mapping', z.object({}), [], 'wants a mapping, not a list'],
    ['what is no number at all', z.coerce.number(), 'abc', 'wants a number'],
    ['a part of a number', z.int(), 1.5, 'wants a whole number, not a number'],
    ['too little', z.int().min(4), 3, 'wants at least 4'],
    ['too much', z.int().max(4), 5, 'wants at most 4'],
    ['nothing in a text', z.string().min(1), '', 'is empty'],
    ['nothing in a list', z.array(z.string()).min(1), [], 'is empty'],
    ['a list that is too long', z.array(z.string()).max(1), ['a', 'b'], 'wants at most 1 entry'],
    ['none of a few', z.enum(['a', 'b']), 'c', 'is none of a, b'],
    ['a name of nothing', z.strictObject({}), { foo: 1 }, '"foo" is not known'],
    ['what has words of its own', z.string().min(4, { error: 'is a short one' }), 'abc', 'is a short one'],
  ])('is said plainly: %s', (_what, schema, value, words) => {
    expect(wordsFor(schema, value)).toEqual([words]);
  });
});

test.each(['with white space in it', `${'a'.repeat(32)}\n`, ` ${'a'.repeat(32)}`])(
  'a token of the aggregator that nobody could send refuses the start: %j',
  (token) => {
    expect(() => loadSettings(settingsSchema, { flags: { token } })).toThrow(SettingsError);
    expect(() => loadSettings(settingsSchema, { flags: { token } })).toThrow(/token: has white space in it/);
    expect(loadSettings(settingsSchema, { flags: { token: token.replace(/\s/g, '') } }).token).toMatch(/^\S+$/);
  },
);
