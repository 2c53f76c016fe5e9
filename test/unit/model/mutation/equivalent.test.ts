import { describe, expect, test } from 'vitest';
import { readEquivalent } from '../../../../model/mutation/equivalent.ts';
import { mutantsOf } from '../../../../model/mutation/mutants.ts';

const mutants = mutantsOf({
  kind: 'alert',
  name: 'PeersLow',
  expr: 'x > 5',
  for: 0,
  keepFiringFor: 0,
  labels: {},
  annotations: {},
});
const read = (text: string | undefined) => readEquivalent(text, 'rules/toy/mutants.yaml', mutants);
const faults = (text: string) => {
  try {
    read(text);
  } catch (error) {
    return error instanceof Error && 'faults' in error ? error.faults : error;
  }
  return [];
};

test('without a file, none is equivalent', () => {
  expect(read(undefined).size).toBe(0);
});

test('an entry gives its mutants their reason', () => {
  const found = read(
    'equivalent:\n  - rule: PeersLow\n    mutants: [comparison > → >=, threshold 5 → 6]\n    reason: why\n',
  );
  expect([...found].map(([mutant, reason]) => [mutant.name, reason])).toEqual([
    ['comparison > → >=', 'why'],
    ['threshold 5 → 6', 'why'],
  ]);
});

describe('refused with its line is', () => {
  const entry = (rule: string, names: string, rest = 'reason: why') =>
    `equivalent:\n  - rule: ${rule}\n    mutants:\n      - ${names}\n    ${rest}\n`;
  test.each([
    [
      'a rule that is not',
      entry('PeerLow', 'threshold 5 → 6'),
      [/:2: unknown rule "PeerLow"; did you mean "PeersLow"/],
    ],
    [
      'a mutant that is none any more',
      entry('PeersLow', 'threshold 5 → 7'),
      [/:4: PeersLow: unknown mutant "threshold 5 → 7"/],
    ],
    ['the same twice', entry('PeersLow', 'threshold 5 → 6\n      - threshold 5 → 6'), [/:5: .*twice/]],
    ['one without a reason', entry('PeersLow', 'threshold 5 → 6', 'reason: ""'), [/:5: .*reason is empty/]],
    ['another key', entry('PeersLow', 'threshold 5 → 6', 'reason: a\n    why: b'), [/:6: .*unknown key "why"/]],
    ['what is no YAML', 'equivalent: [', [/^rules\/toy\/mutants\.yaml/]],
  ])('%s', (_, text, expected) => {
    expect(faults(text)).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });
});
