import { expect, test } from 'vitest';
import { replicasOfEach } from './replicas/each.ts';
import { PATIENCE, untilReady } from './replicas/replica.ts';
import { until } from './service/process.ts';

/** What is dated later than it comes, sent to one of two replicas that do not take the same. */

const replicas = replicasOfEach();

const now = () => Math.floor(Date.now() / 1000);
const seen = (peer_id: string, timestamp: number) => ({ peer_id, timestamp, metrics: { timestamp } });

test('what the one kept that took it, both have, whatever the other would have taken', async () => {
  const strict = await replicas()
    .place(0)
    .start({ settings: { ...replicas().settings(0), maxAhead: '1m' } });
  const generous = await replicas()
    .place(1)
    .start({ settings: { ...replicas().settings(1), maxAhead: '1h' } });
  await Promise.all([strict, generous].map(untilReady));
  const at = now();
  const sent = await strict.push([seen('a', at), seen('b', at + 1_000), seen('c', at + 30)]);
  expect(sent).toEqual({ status: 200, body: { stored: 2, duplicates: 0, expired: 0, ahead: 1 } });
  const other = await generous.push([seen('d', at + 1_000), seen('e', at + 10_000)]);
  expect(other).toEqual({ status: 200, body: { stored: 1, duplicates: 0, expired: 0, ahead: 1 } });
  for (const replica of [strict, generous]) {
    await until(async () => (await replica.peers()).join() === 'a,c,d', 'the replica has a, c and d', PATIENCE);
  }
  expect((await strict.get('/peer/d')).text).toBe((await generous.get('/peer/d')).text);
  for (const replica of [strict, generous])
    expect(await replica.metric('aggregator_ahead_total{network="default"}')).toBe(1);
});
