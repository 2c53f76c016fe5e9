import { expect, test } from 'vitest';
import { type AggregatorProcess, TOKEN, until } from './aggregator/process.ts';
import { replicasOfEach } from './replicas/each.ts';
import { PATIENCE, untilReady } from './replicas/replica.ts';

/** What nodes say of themselves, sent to one of several replicas and asked for at any. */

const replicas = replicasOfEach();

const START = Math.floor(Date.now() / 1000) - 3_600;

/** @returns status 0 where no answer came */
async function tell(replica: AggregatorProcess, node_id: string, seq: number, more: object = {}) {
  try {
    const answer = await fetch(`${replica.url}/telemetry`, {
      method: 'POST',
      headers: { 'x-auth-token': TOKEN },
      body: JSON.stringify({ node_id, seq, timestamp: START + seq, ...more }),
    });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0, body: {} };
  }
}

/** All that a replica has: `node/seq`, and the whole answers. */
async function toldOf(replica: AggregatorProcess, nodes: readonly string[]) {
  const answers = await Promise.all(nodes.map((node) => replica.get(`/telemetry/${node}`)));
  const seqs = answers.flatMap(({ status, text }, index) =>
    status === 200
      ? JSON.parse(text).map(({ summary }: { summary: { seq: number } }) => `${nodes[index]}/${summary.seq}`)
      : [],
  );
  return { seqs, texts: answers.map(({ text }) => text) };
}

const NODES = ['a', 'b', 'c'];

async function untilTold(replica: AggregatorProcess, wanted: readonly string[]): Promise<void> {
  const has = async () => {
    // One that takes a snapshot answers nothing meanwhile.
    const { seqs } = await toldOf(replica, NODES).catch(() => ({ seqs: [] }));
    return seqs.join() === wanted.join();
  };
  await until(has, `the replica has ${wanted.join()}`, PATIENCE);
}

test('what one of three was told, any of them tells, once; a log that was made again gets it anew, and so does a fourth', async () => {
  const three = await replicas().startAll([0, 1, 2]);
  const [one, two, third] = three;
  const memory = { mempool: { latest: 4, p50: 3, p90: 5, p99: 9 } };
  expect(await tell(one, 'a', 1, { memory, note: 'ü "quoted"' })).toEqual({ status: 202, body: { stored: true } });
  expect(await tell(two, 'b', 1)).toEqual({ status: 202, body: { stored: true } });
  expect(await tell(third, 'a', 2)).toEqual({ status: 202, body: { stored: true } });
  for (const replica of three) await untilTold(replica, ['a/2', 'a/1', 'b/1']);
  // As after a lost answer.
  for (const replica of three)
    expect(await tell(replica, 'a', 1, { memory })).toMatchObject({ body: { stored: false } });
  const { texts } = await toldOf(one, NODES);
  expect(JSON.parse(texts[0] ?? '')[1].summary).toMatchObject({ memory, note: 'ü "quoted"' });
  for (const replica of three) expect((await toldOf(replica, NODES)).texts).toEqual(texts);
  expect((await two.get('/telemetry')).text).toBe((await one.get('/telemetry')).text);

  await replicas().nats.manage((manager) => manager.streams.delete(replicas().stream));
  const fourth = await replicas().start(3);
  await untilTold(fourth, ['a/2', 'a/1', 'b/1']);
  expect((await toldOf(fourth, NODES)).texts).toEqual(texts);
});

test('what a replica was told before it was killed comes to the others when it is back; so does what it keeps while it takes a snapshot', async () => {
  const env = { CHAINWATCH_FAILPOINT: 'aggregator.publish.before' };
  const cut = await replicas()
    .place(0)
    .start({ settings: replicas().settings(0), env });
  await untilReady(cut);
  expect((await tell(cut, 'a', 1)).status).toBe(0);
  expect((await cut.exited).signal).toBe('SIGKILL');
  const other = await replicas().start(1);
  await untilReady(other);
  for (const seq of [1, 2, 3]) expect((await tell(other, 'b', seq)).status).toBe(202);
  await replicas().nats.manage((manager) => manager.streams.purge(replicas().stream, { keep: 1 }));
  const more = { replicas: [other.url], replicaTokenFile: replicas().place(0).tokenFile };
  const back = await replicas().start(0, more);
  await untilTold(back, ['a/1', 'b/3', 'b/2', 'b/1']);
  await untilTold(other, ['a/1', 'b/3', 'b/2', 'b/1']);
  expect(back.log.map(({ msg }) => msg)).toContain('the snapshot is in place; the log is read on from there');
});
