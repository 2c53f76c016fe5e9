import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertUnique, DuplicateUidError, stableUid } from '../../../model/grafana/uid.ts';
import { runs } from '../../fixtures/prove.ts';

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/);
const part = fc.oneof(
  name,
  fc.string({ minLength: 1, maxLength: 60 }),
  fc.constantFrom('a', 'a-b', 'a_b', 'b', '_-a', '-'),
);
const parts = fc.array(part, { minLength: 1, maxLength: 3 });

describe('stableUid', () => {
  // Histories, silences and bookmarks hang on these: a change here is a change in every Grafana.
  test.each([
    [['op-mainnet', 'UnsafeHeadStalled'], 'op-mainnet_UnsafeHeadStalled'],
    [['testnet', 'system', 'overview'], 'testnet_system_overview'],
    [['op-mainnet', 'instance:op_batcher_default_balance:runway_hours'], 'op-mainnet_instance-op_batch_-845ddf770b'],
    [['bega-mainnet', 'DisputeGameResolvedIncorrectly'], 'bega-mainnet_DisputeGameReso_-f62a3145c4'],
  ])('of %j is %s', (given, uid) => {
    expect(stableUid(...given)).toBe(uid);
  });

  test('is what Grafana takes, whatever the parts', () => {
    fc.assert(fc.property(parts, (given) => /^[A-Za-z0-9_-]{1,40}$/.test(stableUid(...given))));
  });

  test('tells different parts apart', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        return stableUid(...a) !== stableUid(...b);
      }),
      { numRuns: runs(500) },
    );
  });

  test('tells parts apart that only their border distinguishes', () => {
    const all = [['a', 'b_c'], ['a_b', 'c'], ['a', 'b', 'c'], ['a_b_c'], ['a-b', 'c'], ['a', 'b-c']];
    expect(new Set(all.map((each) => stableUid(...each))).size).toBe(all.length);
  });
});

test('two owners of one UID are both named', () => {
  expect(() =>
    assertUnique([
      ['a', 'rule A'],
      ['b', 'rule B'],
      ['a', 'rule C'],
    ]),
  ).toThrow(DuplicateUidError);
  expect(() =>
    assertUnique([
      ['a', 'rule A'],
      ['a', 'rule C'],
    ]),
  ).toThrow('UID a is of rule A and of rule C');
  expect(() =>
    assertUnique([
      ['a', 'rule A'],
      ['b', 'rule B'],
    ]),
  ).not.toThrow();
});
