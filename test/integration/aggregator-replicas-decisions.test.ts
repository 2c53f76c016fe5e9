/** What was decided for all replicas stays so where the log has lost it, whoever of them is left to say it. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type AggregatorProcess, numbered, TOKEN, until } from './aggregator/process.ts';
import { replicasOfEach } from './replicas/each.ts';
import { PATIENCE, untilHas, untilReady } from './replicas/replica.ts';

const replicas = replicasOfEach();

async function ask(replica: AggregatorProcess, path: string, body: unknown) {
  const answer = await fetch(replica.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.text() };
}

/** Whoever leads does it. */
async function decide(all: readonly AggregatorProcess[], path: string, body: unknown): Promise<void> {
  let said = '';
  const done = async () => {
    const answers = await Promise.all(all.map((replica) => ask(replica, path, body)));
    said = JSON.stringify(answers);
    return answers.some(({ status }) => status === 200);
  };
  await until(done, 'it is decided', PATIENCE).catch((error: unknown) => {
    throw new Error(said, { cause: error });
  });
}

const keysOf = async (replica: AggregatorProcess): Promise<string> =>
  (await replica.get('/keys/peer-0?network=default')).text;

/** The mark up to which a replica forgets. */
function markOf(index: number): number {
  const db = new DatabaseSync(replicas().place(index).database, { readOnly: true });
  try {
    return Number(db.prepare("SELECT value FROM meta WHERE key = 'prune_before'").get()?.value);
  } finally {
    db.close();
  }
}

/** Messages of the log that say again what was decided. */
function repeated(): Promise<number> {
  return replicas().nats.manage(async (manager) => {
    const { stream } = replicas();
    let found = 0;
    for (let seq = 1; ; ) {
      // The server knows it, and the types of its client do not.
      const query = { seq, next_by_subj: `${stream}.control` };
      const message = await manager.streams.getMessage(stream, query);
      if (message === null) return found;
      if (message.header.get('Chainwatch-Name').startsWith('!state/')) found += 1;
      seq = message.seq + 1;
    }
  });
}

test('a rotation and a mark that the log has lost reach a new replica, from one that did not decide them, and are said once', async () => {
  const all = await replicas().startAll([0, 1]);
  // Whoever leads is lost later, and with it what it alone has accepted.
  const leader = await leaderOf(all);
  const [left, lost] = leader === 0 ? [all[1], all[0]] : [all[0], all[1]];
  expect((await left.push([numbered(0), numbered(7)])).status).toBe(200);
  for (const replica of all) await untilHas(replica, [0, 7]);
  const before = Math.floor(Date.now() / 1000) - 100;
  await decide(all, '/keys/rotate', { peer_id: 'peer-0', new_key: 'c1'.repeat(32) });
  await decide(all, '/keys/rotate', { peer_id: 'peer-0', new_key: 'd2'.repeat(32), force: true });
  await decide(all, '/prune', { before });
  const has = async (replica: AggregatorProcess, index: number) =>
    (await keysOf(replica)).includes('d2d2') && markOf(index) >= before;
  for (const [index, replica] of all.entries()) {
    await until(() => has(replica, index), `replica ${index} has heard of it`, PATIENCE);
  }
  const history = await keysOf(all[0]);
  await lost.kill();
  await replicas().nats.manage((manager) => manager.streams.delete(replicas().stream));
  const fresh = await replicas().start(2);
  await untilReady(fresh);
  await until(() => has(fresh, 2), 'the new replica has heard of it', PATIENCE);
  expect(await keysOf(fresh)).toBe(history);
  expect((await left.push([{ peer_id: 'peer-1', timestamp: before - 50, metrics: {} }])).body).toMatchObject({
    expired: 1,
  });
  const said = await repeated();
  expect(said).toBeGreaterThanOrEqual(1);
  // One that comes later hears all of it from the log, and nobody has more to say.
  const later = await replicas().start(3);
  await untilReady(later);
  expect([await keysOf(later), markOf(3) >= before]).toEqual([history, true]);
  expect(await repeated()).toBe(said);
});

async function leaderOf(all: readonly AggregatorProcess[]): Promise<number> {
  let found = -1;
  const look = async () => {
    const bodies = await Promise.all(all.map((replica) => replica.ready()));
    found = bodies.findIndex(({ body }) => body.checks.leader?.leads === true);
    return found >= 0;
  };
  await until(look, 'somebody leads', PATIENCE);
  return found;
}
