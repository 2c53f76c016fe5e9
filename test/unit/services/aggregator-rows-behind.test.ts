import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowsBehind } from '../../../services/aggregator/store/rowsBehind.ts';
import { runs } from '../../fixtures/prove.ts';

const commit = fc.record({
  peers: fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 20 }),
  most: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  fails: fc.boolean(),
});

/** A store of numbers: what memory has of a peer is the sample that it came with last. */
test('all that is said to be in the rows is in them, whichever commits fail', () => {
  fc.assert(
    fc.property(fc.array(commit, { maxLength: 60 }), (commits) => {
      const behind = new RowsBehind();
      const memory = new Map<number, number>();
      const rows = new Map<number, number>();
      const history: [peer: number, sample: number][] = [];
      let flushed = 0;
      let last = 0;
      for (const { peers, most, fails } of commits) {
        const slice = most === undefined ? undefined : behind.next(most, last);
        expect(slice?.peers.length ?? 0).toBeLessThanOrEqual(most ?? 0);
        if (fails) {
          behind.rolledBack();
          continue;
        }
        for (const peer of peers) {
          last += 1;
          memory.set(peer, last);
          history.push([peer, last]);
        }
        for (const peer of slice?.peers ?? []) rows.set(peer, memory.get(peer) ?? 0);
        flushed = slice?.upTo ?? flushed;
        for (const peer of peers) behind.mark(peer);
        behind.committed();
        for (const [peer, sample] of history)
          if (sample <= flushed) expect(rows.get(peer) ?? 0).toBeGreaterThanOrEqual(sample);
      }
      // What a close saves is all that is left.
      for (const peer of behind.all()) rows.set(peer, memory.get(peer) ?? 0);
      expect(rows).toEqual(memory);
    }),
    { numRuns: runs(300) },
  );
});

test('a round ends, though its peers go on changing', () => {
  const behind = new RowsBehind();
  for (let peer = 1; peer <= 1_000; peer += 1) behind.mark(peer);
  let rounds = 0;
  for (let sample = 1; sample <= 10_000; sample += 100) {
    for (let peer = 1; peer <= 100; peer += 1) behind.mark(peer);
    if (behind.next(100, sample).upTo !== undefined) rounds += 1;
    behind.committed();
  }
  expect(rounds).toBeGreaterThan(5);
});
