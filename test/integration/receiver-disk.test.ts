import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliverUntilDeath, expectNothingLost } from './receiver/acknowledged.ts';
import { numbered, Place, until } from './receiver/process.ts';
import { SmallDisk } from './service/smallDisk.ts';

/** A disk that is really full: a file system of two megabytes. */

let place: Place;
let disk: SmallDisk;

beforeEach((context) => {
  place = new Place();
  disk = new SmallDisk(join(place.folder, 'disk'));
  if (disk.obstacle !== undefined) context.skip(disk.obstacle);
});

afterEach(async () => {
  for (const receiver of place.running()) await receiver.kill();
  disk.clear();
  await place.clear();
});

test('a full disk: 507, not ready, nothing lost; with room again all goes on by itself', async () => {
  disk.fill(1_000_000);
  const settings = { database: join(disk.folder, 'receiver.db') };
  const receiver = await place.start({ settings });
  const delivered = await deliverUntilDeath(receiver, { requests: 10_000, each: 5 });
  expect(delivered.acknowledged.size).toBeGreaterThan(20);
  expect(delivered.unknown.size).toBeGreaterThan(0);

  const answer = await fetch(`${receiver.url}/webhook`, {
    method: 'POST',
    headers: { authorization: 'Bearer integration-token-integration' },
    // Larger than what may be left in the last block.
    body: JSON.stringify({ version: '4', alerts: Array.from({ length: 300 }, (_, n) => numbered(900_000 + n)) }),
  });
  expect(answer.status).toBe(507);
  expect(await answer.json()).toMatchObject({ error: 'store_full', remedy: expect.stringContaining('make room') });
  expect(await receiver.metric('receiver_store_errors_total{reason="full"}')).toBeGreaterThan(0);
  const complaint = receiver.log.find(({ level }) => level === 'error');
  expect(complaint).toMatchObject({ kind: 'full', remedy: 'make room on its disk' });
  // What can be read is still shown.
  expect((await receiver.alerts()).length).toBeGreaterThanOrEqual(delivered.acknowledged.size);

  disk.makeRoom();
  await until(async () => (await receiver.ready()).status === 200, 'ready again, without any request');
  expect(await receiver.deliver([numbered(800_000)])).toBe(200);
  await receiver.kill();
  delivered.acknowledged.add(800_000);
  await expectNothingLost(place, delivered, { settings });
});

test('not a byte left: not ready until there is room', async () => {
  const settings = { database: join(disk.folder, 'receiver.db') };
  const receiver = await place.start({ settings });
  expect(await receiver.deliver([numbered(1)])).toBe(200);
  disk.fillAll();
  await until(
    async () => (await receiver.deliver(Array.from({ length: 200 }, (_, n) => numbered(100 + n)))) === 507,
    '507',
  );
  const full = await receiver.ready();
  expect([full.status, full.body.checks.store?.kind]).toEqual([503, 'full']);
  await receiver.kill();

  // A start on a full disk: it listens, shows what it has, and says why it is not ready.
  const again = await place.start({ settings });
  expect((await again.ready()).body.checks.store).toMatchObject({ ok: false, kind: 'full' });
  expect((await again.alerts()).map(({ fingerprint }) => fingerprint)).toContain('0000000000000001');
  disk.makeRoom();
  await until(async () => (await again.ready()).status === 200, 'ready, when there is room');
  expect(await again.deliver([numbered(2)])).toBe(200);
  const fingerprints = (await again.alerts()).map(({ fingerprint }) => fingerprint);
  expect(fingerprints).toContain('0000000000000001');
  expect(fingerprints).toContain('0000000000000002');
});
