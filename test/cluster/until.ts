import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

const EQUAL_MS = 30_000;

/** Asks until two things are equal, so that a failure shows how they differ. */
export async function untilEqual<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  const deadline = Date.now() + EQUAL_MS;
  for (;;) {
    const last = await ask();
    if (isDeepStrictEqual(last, expected) || Date.now() > deadline) return expect(last).toEqual(expected);
    await sleep(250);
  }
}
