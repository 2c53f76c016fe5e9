import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliverUntilDeath, expectNothingLost } from './receiver/acknowledged.ts';
import { numbered, Place, type StartOptions, until } from './receiver/process.ts';
import { afterPowerCut, momentsOf, PowerCut } from './service/powercut.ts';
import type { Sent } from './service/sent.ts';

/**
 * A killed process proves nothing about the disk: what it wrote is still in the memory of the system. Here a preloaded
 * library keeps a copy of each file as it was at its last successful sync, and the receiver is started again on those
 * copies alone: everything that was written but not synced is gone, as after a power cut.
 */

const LONG = process.env.CHAINWATCH_PROVE === '1';

let cut: PowerCut;
beforeAll(() => {
  cut = new PowerCut();
});
afterAll(() => cut.clear());

let place: Place;
let data: string;
let shadow: string;

beforeEach((context) => {
  if (cut.obstacle !== undefined) context.skip(cut.obstacle);
  place = new Place();
  data = join(place.folder, 'data');
  shadow = join(place.folder, 'shadow');
  mkdirSync(data);
  mkdirSync(shadow);
});

afterEach(() => place?.clear());

function options(env: Readonly<Record<string, string>> = {}): StartOptions {
  return {
    settings: { database: join(data, 'receiver.db') },
    env: { ...cut.env(data, shadow), ...env },
  };
}

/** The power comes back: only what was synced is there. */
async function expectNothingLostWithoutPower(delivered: Sent): Promise<void> {
  const after = new Place();
  try {
    afterPowerCut(shadow, after.folder);
    await expectNothingLost(after, delivered);
  } finally {
    await after.clear();
  }
}

describe('a power cut', () => {
  test.each(momentsOf([2, 7], LONG))('at sync %i loses nothing that was acknowledged', async (at) => {
    const receiver = place.spawn(options({ POWERCUT_KILL_AT: String(at) }));
    const started = await receiver.listening.then(
      () => true,
      () => false,
    );
    const delivered = started
      ? await deliverUntilDeath(receiver, { requests: 10_000, each: 2 })
      : { acknowledged: new Set<number>(), unknown: new Set<number>() };
    expect((await receiver.exited).signal).toBe('SIGKILL');
    if (Math.abs(at) >= 30) expect(delivered.acknowledged.size).toBeGreaterThan(0);
    await expectNothingLostWithoutPower(delivered);
  });

  test('after the log was moved into the database loses nothing that was acknowledged', async () => {
    const receiver = await place.start(options());
    const delivered = await deliverUntilDeath(receiver, { requests: 120, each: 100 });
    expect(delivered.acknowledged.size).toBe(12_000);
    await receiver.kill();
    await expectNothingLostWithoutPower(delivered);
  });
});

test('a disk whose syncs fail: nothing is acknowledged, and all goes on when it works again', async () => {
  const broken = join(place.folder, 'broken');
  const receiver = await place.start(options({ POWERCUT_FAIL: broken }));
  expect(await receiver.deliver([numbered(1)])).toBe(200);
  writeFileSync(broken, '');
  expect(await receiver.deliver([numbered(2)])).toBe(503);
  const failing = await receiver.ready();
  expect(failing.status).toBe(503);
  expect(failing.body.checks.store).toMatchObject({ ok: false, kind: 'io', reason: expect.stringContaining('I/O') });
  expect(await receiver.metric('receiver_store_ok')).toBe(0);
  rmSync(broken);
  await until(async () => (await receiver.ready()).status === 200, 'ready again, without any request');
  expect(await receiver.deliver([numbered(2), numbered(3)])).toBe(200);
  await receiver.kill();
  expect(existsSync(join(shadow, 'receiver.db-wal'))).toBe(true);
  await expectNothingLostWithoutPower({ acknowledged: new Set([1, 2, 3]), unknown: new Set() });
});
