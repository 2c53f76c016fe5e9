import type { Roster } from './roster.ts';

interface View {
  /** Unix seconds: older samples are not part of it. */
  readonly since: number;
  /** How long the chain of each peer was, by its id. */
  readonly seqs: Float64Array;
}

/**
 * Moments that somebody still reads. Samples are only added, so the heads of all chains at a moment are the moment; what is
 * left to do is to keep the pruner from what hangs on them. Each costs 16 bytes per peer.
 *
 * Whoever holds one must let it go within a bounded time: nothing here ends it.
 */
export class Views {
  readonly #views = new Map<number, View>();
  #last = 0;

  /** @returns the number of the view, and where the chain of each peer begins in it */
  hold(roster: Roster, since: number): { readonly view: number; readonly heads: Float64Array<ArrayBuffer> } {
    const { heads, seqs } = roster.moment();
    this.#last += 1;
    this.#views.set(this.#last, { since, seqs });
    return { view: this.#last, heads };
  }

  letGo(view: number): void {
    this.#views.delete(view);
  }

  /** Before when samples may go, of those that may go otherwise. Unix seconds. */
  oldest(before: number): number {
    let oldest = before;
    for (const { since } of this.#views.values()) oldest = Math.min(oldest, since);
    return oldest;
  }

  /** From which length of a chain on its end may be cut: its length now, or in a view in which it was shorter. */
  seq(peer: number, now: number): number {
    let least = now;
    for (const { seqs } of this.#views.values()) {
      const then = seqs[peer] ?? 0;
      // A peer that came later is in no one's way.
      if (then > 0 && then < least) least = then;
    }
    return least;
  }
}
