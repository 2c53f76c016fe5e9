import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { majorityOf, median, mostCommon } from '../../../services/exporter/quorum/majority.ts';
import { ReorgWatch } from '../../../services/exporter/quorum/reorgs.ts';

describe('majorityOf', () => {
  it('is more than half', () => {
    expect([1, 2, 3, 4, 5].map(majorityOf)).toEqual([1, 2, 2, 3, 3]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (sources) => {
        expect(majorityOf(sources) * 2).toBeGreaterThan(sources);
        expect((majorityOf(sources) - 1) * 2).toBeLessThanOrEqual(sources);
      }),
    );
  });
});

describe('mostCommon and median', () => {
  it('find the largest group and the middle', () => {
    expect(mostCommon([3n, 5n, 5n, 3n, 5n], (each) => each)).toEqual([5n, [5n, 5n, 5n]]);
    expect(mostCommon([], (each) => each)).toBeUndefined();
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9n, 1n])).toBe(1n);
    expect(median([])).toBeUndefined();
  });

  it('the median of a majority of honest values is one of them', () => {
    const lies = fc.array(fc.integer(), { maxLength: 5 });
    fc.assert(
      fc.property(lies, fc.integer(), (liars, truth) => {
        const honest = Array.from({ length: liars.length + 1 }, () => truth);
        expect(median([...liars, ...honest])).toBe(truth);
      }),
    );
  });
});

/** A chain of blocks that names of branches tell apart. */
function chain(...branches: readonly [upTo: number, name: string][]) {
  const hashAt = (height: number) => `${branches.find(([upTo]) => height <= upTo)?.[1]}-${height}`;
  return (height: number) => ({ height, hash: hashAt(height), parentHash: hashAt(height - 1), at: hashAt });
}

describe('ReorgWatch', () => {
  const main = chain([Number.POSITIVE_INFINITY, 'main']);
  const see = (watch: ReorgWatch, block: ReturnType<typeof main>, asked: number[] = []) =>
    watch.see(block, async (height) => {
      asked.push(height);
      return block.at(height);
    });

  it('is quiet on a chain that only grows, and asks only where the parent does not tell', async () => {
    const watch = new ReorgWatch();
    const asked: number[] = [];
    for (const height of [10, 11, 11, 12, 15]) expect(await see(watch, main(height), asked)).toBe(0);
    expect(asked).toEqual([12]);
  });

  it('tells how many blocks were dropped', async () => {
    const watch = new ReorgWatch();
    for (const height of [10, 11, 12, 13]) await see(watch, main(height));
    const fork = chain([11, 'main'], [Number.POSITIVE_INFINITY, 'fork']);
    expect(await see(watch, fork(14))).toBe(2);
    expect(await see(watch, fork(15))).toBe(0);
  });

  it('sees another block at the same height', async () => {
    const watch = new ReorgWatch();
    for (const height of [10, 11]) await see(watch, main(height));
    expect(await see(watch, chain([10, 'main'], [99, 'fork'])(11))).toBe(1);
  });

  it('does not take a head that went back for one, and judges what lay above later', async () => {
    const watch = new ReorgWatch();
    for (const height of [10, 12]) await see(watch, main(height));
    expect(await see(watch, main(10))).toBe(0);
    expect(await see(watch, main(11))).toBe(0);
    expect(await see(watch, chain([11, 'main'], [99, 'fork'])(13))).toBe(1);
  });

  it('goes deeper than all it remembers', async () => {
    const watch = new ReorgWatch();
    for (const height of [10, 11]) await see(watch, main(height));
    expect(await see(watch, chain([99, 'other'])(11))).toBe(2);
  });

  it('draws no conclusion from silence', async () => {
    const watch = new ReorgWatch();
    await see(watch, main(10));
    expect(await watch.see(main(15), async () => undefined)).toBe(0);
    expect(await see(watch, chain([9, 'main'], [99, 'fork'])(15))).toBe(1);
  });
});
