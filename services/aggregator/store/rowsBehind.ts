/** Some rows to save, and the sample up to which all rows are right after that, where it ends a round. */
export interface Slice {
  readonly peers: readonly number[];
  readonly upTo: number | undefined;
}

/**
 * Peers whose rows are behind what is known in memory.
 *
 * They are saved in rounds, some with each commit: ten thousand at once would make one commit wait for a twentieth of a second. A peer that changes
 * during a round stands in the next one too.
 */
export class RowsBehind {
  #waiting: number[] = [];
  #isWaiting = new Uint8Array(1_024);
  #round: { readonly peers: readonly number[]; readonly upTo: number } | undefined;
  #saved = 0;
  #saving = 0;

  get inRound(): boolean {
    return this.#round !== undefined;
  }

  mark(peer: number): void {
    if (peer >= this.#isWaiting.length) this.#grow(peer);
    if (this.#isWaiting[peer] === 1) return;
    this.#isWaiting[peer] = 1;
    this.#waiting.push(peer);
  }

  /** The next rows of the round, or the first of a new one. @param upTo the newest sample whose peer is marked */
  next(most: number, upTo: number): Slice {
    this.#round ??= this.#begin(upTo);
    const { peers, upTo: reached } = this.#round;
    const slice = peers.slice(this.#saved, this.#saved + most);
    this.#saving = slice.length;
    return { peers: slice, upTo: this.#saved + slice.length === peers.length ? reached : undefined };
  }

  /** All rows that are behind. */
  all(): readonly number[] {
    return [...(this.#round?.peers.slice(this.#saved) ?? []), ...this.#waiting];
  }

  /** What `next` gave is in the rows. */
  committed(): void {
    this.#saved += this.#saving;
    this.#saving = 0;
    if (this.#saved === this.#round?.peers.length) this.#round = undefined;
  }

  /** It is not: `next` gives it again. */
  rolledBack(): void {
    this.#saving = 0;
  }

  #begin(upTo: number) {
    const round = { peers: this.#waiting, upTo };
    for (const peer of round.peers) this.#isWaiting[peer] = 0;
    this.#waiting = [];
    this.#saved = 0;
    return round;
  }

  #grow(peer: number): void {
    const grown = new Uint8Array(Math.max(peer + 1, this.#isWaiting.length * 2));
    grown.set(this.#isWaiting);
    this.#isWaiting = grown;
  }
}
