const cell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Lets others have the disk and the processor: after each piece of work the thread rests as long as that took. Blocks, so it is
 * for a thread of its own.
 *
 * @param share of the time that may be worked; 1 never rests
 */
export function pacer(share: number): () => void {
  let begun = performance.now();
  return () => {
    const rest = (performance.now() - begun) * (1 / share - 1);
    // A hung disk must not make us sleep as long again.
    if (rest > 0) Atomics.wait(cell, 0, 0, Math.min(rest, LONGEST_REST_MS));
    begun = performance.now();
  };
}

const LONGEST_REST_MS = 1_000;
