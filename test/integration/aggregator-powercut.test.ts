import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectNothingLost, pushUntilDeath } from './aggregator/acknowledged.ts';
import { AggregatorPlace, numbered, type StartOptions, until } from './aggregator/process.ts';
import { afterPowerCut, momentsOf, PowerCut } from './service/powercut.ts';
import type { Sent } from './service/sent.ts';

/**
 * The disk under an aggregator: what it was told to keep is all that is there after a power cut, and what it refuses or takes by
 * halves is not acknowledged. Its log is moved into the database by another thread meanwhile, which syncs files of its own.
 */

const LONG = process.env.CHAINWATCH_PROVE === '1';
/** Nothing is left out because a peer has too many. */
const SETTINGS = { history: 65_536 };

let cut: PowerCut;
beforeAll(() => {
  cut = new PowerCut();
});
afterAll(() => cut.clear());

let place: AggregatorPlace;
let data: string;
let shadow: string;

beforeEach((context) => {
  if (cut.obstacle !== undefined) context.skip(cut.obstacle);
  place = new AggregatorPlace();
  data = join(place.folder, 'data');
  shadow = join(place.folder, 'shadow');
  mkdirSync(data);
  mkdirSync(shadow);
});
afterEach(() => place?.clear());

function options(env: Readonly<Record<string, string>> = {}): StartOptions {
  return {
    settings: { ...SETTINGS, database: join(data, 'aggregator.db') },
    env: { ...cut.env(data, shadow), ...env },
  };
}

async function expectNothingLostWithoutPower(pushed: Sent): Promise<void> {
  const after = new AggregatorPlace();
  try {
    afterPowerCut(shadow, after.folder);
    await expectNothingLost(after, pushed, { settings: SETTINGS });
  } finally {
    await after.clear();
  }
}

describe('a power cut', () => {
  test.each(momentsOf([3, 8], LONG))('at sync %i loses nothing that was acknowledged', async (at) => {
    const aggregator = place.spawn(options({ POWERCUT_KILL_AT: String(at) }));
    const started = await aggregator.listening.then(
      () => true,
      () => false,
    );
    const pushed = started
      ? await pushUntilDeath(aggregator, { requests: 10_000, each: 2 })
      : { acknowledged: new Set<number>(), unknown: new Set<number>() };
    expect((await aggregator.exited).signal).toBe('SIGKILL');
    if (Math.abs(at) >= 30) expect(pushed.acknowledged.size).toBeGreaterThan(0);
    await expectNothingLostWithoutPower(pushed);
  });

  test('while and after the log is moved into the database loses nothing that was acknowledged', async () => {
    const aggregator = await place.start(options());
    // More than a MB, after which the log is moved, several times over.
    const padding = 'x'.repeat(30_000);
    const acknowledged = new Set<number>();
    for (let from = 0; from < 400; from += 40) {
      const numbers = Array.from({ length: 40 }, (_, index) => from + index);
      const snapshots = numbers.map((n) => ({ ...numbered(n), padding }));
      expect((await aggregator.push(snapshots)).status).toBe(200);
      for (const n of numbers) acknowledged.add(n);
    }
    await until(() => existsSync(join(shadow, 'aggregator.db')), 'the database was synced');
    await aggregator.kill();
    await expectNothingLostWithoutPower({ acknowledged, unknown: new Set() });
  });
});

describe('a disk that fails', () => {
  test.each([
    ['syncs that fail', 'POWERCUT_FAIL'],
    ['writes of which half is taken, and the next not at all', 'POWERCUT_TORN'],
  ])('%s: refused with the reason, nothing acknowledged is lost, and all goes on by itself', async (_name, setting) => {
    const broken = join(place.folder, 'broken');
    const aggregator = await place.start(options({ [setting]: broken }));
    expect((await aggregator.push([numbered(1)])).status).toBe(200);
    writeFileSync(broken, '');
    expect(await aggregator.push([numbered(2)])).toMatchObject({
      status: 503,
      body: { error: 'store_failed', reason: expect.stringContaining('I/O'), remedy: expect.stringContaining('disk') },
    });
    const failing = await aggregator.ready();
    expect([failing.status, failing.body.checks.store]).toMatchObject([503, { ok: false, kind: 'io' }]);
    expect(await aggregator.numbersOf('peer-1')).toEqual([1]);
    expect(await aggregator.numbersOf('peer-2')).toEqual([]);
    rmSync(broken);
    await until(async () => (await aggregator.ready()).status === 200, 'ready again, without any request');
    expect((await aggregator.push([numbered(2), numbered(3)])).body).toMatchObject({ stored: 2 });
    await aggregator.kill();
    await expectNothingLostWithoutPower({ acknowledged: new Set([1, 2, 3]), unknown: new Set() });
  });

  test('writes of which half is taken each time are gone on with: all is there as it was sent', async () => {
    const short = join(place.folder, 'short');
    const aggregator = await place.start(options({ POWERCUT_SHORT: short }));
    writeFileSync(short, '');
    const pushed = await pushUntilDeath(aggregator, { requests: 40, each: 5 });
    expect([pushed.acknowledged.size, pushed.unknown.size]).toEqual([200, 0]);
    rmSync(short);
    await aggregator.kill();
    await expectNothingLostWithoutPower(pushed);
  });
});
