import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../fixtures/programs.ts';
import { AggregatorPlace, type AggregatorProcess, numbered, PEERS, TOKEN, until } from './aggregator/process.ts';
import { inProcess, start } from './command.ts';

/** Backups of a running aggregator: by itself, by the command, and what becomes of those that are no good. */

const WAIT = 120_000;
const LAST = 'aggregator_backup_last_proven_timestamp_seconds';

let place: AggregatorPlace;
let cwd: string;
let servers: Server[];
beforeEach(() => {
  place = new AggregatorPlace();
  cwd = join(place.folder, 'work');
  mkdirSync(cwd);
  servers = [];
});
afterEach(async () => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  await place.clear();
});

const env = { CHAINWATCH_SECRET_AGGREGATOR_TOKEN: TOKEN, CHAINWATCH_AGGREGATOR: undefined };
const peers = (...args: readonly string[]) => inProcess(['peers', ...args], { cwd, env });

async function fill(aggregator: AggregatorProcess, count = 700): Promise<void> {
  const { status } = await aggregator.push(Array.from({ length: count }, (_, n) => numbered(n)));
  expect(status).toBe(200);
}

/** All numbers that an aggregator has, sorted. */
async function numbersOf(aggregator: AggregatorProcess): Promise<number[]> {
  const all: number[] = [];
  for (let peer = 0; peer < PEERS; peer += 1) all.push(...(await aggregator.numbersOf(`peer-${peer}`)));
  return all.sort((a, b) => a - b);
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Made once for all tests that only want to read one. */
let whole: Buffer | undefined;

/** A backup of 700 samples, made without a service. */
async function made(...more: readonly string[]): Promise<string> {
  const path = join(cwd, 'peers.tar');
  if (whole !== undefined && more.length === 0) {
    writeFileSync(path, whole);
    return path;
  }
  const aggregator = await place.start();
  await fill(aggregator);
  await aggregator.stop();
  const done = await peers('backup', '--path', path, '--database', place.database, ...more);
  expect(done).toMatchObject({ code: 0, stderr: '' });
  if (more.length === 0) whole = readFileSync(path);
  return path;
}

test('the command backs up a running aggregator, and what it restores answers as the first did', async () => {
  const aggregator = await place.start();
  await fill(aggregator);
  const done = await peers('backup', '--path', '.', '--aggregator', aggregator.url, '--json');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  const told = JSON.parse(done.stdout);
  expect(told).toMatchObject({ last_id: 700, rows: { peer: PEERS, sample: 700 } });
  expect(readdirSync(cwd)).toEqual([expect.stringMatching(/^peers-\d{8}T\d{6}Z\.tar$/)]);
  expect(statSync(told.path)).toMatchObject({ size: told.bytes });
  expect(statSync(told.path).mode & 0o777).toBe(0o600);
  // With what everybody has.
  const tar = (...args: string[]) => execFileSync('tar', args, { encoding: 'utf8' });
  expect(tar('-tf', told.path)).toBe('manifest.json\naggregator.db\n');
  expect(JSON.parse(tar('-xOf', told.path, 'manifest.json'))).toMatchObject({ content: told.content });
  // Nothing is left beside the database.
  expect(readdirSync(place.folder).filter((name) => name.includes('.copy'))).toEqual([]);

  await fill(aggregator, 710);
  await aggregator.kill();
  const database = join(cwd, 'restored.db');
  const restored = await peers('restore', '--from', told.path, '--database', database);
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
  expect((await peers('restore', '--from', join(folder, names[3] ?? ''), '--database', 'x.db')).code).toBe(1);
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
    const done = await peers('backup', '--path', folder, '--aggregator', larger.url);
    expect(done.code).toBe(5);
    expect(done.stderr).toMatch(/the disk is full \(ENOSPC\)/);
    expect(done.stderr).not.toContain('.draft');
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    for (const each of place.running()) await each.kill();
    execFileSync('umount', [folder]);
  }
});

describe('an encrypted backup', () => {
  test('is opened by age, and by the command with its key alone', async () => {
    const key = join(place.folder, 'key.txt');
    const recipient = /age1\w+/.exec((await run('age-keygen', ['-o', key])).stderr)?.[0] ?? '';
    const path = await made('--age-recipient', recipient);
    const opened = join(cwd, 'opened.tar');
    expect(await run('age', ['-d', '-i', key, '-o', opened, path])).toMatchObject({ code: 0 });
    expect(execFileSync('tar', ['-tf', opened], { encoding: 'utf8' })).toBe('manifest.json\naggregator.db\n');

    const database = join(cwd, 'x.db');
    const without = await peers('restore', '--from', path, '--database', database);
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('--age-identity FILE') });
    const other = join(place.folder, 'other.txt');
    await run('age-keygen', ['-o', other]);
    const wrong = await peers('restore', '--from', path, '--database', database, '--age-identity', other);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be opened with this key') });
    expect(existsSync(database)).toBe(false);
    const right = await peers('restore', '--from', path, '--database', database, '--age-identity', key);
    expect(right).toMatchObject({ code: 0, stderr: '' });
  });

  test('for what is no key is refused, at the start of the service too', async () => {
    const done = await peers('backup', '--path', 'x', '--database', place.tokenFile, '--age-recipient', 'age1wrong');
    expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining('no public key of age') });
    const backup = { folder: join(place.folder, 'b'), ageRecipients: [`age1${'q'.repeat(58)}`] };
    const refused = place.spawn({ settings: { backup } });
    expect(await refused.exited).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(/cannot start: .*no public key of age/);
  });
});

describe('a backup that is no good is refused, and nothing is left', () => {
  test.each([
    [
      'a changed byte of the database',
      (bytes: Buffer) => void bytes.writeUInt8(0x55 ^ bytes.readUInt8(9_000), 9_000),
      1,
    ],
    ['an end that is missing', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5_000), 1],
    ['a header with another sum', (bytes: Buffer) => void bytes.write('x', 3), 2],
    ['another length', (bytes: Buffer) => replaced(bytes, /"bytes": \d/, '"bytes": 9'), 1],
    ['another digest of its content', (bytes: Buffer) => replaced(bytes, /"content": "..../, '"content": "0000'), 1],
    ['fewer rows than it says', (bytes: Buffer) => replaced(bytes, /"sample": 700/, '"sample": 701'), 1],
    ['a newer schema', (bytes: Buffer) => replaced(bytes, /"schema": \d/, '"schema": 9'), 2],
    ['no backup', () => Buffer.from('something else'), 1],
    ['an empty file', () => Buffer.alloc(0), 1],
  ])('%s', async (_what, change, code) => {
    const path = await made();
    const bytes = readFileSync(path);
    writeFileSync(path, change(bytes) ?? bytes);
    const done = await peers('restore', '--from', path, '--database', 'x.db');
    expect(done.code).toBe(code);
    expect(done.stderr).toMatch(/^(chainwatch: |error: )?.*(backup|file).*\nRemedy: /is);
    expect(readdirSync(cwd)).toEqual(['peers.tar']);
  });

  function replaced(bytes: Buffer, what: RegExp, by: string): undefined {
    const head = bytes.toString('latin1', 0, 2_048);
    expect(head).toMatch(what);
    bytes.write(head.replace(what, by), 0, 'latin1');
    return undefined;
  }
});

describe('a database that is there', () => {
  test('is left as it is, and never touched while it is in use; with --replace it is kept beside the new one', async () => {
    const path = await made();
    const aggregator = await place.start();
    await fill(aggregator, 710);
    const restore = (...more: readonly string[]) =>
      peers('restore', '--from', path, '--database', place.database, ...more);
    expect(await restore()).toMatchObject({ code: 5, stderr: expect.stringContaining('exists already') });
    expect(await restore('--replace')).toMatchObject({ code: 5, stderr: expect.stringContaining('is in use') });
    expect(await numbersOf(aggregator)).toEqual(upTo(710));
    await fill(aggregator, 720);
    // A kill leaves a log, which belongs to the old one.
    await aggregator.kill();
    const done = await restore('--replace');
    expect(done.code).toBe(0);
    const kept = /is now (.*)\n/.exec(done.stderr)?.[1] ?? '';
    const [after, before] = [await place.start(), await place.start({ settings: { database: kept } })];
    expect(await numbersOf(after)).toEqual(upTo(700));
    expect(await numbersOf(before)).toEqual(upTo(720));
  });

  test('and gone, with its log left, stops a restore: the log would be applied to the new one', async () => {
    const path = await made();
    writeFileSync(join(cwd, 'x.db-wal'), 'a log');
    const done = await peers('restore', '--from', path, '--database', 'x.db');
    expect(done).toMatchObject({ code: 5, stderr: expect.stringContaining('x.db-wal is the log') });
  });
});

describe('what is interrupted leaves nothing', () => {
  test('a backup', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-tar' }).write('half of it');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const running = start(['peers', 'backup', '--path', 'b.tar', '--aggregator', url], { cwd });
    await until(() => readdirSync(cwd).some((name) => name.endsWith('.draft')), 'the draft is there', WAIT);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stderr: '' });
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('a restore', async () => {
    const bytes = readFileSync(await made());
    const pipe = join(place.folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const running = start(['peers', 'restore', '--from', pipe, '--database', 'x.db'], { cwd });
    const end = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      writeSync(end, bytes.subarray(0, 20_000));
      await until(() => readdirSync(cwd).some((name) => name.endsWith('.restore')), 'the draft is there', WAIT);
      running.child.kill('SIGTERM');
      // Bit by bit, far from its end.
      const writing = setInterval(() => writeSync(end, bytes.subarray(20_000, 20_010)), 50);
      expect(await running.ended).toMatchObject({ code: 143, stderr: '' });
      clearInterval(writing);
    } finally {
      closeSync(end);
    }
    expect(readdirSync(cwd)).toEqual(['peers.tar']);
  });

  test('a service that is killed, and its next start takes away what is left', async () => {
    const aggregator = await place.start();
    await aggregator.kill();
    const left = `${place.database}.0b0b.copy`;
    copyFileSync(place.database, left);
    await place.start();
    expect(existsSync(left)).toBe(false);
  });
});

test.each([
  ['a token of one network', 'token-of-one-network-only', 2, /403: .*a backup concerns all networks/],
  ['no token', '', 2, /401: .*carries no token/],
])('a backup is not for %s', async (_what, token, code, says) => {
  writeFileSync(place.tokenFile, `${TOKEN}\ntoken-of-one-network-only bega\n`, { mode: 0o600 });
  const aggregator = await place.start();
  const done = await inProcess(['peers', 'backup', '--path', 'b.tar', '--aggregator', aggregator.url], {
    cwd,
    env: { ...env, CHAINWATCH_SECRET_AGGREGATOR_TOKEN: token },
  });
  expect(done.code).toBe(code);
  expect(done.stderr).toMatch(says);
  expect(readdirSync(cwd)).toEqual([]);
});
