import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectNothingLost, numbersOf, pushUntilDeath } from './aggregator/acknowledged.ts';
import { AggregatorPlace, numbered } from './aggregator/process.ts';

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

describe('SIGKILL', () => {
  test.each(KILL_POINTS.flatMap((point) => (LONG ? [1, 9, 45] : [9]).map((nth): [string, number] => [point, nth])))(
    'at %s, passed %i times, loses nothing that was acknowledged',
    async (point, nth) => {
      const env = { CHAINWATCH_FAILPOINT: `${point}:${nth}` };
      const aggregator = await place.start({ env, settings: SETTINGS });
      const pushed = await pushUntilDeath(aggregator, { requests: 1_000, each: 3 });
      expect((await aggregator.exited).signal).toBe('SIGKILL');
      expect(pushed.unknown.size).toBeGreaterThan(0);
      await expectNothingLost(place, pushed, { settings: SETTINGS });
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
    const there = await numbersOf(again);
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
    const pushing = pushUntilDeath(aggregator, { from, requests: 400, each: 3, onFirst: first.resolve });
    // Where the disk hangs there may be none.
    await Promise.race([first.promise, pushing]);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    await aggregator.kill();
    const pushed = await pushing;
    for (const n of pushed.acknowledged) acknowledged.add(n);
    for (const n of pushed.unknown) unknown.add(n);
    from = Math.max(...acknowledged, ...unknown) + 1;
  }
  await expectNothingLost(place, { acknowledged, unknown }, { settings: SETTINGS });
  return acknowledged.size;
}
