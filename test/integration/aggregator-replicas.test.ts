import { afterEach, expect, test } from 'vitest';
import { type AggregatorProcess, numbered, PEERS, until } from './aggregator/process.ts';
import { PATIENCE, Replicas, untilReady } from './replicas/replica.ts';

let replicas: Replicas;
afterEach(() => replicas.clear());

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

async function numbersAt(replica: AggregatorProcess): Promise<number[]> {
  const peers = Array.from({ length: PEERS }, (_, index) => `peer-${index}`);
  const numbers = await Promise.all(peers.map((peer) => replica.numbersOf(peer)));
  return numbers.flat().sort((a, b) => a - b);
}

function untilHas(replica: AggregatorProcess, numbers: readonly number[]): Promise<void> {
  const wanted = [...numbers].sort((a, b) => a - b).join();
  return until(async () => (await numbersAt(replica)).join() === wanted, `the replica has ${numbers.length}`, PATIENCE);
}

test('what one of three accepts, all have, once; a fourth that comes later has it too', async () => {
  replicas = await Replicas.open(3);
  const three = await Promise.all([0, 1, 2].map((index) => replicas.start(index)));
  await Promise.all(three.map(untilReady));
  const all = range(0, 60);
  for (const [index, replica] of three.entries()) {
    const mine = all.filter((n) => n % 3 === index);
    const { status, body } = await replica.push(mine.map(numbered), { 'x-batch-id': `batch-${index}` });
    expect({ status, body }).toEqual({ status: 200, body: { stored: 20, duplicates: 0, expired: 0 } });
    // To another replica, as after a lost answer.
    const again = await three[(index + 1) % 3]?.push(mine.map(numbered), { 'x-batch-id': `batch-${index}` });
    expect(again?.status).toBe(200);
  }
  for (const replica of three) await untilHas(replica, all);
  await untilHas(await replicas.start(3), all);
  expect(await three[0]?.metric('aggregator_replication_behind')).toBe(0);
});
