import { expect } from 'vitest';
import { type Sending, type Sent, sendUntilDeath } from '../service/sent.ts';
import { type AggregatorPlace, type AggregatorProcess, numbered, PEERS, type StartOptions } from './process.ts';

/** Pushes numbered snapshots; see sendUntilDeath. */
export function pushUntilDeath(aggregator: AggregatorProcess, sending: Sending): Promise<Sent> {
  return sendUntilDeath(async (numbers) => (await aggregator.push(numbers.map(numbered))).status, sending);
}

/** Starts the aggregator again and compares what is there; then the senders try again, and nothing comes twice. */
export async function expectNothingLost(
  place: AggregatorPlace,
  { acknowledged, unknown }: Sent,
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
