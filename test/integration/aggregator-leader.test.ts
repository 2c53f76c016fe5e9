/** Aggregators that elect a leader by a real etcd: whoever is paused, killed or cut off, only one acts, and somebody does again. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Etcd } from './aggregator/etcd.ts';
import { AggregatorPlace, type AggregatorProcess, TOKEN, until } from './aggregator/process.ts';

const WAIT_MS = 120_000;

let places: readonly [AggregatorPlace, AggregatorPlace];
let etcd: Etcd;
beforeEach(async () => {
  places = [new AggregatorPlace(), new AggregatorPlace()];
  etcd = await Etcd.start(join(places[0].folder, 'etcd'));
});
afterEach(async () => {
  for (const place of places) for (const each of place.running()) each.child.kill('SIGCONT');
  await Promise.all(places.map((place) => place.clear()));
  await etcd.kill();
});

const start = (place: AggregatorPlace, name: string) =>
  place.start({ settings: { leader: { name, etcd: { endpoints: [etcd.url], ttl: '2s' } } } });

/** Its epoch while it leads, else 0. */
async function leads(aggregator: AggregatorProcess): Promise<number> {
  const { body } = await aggregator.ready();
  const { leads: does, epoch } = body.checks.leader ?? {};
  return does === true ? Number(epoch) : 0;
}

/** Waits for one to lead by a newer epoch. @returns it, the others, and the epoch */
async function leaderOf(aggregators: readonly AggregatorProcess[], before: number) {
  let found: { leader: AggregatorProcess; epoch: number } | undefined;
  const look = async () => {
    for (const leader of aggregators) {
      const epoch = await leads(leader);
      if (epoch > before) found = { leader, epoch };
    }
    return found !== undefined;
  };
  await until(look, `somebody leads by an epoch newer than ${before}`, WAIT_MS);
  if (found === undefined) throw new Error('nobody leads');
  return found;
}

async function prune(aggregator: AggregatorProcess): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${aggregator.url}/prune`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ before: 1_700_000_000 }),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

test('one of two leads: the other when it is paused, and it does nothing when it wakes up; nobody without etcd', async () => {
  const both = await Promise.all([start(places[0], 'alpha'), start(places[1], 'beta')]);
  const { leader: first, epoch } = await leaderOf(both, 0);
  const [name, second] = first === both[0] ? ['alpha', both[1]] : ['beta', both[0]];
  await until(async () => (await second.metric('aggregator_leader_epoch')) === epoch, 'it knows who leads', WAIT_MS);
  expect([await first.metric('aggregator_leader'), await second.metric('aggregator_leader')]).toEqual([1, 0]);
  expect((await prune(first)).status).toBe(200);
  // It takes and shows snapshots all the same, and says whom to ask for the rest.
  expect((await second.ready()).status).toBe(200);
  expect((await second.push([{ peer_id: 'p', metrics: {} }])).status).toBe(200);
  expect(await prune(second)).toMatchObject({
    status: 421,
    body: { error: 'not_leader', reason: `this replica does not lead; ${name} does` },
  });

  first.child.kill('SIGSTOP');
  // Asked while it sleeps, answered when it wakes up.
  const asked = prune(first);
  const { epoch: next } = await leaderOf([second], epoch);
  first.child.kill('SIGCONT');
  expect((await asked).status).toBe(421);
  expect(await first.metric('aggregator_leader')).toBe(0);
  expect((await prune(second)).status).toBe(200);

  await second.kill();
  const { epoch: third } = await leaderOf([first], next);
  await etcd.kill();
  await until(async () => (await leads(first)) === 0, 'it steps down', WAIT_MS);
  expect((await prune(first)).status).toBe(421);
  expect((await first.push([{ peer_id: 'p', metrics: {} }])).status).toBe(200);
  expect(await first.ready()).toMatchObject({
    status: 200,
    body: { checks: { leader: { ok: true, leads: false, reason: expect.stringContaining('etcd does not answer') } } },
  });
  await etcd.start();
  await leaderOf([first], third - 1);
  expect((await prune(first)).status).toBe(200);
  expect(await first.stop()).toBe(0);
  // It has let go, so that nobody has to wait.
  expect(await etcd.ask('kv/range', { key: btoa('/chainwatch/aggregator/leader') })).not.toHaveProperty('kvs');
});
