/** A block that the majority agreed on. */
export interface AgreedBlock {
  readonly height: number;
  readonly hash: string;
  readonly parentHash: string;
}

/** Agreed heads that are remembered: at 15 s between rounds a quarter of an hour. */
const REMEMBERED = 64;

/**
 * Sees whether the chain that the majority agrees on dropped blocks that it had agreed on before.
 *
 * Only agreed heads are remembered, not what lies between them, so the depth is at most what is told.
 */
export class ReorgWatch {
  /** Ascending. */
  #known: AgreedBlock[] = [];

  /**
   * @param hashAt the hash that the majority now has at a height; undefined where that cannot be told
   * @returns how many blocks were dropped; 0 where none was, or where it cannot be told
   */
  async see(head: AgreedBlock, hashAt: (height: number) => Promise<string | undefined>): Promise<number> {
    // An agreed head may also go back because the source that was ahead is gone: what lies above is judged later.
    const below = this.#known.filter(({ height }) => height <= head.height);
    const last = below.at(-1);
    let dropped = 0;
    let common = below.length - 1;
    for (; common >= 0; common -= 1) {
      const before = below[common];
      const now = before === undefined ? undefined : await currentHash(head, before.height, hashAt);
      if (before === undefined || now === undefined) return 0;
      if (now === before.hash) break;
      dropped += 1;
    }
    if (last === undefined || dropped === 0) {
      if (last?.height !== head.height) this.#remember([...below, head, ...this.#known.slice(below.length)]);
      return 0;
    }
    const kept = below.slice(0, common + 1);
    // Where nothing that is remembered is left, it went at least one block deeper than that.
    const floor = kept.at(-1)?.height ?? (below[0]?.height ?? last.height) - 1;
    this.#remember([...kept, head]);
    return last.height - floor;
  }

  #remember(blocks: AgreedBlock[]): void {
    this.#known = blocks.slice(-REMEMBERED);
  }
}

async function currentHash(
  head: AgreedBlock,
  height: number,
  hashAt: (height: number) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (height === head.height) return head.hash;
  return height === head.height - 1 ? head.parentHash : hashAt(height);
}
