/** A replica that has nothing begins with what another one has: the log may not show what it had before. */
import { expect, test } from 'vitest';
import { freePort } from '../../tools/freePort.ts';
import { numbered, TOKEN, until } from './aggregator/process.ts';
import { replicasOfEach } from './replicas/each.ts';
import { numbersAt, PATIENCE, range, untilHas, untilReady, untilTaken } from './replicas/replica.ts';

const replicas = replicasOfEach();

/** At an address that is known before, naming others. */
function startAt(index: number, port: number, others: readonly string[], waitForReplicas = '120s') {
  const { tokenFile } = replicas().place(index);
  const more = { replicas: others, replicaTokenFile: tokenFile, waitForReplicas };
  return replicas()
    .place(index)
    .start({ settings: { ...replicas().settings(index, more), listen: `127.0.0.1:${port}` } });
}

test('a new replica on a stream that was made anew has what only another one still has, when it is ready', async () => {
  const [one, two] = await replicas().startAll([0, 1]);
  expect((await one.push(range(0, 10).map(numbered))).status).toBe(200);
  await untilHas(two, range(0, 10));
  // Who would publish it again is gone.
  await one.kill();
  await replicas().nats.manage((manager) => manager.streams.delete(replicas().stream));
  await untilTaken(two, [numbered(10)], 'after');
  const fresh = await startAt(2, await freePort(), [one.url, two.url]);
  await untilReady(fresh);
  expect(await numbersAt(fresh)).toEqual(range(0, 11));
  expect(fresh.log.map(({ msg }) => msg)).toContain('this replica is empty and begins with a snapshot of another one');
  expect((await fresh.ready()).body.checks.replication).not.toHaveProperty('since');
  await untilTaken(two, [numbered(11)], 'later');
  await untilHas(fresh, range(0, 12));
});

test('where the others do not answer it begins with the log, says so, and takes what it lacks when one does', async () => {
  const [one] = await replicas().startAll([0]);
  expect((await one.push(range(0, 10).map(numbered))).status).toBe(200);
  const order = { peer_id: 'peer-0', new_key: 'c1'.repeat(32), network: 'default' };
  const rotated = async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const answer = await fetch(`${one.url}/keys/rotate`, { method: 'POST', headers, body: JSON.stringify(order) });
    return answer.status === 200;
  };
  await until(rotated, 'the peer has a key', PATIENCE);
  await replicas().nats.manage((manager) => manager.streams.purge(replicas().stream));
  const port = await freePort();
  const fresh = await startAt(1, await freePort(), [`http://127.0.0.1:${port}`], '1s');
  await untilReady(fresh);
  expect((await fresh.ready()).body.checks.replication).toMatchObject({ since: expect.stringMatching(/^20/) });
  const complaint = fresh.log.find(({ msg }) => String(msg).startsWith('this replica begins with what the log has'));
  expect(complaint).toMatchObject({ reason: expect.stringContaining('ECONNREFUSED') });
  await untilTaken(fresh, [numbered(10)], 'taken');
  // What was decided is asked for over the log.
  const keys = async () => (await fresh.get('/keys/peer-0?network=default')).text.includes(order.new_key);
  await until(keys, 'it has heard of the key', PATIENCE);
  expect(await numbersAt(fresh)).toEqual([10]);
  await one.kill();
  await startAt(0, port, []);
  await untilHas(fresh, range(0, 11));
  const isWhole = async () => !('since' in ((await fresh.ready()).body.checks.replication ?? {}));
  await until(isWhole, 'it has all', PATIENCE);
});

test('replicas that are all new do not wait for each other', async () => {
  const ports = await Promise.all(range(0, 3).map(() => freePort()));
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const all = await Promise.all(ports.map((port, index) => startAt(index, port, urls, '1d')));
  await Promise.all(all.map(untilReady));
  for (const [index, replica] of all.entries()) {
    expect((await replica.push([numbered(index)])).status).toBe(200);
    expect((await replica.ready()).body.checks.replication).not.toHaveProperty('since');
  }
  for (const replica of all) await untilHas(replica, [0, 1, 2]);
});
