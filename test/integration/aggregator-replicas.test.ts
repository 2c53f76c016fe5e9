import { expect, test } from 'vitest';
import { PROVE } from '../fixtures/prove.ts';
import { numbered, TOKEN, until } from './aggregator/process.ts';
import { replicasOfEach } from './replicas/each.ts';
import { PATIENCE, range, untilHas, untilReady, untilTaken } from './replicas/replica.ts';

const replicas = replicasOfEach();

test('what one of three accepts, all have, once; a fourth that comes later has it too', async () => {
  const three = await replicas().startAll([0, 1, 2]);
  const numbers = range(0, 60);
  for (const [index, replica] of three.entries()) {
    const mine = numbers.filter((n) => n % 3 === index).map(numbered);
    const { status, body } = await replica.push(mine, { 'x-batch-id': `batch-${index}` });
    expect({ status, body }).toEqual({ status: 200, body: { stored: 20, duplicates: 0, expired: 0 } });
    // To another replica, as after a lost answer.
    const again = await three[(index + 1) % 3]?.push(mine, { 'x-batch-id': `batch-${index}` });
    expect(again?.status).toBe(200);
  }
  for (const replica of three) await untilHas(replica, numbers);
  await untilHas(await replicas().start(3), numbers);
});

test('a batch that is larger than a message of the log arrives whole, and is known as one', async () => {
  const [one, two] = await replicas().startAll([0, 1]);
  const padding = 'x'.repeat(50_000);
  const large = range(0, 50).map((n) => ({ ...numbered(n), padding }));
  expect(await one.push(large, { 'x-batch-id': 'large' })).toMatchObject({ status: 200, body: { stored: 50 } });
  await untilHas(two, range(0, 50));
  expect(await two.push(large, { 'x-batch-id': 'large' })).toMatchObject({
    status: 200,
    body: { stored: 0, duplicates: 50 },
  });
  const { messages } = await replicas().streamState();
  expect(messages).toBeGreaterThan(2);
  await untilHas(one, range(0, 50));
});

test('without the log nothing is acknowledged and the replica is not ready; a batch that is sent again later is there once', async () => {
  const [one, two] = await replicas().startAll([0, 1]);
  expect((await one.push([numbered(1)])).status).toBe(200);
  await untilHas(two, [1]);
  replicas().nats.pause(0);
  // It may be taken here, and waits for the log in vain.
  const first = await one.push([numbered(2)], { 'x-batch-id': 'late' });
  expect(first).toMatchObject({ status: 503, body: { error: 'log_failed' } });
  await until(async () => (await one.ready()).status === 503, 'the replica is not ready', PATIENCE);
  const { checks } = (await one.ready()).body;
  expect(checks.replication).toMatchObject({ ok: false, reason: expect.stringContaining('the log does not answer') });
  const refused = await one.post([numbered(3)]);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  const lag = await one.metric('aggregator_replication_lag_seconds');
  await until(
    async () => (await one.metric('aggregator_replication_lag_seconds')) > lag + 1,
    'the lag grows',
    PATIENCE,
  );
  replicas().nats.resume(0);
  await untilReady(one);
  await untilTaken(two, [numbered(2)], 'late');
  await untilHas(one, [1, 2]);
  await untilHas(two, [1, 2]);
  await until(
    async () => (await one.metric('aggregator_replication_lag_seconds')) < 3,
    'the lag is short again',
    PATIENCE,
  );
});

test.each(PROVE ? ['aggregator.publish.before', 'aggregator.publish.after'] : ['aggregator.publish.before'])(
  'a replica that is killed at %s brings its batch to the log when it is back',
  async (point) => {
    const one = await replicas()
      .place(0)
      .start({ settings: replicas().settings(0), env: { CHAINWATCH_FAILPOINT: point } });
    await untilReady(one);
    expect((await one.push([numbered(1)], { 'x-batch-id': 'cut' })).status).toBe(0);
    expect((await one.exited).signal).toBe('SIGKILL');
    const two = await replicas().start(1);
    await untilReady(two);
    expect((await two.push([numbered(2)])).status).toBe(200);
    await untilHas(await replicas().start(0), [1, 2]);
    await untilHas(two, [1, 2]);
  },
);

test('a log that was deleted and made again gets from each replica what it had accepted', async () => {
  const [one, two] = await replicas().startAll([0, 1]);
  expect((await one.push(range(0, 10).map(numbered))).status).toBe(200);
  expect((await two.push(range(10, 20).map(numbered))).status).toBe(200);
  await untilHas(one, range(0, 20));
  await untilHas(two, range(0, 20));
  await replicas().nats.manage((manager) => manager.streams.delete(replicas().stream));
  // One that has nothing sees what is in the log.
  await untilHas(await replicas().start(2), range(0, 20));
  expect(await one.metric('aggregator_replication_republished_total')).toBeGreaterThanOrEqual(1);
  await untilTaken(one, [numbered(20)], 'after');
  await untilHas(two, range(0, 21));
});

test('a replica for which the log has moved on takes a snapshot of another one, and keeps what only it had accepted', async () => {
  const [one] = await replicas().startAll([0]);
  expect((await one.push(range(0, 10).map(numbered))).status).toBe(200);
  // Taken by the second alone: it dies before it publishes.
  const env = { CHAINWATCH_FAILPOINT: 'aggregator.publish.before' };
  const two = await replicas()
    .place(1)
    .start({ settings: replicas().settings(1), env });
  await untilHas(two, range(0, 10));
  expect((await two.push([numbered(100)], { 'x-batch-id': 'alone' })).status).toBe(0);
  expect((await two.exited).signal).toBe('SIGKILL');
  for (const n of range(10, 20)) expect((await one.push([numbered(n)])).status).toBe(200);
  await replicas().nats.manage((manager) => manager.streams.purge(replicas().stream, { keep: 1 }));
  const again = await replicas().start(1, { replicas: [one.url], replicaTokenFile: replicas().place(1).tokenFile });
  await untilHas(again, [...range(0, 20), 100]);
  await untilHas(one, [...range(0, 20), 100]);
  expect(again.log.map(({ msg }) => msg)).toContain('the snapshot is in place; the log is read on from there');
  await untilTaken(again, [numbered(101)], 'after');
  await untilHas(one, [...range(0, 20), 100, 101]);
  const stranger = await fetch(`${one.url}/replica/snapshot`, { headers: { authorization: `Bearer not-${TOKEN}` } });
  expect(stranger.status).toBe(401);
});

test('a stream that would lose what it acknowledges is refused, with each reason', async () => {
  const { stream } = replicas();
  await replicas().nats.manage((manager) =>
    manager.streams.add({ name: stream, subjects: [`${stream}.batch`], storage: 'memory', max_msgs: 10 }),
  );
  const refused = replicas()
    .place(0)
    .spawn({ settings: replicas().settings(0) });
  expect((await refused.exited).code).not.toBe(0);
  for (const reason of [`does not hold ${stream}.control`, 'memory is lost at a restart', 'old removes messages']) {
    expect(refused.stderr).toContain(reason);
  }
});
