import { expect } from 'vitest';
import { type AggregatorPlace, type AggregatorProcess, numbered, PEERS, type StartOptions } from './process.ts';

/** What the senders know after an aggregator has died under them, or refused. */
export interface Pushed {
  /** The number of each snapshot that was answered with 200. */
  readonly acknowledged: Set<number>;
  /** Those whose answer never came, or was a refusal. */
  readonly unknown: Set<number>;
}

/**
 * Pushes from eight connections until the aggregator is gone or refuses, or `batches` are out with `each` snapshots.
 *
 * @param onFirst called at the first 200
 */
export async function pushUntilDeath(
  aggregator: AggregatorProcess,
  { from = 0, batches, each, onFirst }: { from?: number; batches: number; each: number; onFirst?: () => void },
): Promise<Pushed> {
  const acknowledged = new Set<number>();
  const unknown = new Set<number>();
  let next = from;
  const last = from + batches * each;
  const work = async () => {
    while (next < last) {
      const numbers = Array.from({ length: each }, (_, index) => next + index);
      next += each;
      const { status } = await aggregator.push(numbers.map(numbered));
      if (status === 200 && acknowledged.size === 0) onFirst?.();
      for (const n of numbers) (status === 200 ? acknowledged : unknown).add(n);
      if (status !== 200) return;
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return { acknowledged, unknown };
}

/** Starts the aggregator again and compares what is there; then the senders try again, and nothing comes twice. */
export async function expectNothingLost(
  place: AggregatorPlace,
  { acknowledged, unknown }: Pushed,
  options: StartOptions = {},
): Promise<void> {
  const aggregator = await place.start(options);
  const there = await numbersOf(aggregator);
  expect(new Set(there).size).toBe(there.length);
  const found = new Set(there);
  expect([...acknowledged].filter((n) => !found.has(n))).toEqual([]);
  expect(there.filter((n) => !acknowledged.has(n) && !unknown.has(n))).toEqual([]);

  const again = [...acknowledged, ...unknown];
  for (let index = 0; index < again.length; index += 1_000) {
    const part = again.slice(index, index + 1_000);
    expect((await aggregator.push(part.map(numbered))).status).toBe(200);
  }
  expect((await numbersOf(aggregator)).sort((a, b) => a - b)).toEqual(again.sort((a, b) => a - b));
  await aggregator.stop();
}

/** The numbers of all snapshots that are there, peer by peer. */
export async function numbersOf(aggregator: AggregatorProcess): Promise<number[]> {
  const peers = Array.from({ length: PEERS }, (_, index) => `peer-${index}`);
  return (await Promise.all(peers.map((peer) => aggregator.numbersOf(peer)))).flat();
}
