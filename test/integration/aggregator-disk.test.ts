import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectNothingLost, pushUntilDeath } from './aggregator/acknowledged.ts';
import { AggregatorPlace, numbered, until } from './aggregator/process.ts';
import { SmallDisk } from './service/smallDisk.ts';

/** A disk that is really full: a file system of two megabytes. */

let place: AggregatorPlace;
let disk: SmallDisk;

beforeEach((context) => {
  place = new AggregatorPlace();
  disk = new SmallDisk(join(place.folder, 'disk'));
  if (disk.obstacle !== undefined) context.skip(disk.obstacle);
});
afterEach(async () => {
  for (const aggregator of place.running()) await aggregator.kill();
  disk.clear();
  await place.clear();
});

test('a full disk: 507, not ready, nothing lost; with room again all goes on by itself', async () => {
  disk.fill(1_000_000);
  const settings = { history: 65_536, database: join(disk.folder, 'aggregator.db') };
  const aggregator = await place.start({ settings });
  const pushed = await pushUntilDeath(aggregator, { requests: 10_000, each: 20 });
  expect(pushed.acknowledged.size).toBeGreaterThan(20);
  expect(pushed.unknown.size).toBeGreaterThan(0);

  // Larger than what may be left in the last block.
  const large = Array.from({ length: 50 }, (_, n) => ({ ...numbered(500_000 + n), padding: 'x'.repeat(20_000) }));
  expect(await aggregator.push(large)).toMatchObject({
    status: 507,
    body: { error: 'store_full', remedy: expect.stringContaining('make room') },
  });
  expect(await aggregator.metric('aggregator_store_errors_total{reason="full"}')).toBeGreaterThan(0);
  const { status, body } = await aggregator.ready();
  expect([status, body.checks.store]).toMatchObject([503, { ok: false, kind: 'full' }]);
  // What can be read is still shown.
  expect((await aggregator.peers()).length).toBe(7);

  disk.makeRoom();
  await until(async () => (await aggregator.ready()).status === 200, 'ready again, without any request');
  expect((await aggregator.push([numbered(450_000)])).status).toBe(200);
  await aggregator.kill();
  pushed.acknowledged.add(450_000);
  await expectNothingLost(place, pushed, { settings });
});

test('a start without a byte left: it listens, shows what it has, and takes nothing until there is room', async () => {
  const settings = { database: join(disk.folder, 'aggregator.db') };
  const before = await place.start({ settings });
  expect((await before.push([numbered(1)])).status).toBe(200);
  await before.kill();
  disk.fillAll();
  const aggregator = await place.start({ settings });
  expect((await aggregator.ready()).body.checks.store).toMatchObject({ ok: false, kind: 'full' });
  expect(await aggregator.numbersOf('peer-1')).toEqual([1]);
  expect((await aggregator.push([numbered(2)])).status).toBe(507);
  disk.makeRoom();
  await until(async () => (await aggregator.ready()).status === 200, 'ready, when there is room');
  expect((await aggregator.push([numbered(2)])).status).toBe(200);
  expect([await aggregator.numbersOf('peer-1'), await aggregator.numbersOf('peer-2')]).toEqual([[1], [2]]);
});
