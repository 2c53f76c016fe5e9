/** Waiting for a state, never for a time. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is something. @throws with what it waited for, and the last answer, after `seconds` */
export async function eventually<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(100);
  }
}
