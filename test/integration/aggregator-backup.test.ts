import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BackupPlace, fill, numbersOf, upTo } from './aggregator/backups.ts';
import { PEERS, TOKEN, until } from './aggregator/process.ts';

/** Backups of a running aggregator: by itself and by the command. */

const WAIT = 120_000;
const LAST = 'aggregator_backup_last_proven_timestamp_seconds';

let place: BackupPlace;
beforeEach(() => {
  place = new BackupPlace();
});
afterEach(() => place.clear());

test('the command backs up a running aggregator, and what it restores answers as the first did', async () => {
  const aggregator = await place.start();
  await fill(aggregator);
  const done = await place.peers('backup', '--path', '.', '--aggregator', aggregator.url, '--json');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  const told = JSON.parse(done.stdout);
  expect(told).toMatchObject({ last_id: 700, rows: { peer: PEERS, sample: 700 } });
  expect(readdirSync(place.cwd)).toEqual([expect.stringMatching(/^peers-\d{8}T\d{6}Z\.tar$/)]);
  expect(statSync(told.path)).toMatchObject({ size: told.bytes });
  expect(statSync(told.path).mode & 0o777).toBe(0o600);
  // With what everybody has.
  const tar = (...args: string[]) => execFileSync('tar', args, { encoding: 'utf8' });
  expect(tar('-tf', told.path)).toBe('manifest.json\naggregator.db\n');
  expect(JSON.parse(tar('-xOf', told.path, 'manifest.json'))).toMatchObject({ content: told.content });
  // Nothing is left beside the database, and the log says how it ended.
  const said = () => aggregator.log.map(({ msg }) => String(msg)).filter((msg) => /^a backup was/.test(msg));
  await until(() => said().length > 0, 'its end is in the log', WAIT);
  expect(said()).toEqual(['a backup was sent']);
  expect(readdirSync(place.folder).filter((name) => name.includes('.copy'))).toEqual([]);

  await fill(aggregator, 710);
  await aggregator.kill();
  const database = join(place.cwd, 'restored.db');
  const restored = await place.peers('restore', '--from', told.path, '--database', database);
  expect(restored).toMatchObject({ code: 0, stderr: '' });
  expect(restored.stdout).toContain('7 peers, 700 samples as of');
  const again = await place.start({ settings: { database } });
  expect(await numbersOf(again)).toEqual(upTo(700));
  await fill(again, 710);
  expect(await numbersOf(again)).toEqual(upTo(710));
});

test('the service makes backups by itself, proves them, keeps so many, and knows after a restart', async () => {
  const folder = join(place.folder, 'backups');
  mkdirSync(folder);
  for (const day of [1, 2, 3]) writeFileSync(join(folder, `peers-2020010${day}T000000Z.tar`), 'old');
  writeFileSync(join(folder, 'notes.txt'), 'of somebody');
  writeFileSync(join(folder, 'peers-20200104T000000Z.tar.77.draft'), 'of a process that was killed');
  const settings = { backup: { folder, every: '1h', keep: 2 } };
  const first = await place.start({ settings });
  await until(async () => (await first.metric(LAST)) > 1_700_000_000, 'a proven backup', WAIT);
  await until(() => readdirSync(folder).length === 4, 'old ones forgotten', WAIT);
  const names = readdirSync(folder).sort();
  expect(names).toEqual([
    'last-proven.json',
    'notes.txt',
    'peers-20200103T000000Z.tar',
    expect.stringMatching(/^peers-\d{8}T\d{6}Z\.tar$/),
  ]);
  const { body } = await first.ready();
  expect(body.checks.backup).toEqual({ ok: true, lastProven: expect.stringMatching(/^20\d\d-/) });
  const proven = await first.metric(LAST);
  await first.stop();
  const second = await place.start({ settings });
  expect(await second.metric(LAST)).toBe(proven);
  await second.stop();
  // What the note tells of is gone: then nothing is proven.
  writeFileSync(join(folder, names[3] ?? ''), 'something else');
  const third = await place.start({ settings });
  await until(async () => (await third.metric(LAST)) > proven, 'a new one', WAIT);
  expect((await place.peers('restore', '--from', join(folder, names[3] ?? ''), '--database', 'x.db')).code).toBe(1);
});

test('a backup that cannot be made is counted and told, and what comes is taken all the same', async (context) => {
  const folder = join(place.folder, 'small');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'chainwatch-test', folder], { stdio: 'pipe' });
  } catch {
    context.skip('a small file system cannot be mounted here (needs root)');
  }
  try {
    const aggregator = await place.start({ settings: { backup: { folder, every: '1h' } } });
    const failures = () => aggregator.metric('aggregator_backup_failures_total{reason="full"}');
    await until(async () => (await failures()) > 0, 'it is counted', WAIT);
    const { status, body } = await aggregator.ready();
    expect([status, body.checks.backup]).toMatchObject([200, { ok: true, note: /^no backup: .*left on the disk/ }]);
    expect(await aggregator.metric(LAST)).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
    await fill(aggregator);
    // The command finds the same disk full while it writes.
    await aggregator.stop();
    const larger = await place.start({ settings: { maxSnapshotBytes: 200_000 } });
    const noise = 'x'.repeat(150_000);
    const many = upTo(20).map((n) => ({ peer_id: `large-${n}`, metrics: { noise } }));
    expect((await larger.push(many)).status).toBe(200);
    const done = await place.peers('backup', '--path', folder, '--aggregator', larger.url);
    expect(done.code).toBe(5);
    expect(done.stderr).toMatch(/the disk is full \(ENOSPC\)/);
    expect(done.stderr).not.toContain('.draft');
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    for (const each of place.running()) await each.kill();
    execFileSync('umount', [folder]);
  }
});

test('what a service that was killed has left is taken away by its next start', async () => {
  const aggregator = await place.start();
  await aggregator.kill();
  const left = `${place.database}.0b0b.copy`;
  copyFileSync(place.database, left);
  await place.start();
  expect(existsSync(left)).toBe(false);
});

test.each([
  ['a token of one network', 'token-of-one-network-only', 2, /403: .*a backup concerns all networks/],
  ['no token', '', 2, /401: .*carries no token/],
])('a backup is not for %s', async (_what, token, code, says) => {
  writeFileSync(place.tokenFile, `${TOKEN}\ntoken-of-one-network-only bega\n`, { mode: 0o600 });
  const aggregator = await place.start();
  const done = await place.peersAs(token, 'backup', '--path', 'b.tar', '--aggregator', aggregator.url);
  expect(done.code).toBe(code);
  expect(done.stderr).toMatch(says);
  expect(readdirSync(place.cwd)).toEqual([]);
});
