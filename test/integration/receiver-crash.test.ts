import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliverUntilDeath, expectNothingLost } from './receiver/acknowledged.ts';
import { numbered, Place } from './receiver/process.ts';

/**
 * What an acknowledgement is worth: after SIGKILL at any moment, every alert that was acknowledged is there, and none is
 * there twice.
 */

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** Every boundary between reading a request, syncing it, and acknowledging it. */
const KILL_POINTS = [
  'receiver.request.read',
  'receiver.commit.begun',
  'receiver.commit.applied',
  'receiver.commit.before',
  'receiver.commit.after',
  'receiver.ack.before',
  'receiver.ack.after',
  'receiver.checkpoint.before',
  'receiver.checkpoint.after',
];

/** The long form kills at the very first commit of a database too. */
const LONG = process.env.CHAINWATCH_PROVE === '1';

function passes(point: string): number[] {
  // A checkpoint comes after some thousand alerts; `applied` is passed once per alert.
  const later = point.startsWith('receiver.checkpoint') ? 2 : point.endsWith('.applied') ? 80 : 9;
  return LONG ? [1, later, later * 5] : [later];
}

describe('SIGKILL', () => {
  test.each(KILL_POINTS.flatMap((point) => passes(point).map((nth): [string, number] => [point, nth])))(
    'at %s, passed %i times, loses nothing that was acknowledged',
    async (point, nth) => {
      const receiver = await place.start({ env: { CHAINWATCH_FAILPOINT: `${point}:${nth}` } });
      const isCheckpoint = point.startsWith('receiver.checkpoint');
      const delivered = await deliverUntilDeath(receiver, {
        requests: isCheckpoint ? 100 * nth : 1_000,
        each: isCheckpoint ? 100 : 3,
      });
      expect((await receiver.exited).signal).toBe('SIGKILL');
      expect(delivered.unknown.size).toBeGreaterThan(0);
      if (nth > 5) expect(delivered.acknowledged.size).toBeGreaterThan(0);
      await expectNothingLost(place, delivered);
    },
  );

  test('while it forgets what is old, loses nothing that is young', async () => {
    const receiver = await place.start();
    expect(await receiver.deliver([numbered(1), numbered(2)])).toBe(200);
    await receiver.stop();
    // It looks for what is old as soon as it has started.
    const forgetful = place.spawn({ env: { CHAINWATCH_FAILPOINT: 'receiver.prune.before' } });
    expect((await forgetful.exited).signal).toBe('SIGKILL');
    expect(await (await place.start()).alerts()).toHaveLength(2);
  });

  test('at any moment under load, round after round, loses nothing that was acknowledged', async () => {
    const rounds = LONG ? 100 : 3;
    const acknowledged = new Set<number>();
    const unknown = new Set<number>();
    let from = 0;
    for (let round = 0; round < rounds; round += 1) {
      const receiver = await place.start();
      const first = Promise.withResolvers<void>();
      const delivering = deliverUntilDeath(receiver, { from, requests: 100_000, each: 3, onFirst: first.resolve });
      await first.promise;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
      await receiver.kill();
      const delivered = await delivering;
      for (const n of delivered.acknowledged) acknowledged.add(n);
      for (const n of delivered.unknown) unknown.add(n);
      from = Math.max(...acknowledged, ...unknown, from) + 1;
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(rounds * 3);
    await expectNothingLost(place, { acknowledged, unknown });
  }, 900_000);
});

test('SIGTERM under load: what was accepted is answered, and what was answered is there', async () => {
  const receiver = await place.start();
  const first = Promise.withResolvers<void>();
  const delivering = deliverUntilDeath(receiver, { requests: 100_000, each: 3, onFirst: first.resolve });
  await first.promise;
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
  expect(await receiver.stop()).toBe(0);
  const delivered = await delivering;
  expect(delivered.acknowledged.size).toBeGreaterThan(0);
  await expectNothingLost(place, delivered);
});
