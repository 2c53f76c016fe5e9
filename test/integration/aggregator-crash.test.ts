import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AggregatorPlace, type AggregatorProcess, numbered, PEERS } from './aggregator/process.ts';

/**
 * What an acknowledgement is worth: after SIGKILL at any moment, every snapshot that was acknowledged is there, and none
 * is there twice.
 */

const LONG = process.env.CHAINWATCH_PROVE === '1';
/** Nothing is left out because a peer has too many. */
const SETTINGS = { history: 65_536 };

let place: AggregatorPlace;
beforeEach(() => {
  place = new AggregatorPlace();
});
afterEach(() => place.clear());

/** Every boundary between reading a batch, syncing it, and acknowledging it. */
const KILL_POINTS = [
  'aggregator.request.read',
  'aggregator.commit.begun',
  'aggregator.commit.applied',
  'aggregator.commit.before',
  'aggregator.commit.after',
  'aggregator.ack.before',
  'aggregator.ack.after',
];

interface Pushed {
  /** The number of each snapshot that was answered with 200. */
  readonly acknowledged: Set<number>;
  readonly unknown: Set<number>;
}

/** Pushes from eight connections until the aggregator is gone. @param onFirst called at the first 200 */
async function pushUntilDeath(
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
async function expectNothingLost({ acknowledged, unknown }: Pushed): Promise<void> {
  const aggregator = await place.start({ settings: SETTINGS });
  const stored = async () => (await Promise.all(peerNames().map((peer) => aggregator.numbersOf(peer)))).flat();
  const there = await stored();
  expect(new Set(there).size).toBe(there.length);
  const found = new Set(there);
  expect([...acknowledged].filter((n) => !found.has(n))).toEqual([]);
  expect(there.filter((n) => !acknowledged.has(n) && !unknown.has(n))).toEqual([]);

  const again = [...acknowledged, ...unknown];
  for (let index = 0; index < again.length; index += 1_000) {
    const part = again.slice(index, index + 1_000);
    expect((await aggregator.push(part.map(numbered))).status).toBe(200);
  }
  expect((await stored()).sort((a, b) => a - b)).toEqual(again.sort((a, b) => a - b));
  await aggregator.stop();
}

function peerNames(): string[] {
  return Array.from({ length: PEERS }, (_, index) => `peer-${index}`);
}

describe('SIGKILL', () => {
  test.each(KILL_POINTS.flatMap((point) => (LONG ? [1, 9, 45] : [9]).map((nth): [string, number] => [point, nth])))(
    'at %s, passed %i times, loses nothing that was acknowledged',
    async (point, nth) => {
      const env = { CHAINWATCH_FAILPOINT: `${point}:${nth}` };
      const aggregator = await place.start({ env, settings: SETTINGS });
      const pushed = await pushUntilDeath(aggregator, { batches: 1_000, each: 3 });
      expect((await aggregator.exited).signal).toBe('SIGKILL');
      expect(pushed.unknown.size).toBeGreaterThan(0);
      await expectNothingLost(pushed);
    },
  );

  test('while the log is moved into the database loses nothing', async () => {
    // The log is moved after each MB of snapshots, so here with each batch or so.
    const padding = 'x'.repeat(60_000);
    const padded = (n: number) => ({ ...numbered(n), padding });
    const aggregator = await place.start({
      env: { CHAINWATCH_FAILPOINT: 'aggregator.checkpoint.after:5' },
      settings: SETTINGS,
    });
    let acknowledged = 0;
    while (
      (await aggregator.push(Array.from({ length: 50 }, (_, index) => padded(acknowledged + index)))).status === 200
    ) {
      acknowledged += 50;
    }
    expect((await aggregator.exited).signal).toBe('SIGKILL');
    expect(acknowledged).toBeGreaterThan(100);
    const again = await place.start({ settings: SETTINGS });
    const there = (await Promise.all(peerNames().map((peer) => again.numbersOf(peer)))).flat();
    expect(there.filter((n) => n < acknowledged)).toHaveLength(acknowledged);
  });

  test('while it forgets what is old, loses nothing that is young', async () => {
    const aggregator = await place.start({ settings: SETTINGS });
    await aggregator.push([numbered(1), numbered(2)]);
    await aggregator.stop();
    // It looks for what is old as soon as it has started.
    const forgetful = place.spawn({ env: { CHAINWATCH_FAILPOINT: 'aggregator.prune.before' }, settings: SETTINGS });
    expect((await forgetful.exited).signal).toBe('SIGKILL');
    const again = await place.start({ settings: SETTINGS });
    expect([await again.numbersOf('peer-1'), await again.numbersOf('peer-2')]).toEqual([[1], [2]]);
  });

  // Each database is looked through after so many kills: what a later kill covers up is not missed, and the look stays short.
  const databases = LONG ? 40 : 1;
  const kills = LONG ? 25 : 3;
  test(`at any moment under load, ${databases * kills} times, loses nothing that was acknowledged`, async () => {
    let all = 0;
    for (let database = 1; database <= databases; database += 1) {
      all += await killAgainAndAgain(kills);
      await place.clear();
      place = new AggregatorPlace();
      if (LONG) console.info(`${database * kills} kills: ${all} snapshots acknowledged, 0 lost, 0 twice`);
    }
    expect(all).toBeGreaterThanOrEqual(databases * kills * 3);
  }, 7_200_000);
});

/** @returns how many snapshots were acknowledged; all of them were found after the last kill */
async function killAgainAndAgain(kills: number): Promise<number> {
  const acknowledged = new Set<number>();
  const unknown = new Set<number>();
  let from = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const aggregator = await place.start({ settings: SETTINGS });
    const first = Promise.withResolvers<void>();
    const pushing = pushUntilDeath(aggregator, { from, batches: 400, each: 3, onFirst: first.resolve });
    await first.promise;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    await aggregator.kill();
    const pushed = await pushing;
    for (const n of pushed.acknowledged) acknowledged.add(n);
    for (const n of pushed.unknown) unknown.add(n);
    from = Math.max(...acknowledged, ...unknown) + 1;
  }
  await expectNothingLost({ acknowledged, unknown });
  return acknowledged.size;
}
