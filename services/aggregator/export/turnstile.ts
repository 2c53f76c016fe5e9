/** Far below what is let through at any time. */
const CLOSED = -0x4000_0000;

/** Lets so many pass until others have gone out on the other side, in another thread. One side blocks, the other never does. */
export class Turnstile {
  readonly #cell: Int32Array<SharedArrayBuffer>;

  /** @param cell the same on both sides; its value is how many may pass at first */
  constructor(cell: Int32Array<SharedArrayBuffer>) {
    this.#cell = cell;
  }

  /** @returns the cell of a new one */
  static cell(most: number): Int32Array<SharedArrayBuffer> {
    const cell = new Int32Array(new SharedArrayBuffer(4));
    cell[0] = most;
    return cell;
  }

  /** Waits until there is room. Blocks. @throws an Error where it is closed */
  pass(): void {
    for (;;) {
      const left = Atomics.load(this.#cell, 0);
      if (left < 0) throw new Error('closed');
      if (left > 0) {
        Atomics.sub(this.#cell, 0, 1);
        return;
      }
      Atomics.wait(this.#cell, 0, 0);
    }
  }

  /** @throws an Error where it is closed */
  requireOpen(): void {
    if (Atomics.load(this.#cell, 0) < 0) throw new Error('closed');
  }

  /** One has gone out. */
  leave(): void {
    Atomics.add(this.#cell, 0, 1);
    Atomics.notify(this.#cell, 0);
  }

  /** For good; who waits is let go with an error. */
  close(): void {
    Atomics.sub(this.#cell, 0, -CLOSED);
    Atomics.notify(this.#cell, 0);
  }
}
