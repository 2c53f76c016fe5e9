import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../../services/exporter/evm/decode.ts';
import { findAgreement, MAX_DEPTH, type Source } from '../../../services/exporter/quorum/agreement.ts';
import { majorityOf } from '../../../services/exporter/quorum/majority.ts';
import { runs } from '../../fixtures/prove.ts';

/** A node on a branch: up to `forkAt` the common chain, above it the branch's own. */
interface Node {
  readonly head: number;
  readonly branch: string;
  /** The last block that the branch has in common with the others. */
  readonly forkAt: number;
  /** Gives its head, but no other block. */
  readonly mute?: boolean;
}

function hashAt({ branch, forkAt }: Node, height: number): string {
  return height <= forkAt ? `common-${height}` : `${branch}-${height}`;
}

function block(node: Node, height: number): Block {
  const hash = hashAt(node, height);
  return { height, hash, parentHash: hashAt(node, height - 1), timestamp: height * 12, baseFee: 7n };
}

class Simulated implements Source {
  readonly node: Node;
  readonly head: Block;
  asked = 0;

  constructor(node: Node) {
    this.node = node;
    this.head = block(node, node.head);
  }

  async blockAt(height: number): Promise<Block | undefined> {
    this.asked += 1;
    return this.node.mute === true || height > this.node.head ? undefined : block(this.node, height);
  }
}

const sources = (...nodes: Node[]) => nodes.map((node) => new Simulated(node));
const honest = (head: number): Node => ({ head, branch: 'main', forkAt: Number.MAX_SAFE_INTEGER });

/** What the answer must be, by trying every height. */
function highestByHand(nodes: readonly Node[], needed: number): number | undefined {
  for (let height = Math.max(-1, ...nodes.map(({ head }) => head)); height >= 0; height -= 1) {
    const counts = new Map<string, number>();
    for (const node of nodes) {
      if (node.head < height) continue;
      const hash = hashAt(node, height);
      counts.set(hash, (counts.get(hash) ?? 0) + 1);
    }
    if ([...counts.values()].some((count) => count >= needed)) return height;
  }
  return undefined;
}

describe('findAgreement', () => {
  it('agrees on the highest block that a majority has', async () => {
    const found = await findAgreement(sources(honest(100), honest(99), honest(90)), 2);
    expect(found.agreed).toMatchObject({ height: 99, hash: 'common-99' });
    expect(found.disagreement).toBe(false);
    expect([...found.follows.values()]).toEqual([true, true, true]);
  });

  it('asks nobody where all heads are the same', async () => {
    const all = sources(honest(100), honest(100), honest(100));
    await findAgreement(all, 2);
    expect(all.map(({ asked }) => asked)).toEqual([0, 0, 0]);
  });

  it('tells the one that is on another chain from the majority', async () => {
    const all = sources(honest(100), { head: 103, branch: 'fork', forkAt: 80 }, honest(99));
    const found = await findAgreement(all, 2);
    expect(found.agreed).toMatchObject({ height: 99, hash: 'common-99' });
    expect(all.map((source) => found.follows.get(source))).toEqual([true, false, true]);
    expect(found.disagreement).toBe(true);
  });

  it('sees that one behind the others is on another chain', async () => {
    const all = sources(honest(100), honest(100), { head: 60, branch: 'fork', forkAt: 50 });
    const found = await findAgreement(all, 2);
    expect(found.agreed?.height).toBe(100);
    expect(found.follows.get(all[2] as Simulated)).toBe(false);
    expect(found.disagreement).toBe(true);
  });

  it('falls back to the place where two parted', async () => {
    const found = await findAgreement(sources(honest(100), { head: 100, branch: 'fork', forkAt: 77 }), 2);
    expect(found.agreed).toMatchObject({ height: 77, hash: 'common-77' });
    expect(found.disagreement).toBe(true);
  });

  it('agrees on nothing where the common block lies too deep', async () => {
    const found = await findAgreement(sources(honest(1000), { head: 1000, branch: 'fork', forkAt: 2 }), 2);
    expect(found.agreed).toBeUndefined();
    expect(found.disagreement).toBe(true);
  });

  it('agrees on nothing where too few answer, and still sees that those differ', async () => {
    const alone = await findAgreement(sources(honest(100)), 2);
    expect(alone).toMatchObject({ agreed: undefined, disagreement: false });
    const two = await findAgreement(sources(honest(100), { head: 90, branch: 'fork', forkAt: 10 }), 3);
    expect(two).toMatchObject({ agreed: undefined, disagreement: true });
    expect(await findAgreement([], 1)).toMatchObject({ agreed: undefined, disagreement: false });
  });

  it('counts only those that show the block', async () => {
    const mute = { ...honest(100), mute: true };
    const found = await findAgreement(sources(mute, honest(99), mute), 2);
    // At 99 one shows it; the two mute ones agree on their own head.
    expect(found.agreed).toMatchObject({ height: 100, hash: 'common-100' });
    expect(found.agreed?.blocks.size).toBe(2);
  });

  it('finds what trying every height finds, for any nodes', async () => {
    const node = fc.record({
      head: fc.integer({ min: 0, max: MAX_DEPTH }),
      branch: fc.constantFrom('a', 'b', 'c'),
      forkAt: fc.integer({ min: -1, max: MAX_DEPTH }),
    });
    // Nodes of one branch parted from the others at one place, else they would not be one branch.
    const nodes = fc.array(node, { minLength: 1, maxLength: 7 }).map((list) => {
      const forks = new Map<string, number>();
      for (const { branch, forkAt } of list) forks.set(branch, forks.get(branch) ?? forkAt);
      return list.map((each): Node => ({ ...each, forkAt: forks.get(each.branch) ?? 0 }));
    });
    await fc.assert(
      fc.asyncProperty(nodes, fc.integer({ min: 0, max: 3 }), async (list, dead) => {
        const needed = majorityOf(list.length + dead);
        const all = sources(...list);
        const found = await findAgreement(all, needed);
        const height = highestByHand(list, needed);
        expect(found.agreed?.height).toBe(height);
        if (found.agreed === undefined || height === undefined) return;
        expect(found.agreed.blocks.size).toBeGreaterThanOrEqual(needed);
        for (const [source, follows] of found.follows) {
          const common = Math.min(source.head.height, height);
          const right = found.agreed.blocks.keys().next().value as Simulated;
          expect(follows).toBe(hashAt(source.node, common) === hashAt(right.node, common));
        }
      }),
      { numRuns: runs(100) },
    );
  });
});
