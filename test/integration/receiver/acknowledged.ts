import { expect } from 'vitest';
import { fingerprintOfNumber, numbered, type Place, type ReceiverProcess, type StartOptions } from './process.ts';

/** What the senders know after a receiver has died under them. */
export interface Delivered {
  /** Numbers of the alerts that were answered with 200. */
  readonly acknowledged: Set<number>;
  /** Numbers of the alerts whose answer never came, or was a refusal. */
  readonly unknown: Set<number>;
}

/**
 * Delivers from eight connections until the receiver is gone, or `requests` are out with `each` alerts.
 *
 * @param onFirst called at the first 200: on a busy machine that may take a while
 */
export async function deliverUntilDeath(
  receiver: ReceiverProcess,
  { from = 0, requests, each, onFirst }: { from?: number; requests: number; each: number; onFirst?: () => void },
): Promise<Delivered> {
  const acknowledged = new Set<number>();
  const unknown = new Set<number>();
  let next = from;
  const last = from + requests * each;
  const work = async () => {
    while (next < last) {
      const numbers = Array.from({ length: each }, (_, index) => next + index);
      next += each;
      const status = await receiver.deliver(numbers.map((n) => numbered(n)));
      if (status === 200 && acknowledged.size === 0) onFirst?.();
      for (const n of numbers) (status === 200 ? acknowledged : unknown).add(n);
      if (status !== 200) return;
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return { acknowledged, unknown };
}

/**
 * Starts the receiver again and compares what is there with what must be there and what may be there; then the senders
 * try again, as Alertmanager does, and nothing comes twice.
 */
export async function expectNothingLost(
  place: Place,
  { acknowledged, unknown }: Delivered,
  options: StartOptions = {},
): Promise<void> {
  const receiver = await place.start(options);
  const alerts = await receiver.alerts();
  const there = new Set(alerts.map(({ fingerprint }) => fingerprint));
  expect(there.size).toBe(alerts.length);
  expect([...acknowledged].filter((n) => !there.has(fingerprintOfNumber(n)))).toEqual([]);
  const strangers = [...there].filter((fingerprint) => {
    const n = Number.parseInt(fingerprint, 16);
    return !acknowledged.has(n) && !unknown.has(n);
  });
  expect(strangers).toEqual([]);

  const again = [...acknowledged, ...unknown];
  for (let index = 0; index < again.length; index += 500) {
    const part = again.slice(index, index + 500);
    expect(await receiver.deliver(part.map((n) => numbered(n)))).toBe(200);
  }
  const after = await receiver.alerts();
  expect(after.map(({ fingerprint }) => fingerprint).sort()).toEqual(again.map(fingerprintOfNumber).sort());
  for (const n of [...[...acknowledged].slice(-3), ...[...unknown].slice(0, 5)]) {
    const { transitions } = await receiver.history(fingerprintOfNumber(n));
    expect(transitions.map(({ change }) => change)).toEqual(['fired']);
  }
  await receiver.stop();
}
