/** A log that answers and takes nothing: full, forbidden, or with other settings than when it was made. */
import { expect, test } from 'vitest';
import { type AggregatorProcess, numbered, until } from './aggregator/process.ts';
import { replicasOfEach } from './replicas/each.ts';
import { PATIENCE, range, untilHas, untilReady, untilTaken } from './replicas/replica.ts';

const replicas = replicasOfEach();

const edit = (change: Readonly<Record<string, unknown>>) =>
  replicas().nats.manage(async (manager) => {
    await manager.streams.update(replicas().stream, change);
  });

const untilRefused = (replica: AggregatorProcess, reason: RegExp) => {
  const says = async () => {
    const { status, body } = await replica.ready();
    return status === 503 && reason.test(String(body.checks.replication?.reason));
  };
  return until(says, `it is not ready: ${reason}`, PATIENCE);
};

test('a log that is full takes nothing, which is said; what waited for it is there once when it has room', async () => {
  const [one, two] = await replicas().startAll([0, 1]);
  expect((await one.push([numbered(0)])).status).toBe(200);
  await untilHas(two, [0]);
  const { messages } = await replicas().streamState();
  await edit({ max_msgs: messages, discard: 'new' });
  const refused = await one.push([numbered(1)], { 'x-batch-id': 'late' });
  expect(refused).toMatchObject({
    status: 503,
    body: { error: 'log_failed', reason: expect.stringMatching(/maximum/) },
  });
  await untilRefused(one, /maximum messages/);
  await edit({ max_msgs: -1 });
  await untilReady(one);
  await untilTaken(two, [numbered(1)], 'late');
  for (const replica of [one, two]) await untilHas(replica, [0, 1]);
});

test('a batch that the log does not take any more keeps none back that came later', async () => {
  const [one, two] = await replicas().startAll([0, 1]);
  expect((await one.push([numbered(0)])).status).toBe(200);
  await untilHas(two, [0]);
  // Both are taken here while the log is full; then it takes small ones alone.
  const { messages } = await replicas().streamState();
  await edit({ max_msgs: messages, discard: 'new' });
  const large = { ...numbered(1), padding: 'x'.repeat(50_000) };
  expect((await one.push([large], { 'x-batch-id': 'large' })).status).toBe(503);
  expect((await one.push([numbered(2)], { 'x-batch-id': 'small' })).status).toBe(503);
  await edit({ max_msgs: -1, max_msg_size: 20_000 });
  await untilHas(two, [0, 2]);
  await edit({ max_msg_size: -1 });
  await untilHas(two, range(0, 3));
});

test('a log to which nothing may be written is said to be so, and goes on when it may', async () => {
  const [one] = await replicas().startAll([0]);
  const { stream } = replicas();
  replicas().nats.deny(0, [`${stream}.*`]);
  const refused = async () => (await one.push([numbered(0)], { 'x-batch-id': 'forbidden' })).status === 503;
  await until(refused, 'the batch is refused', PATIENCE);
  await untilRefused(one, /permission/i);
  replicas().nats.deny(0, []);
  await untilReady(one);
  await untilTaken(one, [numbered(0)], 'forbidden');
  await untilHas(one, [0]);
});

test('a stream that is changed to what would lose messages is not written to, and says why', async () => {
  const [one] = await replicas().startAll([0]);
  await edit({ max_msgs: 10_000, discard: 'old' });
  await untilRefused(one, /discard: old removes messages/);
  expect((await one.push([numbered(0)])).status).toBe(503);
  await edit({ max_msgs: -1, discard: 'new' });
  await untilReady(one);
  await untilTaken(one, [numbered(0)], 'after');
});

test('one server that is asked for three copies refuses the start, which names the setting', async () => {
  const settings = replicas().settings(0, { streamReplicas: 3 });
  const replica = replicas().place(0).spawn({ settings });
  expect((await replica.exited).code).toBe(2);
  expect(replica.stderr).toMatch(/cannot be made: .*non-clustered mode/);
  expect(replica.stderr).toContain('streamReplicas: 1');
});
