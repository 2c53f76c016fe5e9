import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../fixtures/programs.ts';
import { BackupPlace, fill, numbersOf, upTo } from './aggregator/backups.ts';
import { until } from './aggregator/process.ts';
import { start } from './command.ts';

/** What is made of a backup: with a key, of a damaged one, over a database that is there, and when it is interrupted. */

const WAIT = 120_000;

let place: BackupPlace;
beforeEach(() => {
  place = new BackupPlace();
});
afterEach(() => place.clear());

describe('an encrypted backup', () => {
  test('is opened by age, and by the command with its key alone', async () => {
    const key = join(place.folder, 'key.txt');
    const recipient = /age1\w+/.exec((await run('age-keygen', ['-o', key])).stderr)?.[0] ?? '';
    const path = await place.made('--age-recipient', recipient);
    const opened = join(place.cwd, 'opened.tar');
    expect(await run('age', ['-d', '-i', key, '-o', opened, path])).toMatchObject({ code: 0 });
    expect(execFileSync('tar', ['-tf', opened], { encoding: 'utf8' })).toBe('manifest.json\naggregator.db\n');

    const database = join(place.cwd, 'x.db');
    const without = await place.peers('restore', '--from', path, '--database', database);
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('--age-identity FILE') });
    const other = join(place.folder, 'other.txt');
    await run('age-keygen', ['-o', other]);
    const wrong = await place.peers('restore', '--from', path, '--database', database, '--age-identity', other);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be opened with this key') });
    expect(existsSync(database)).toBe(false);
    const right = await place.peers('restore', '--from', path, '--database', database, '--age-identity', key);
    expect(right).toMatchObject({ code: 0, stderr: '' });

    // What age itself has encrypted, whole and without its end.
    const again = join(place.folder, 'again.tar.age');
    expect(await run('age', ['-r', recipient, '-o', again, opened])).toMatchObject({ code: 0 });
    const restore = (to: string) =>
      place.peers('restore', '--from', again, '--database', join(place.cwd, to), '--age-identity', key);
    expect(await restore('y.db')).toMatchObject({ code: 0, stderr: '' });
    writeFileSync(again, readFileSync(again).subarray(0, -1));
    expect(await restore('z.db')).toMatchObject({ code: 1, stderr: expect.stringContaining('is damaged') });
    expect(existsSync(join(place.cwd, 'z.db'))).toBe(false);
  });

  test('for what is no key is refused, at the start of the service too', async () => {
    const done = await place.peers(
      'backup',
      '--path',
      'x',
      '--database',
      place.tokenFile,
      '--age-recipient',
      'age1wrong',
    );
    expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining('no public key of age') });
    const backup = { folder: join(place.folder, 'b'), ageRecipients: [`age1${'q'.repeat(58)}`] };
    const refused = place.spawn({ settings: { backup } });
    expect(await refused.exited).toMatchObject({ code: 2 });
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
    const path = await place.made();
    const bytes = readFileSync(path);
    writeFileSync(path, change(bytes) ?? bytes);
    const done = await place.peers('restore', '--from', path, '--database', 'x.db');
    expect(done.code).toBe(code);
    expect(done.stderr).toMatch(/^(chainwatch: |error: )?.*(backup|file).*\nRemedy: /is);
    expect(readdirSync(place.cwd)).toEqual(['peers.tar']);
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
    const path = await place.made();
    const aggregator = await place.start();
    await fill(aggregator, 710);
    const restore = (...more: readonly string[]) =>
      place.peers('restore', '--from', path, '--database', place.database, ...more);
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
    const path = await place.made();
    writeFileSync(join(place.cwd, 'x.db-wal'), 'a log');
    const done = await place.peers('restore', '--from', path, '--database', 'x.db');
    expect(done).toMatchObject({ code: 5, stderr: expect.stringContaining('x.db-wal is the log') });
  });
});

describe('what is interrupted leaves nothing', () => {
  test('a backup', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-tar' }).write('half of it');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const running = start(['peers', 'backup', '--path', 'b.tar', '--aggregator', url], { cwd: place.cwd });
    await until(() => readdirSync(place.cwd).some((name) => name.endsWith('.draft')), 'the draft is there', WAIT);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stderr: '' });
    server.close();
    expect(readdirSync(place.cwd)).toEqual([]);
  });

  test('a restore', async () => {
    const bytes = readFileSync(await place.made());
    const pipe = join(place.folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const running = start(['peers', 'restore', '--from', pipe, '--database', 'x.db'], { cwd: place.cwd });
    const end = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      writeSync(end, bytes.subarray(0, 20_000));
      await until(() => readdirSync(place.cwd).some((name) => name.endsWith('.restore')), 'the draft is there', WAIT);
      running.child.kill('SIGTERM');
      // Bit by bit, far from its end.
      const writing = setInterval(() => writeSync(end, bytes.subarray(20_000, 20_010)), 50);
      expect(await running.ended).toMatchObject({ code: 143, stderr: '' });
      clearInterval(writing);
    } finally {
      closeSync(end);
    }
    expect(readdirSync(place.cwd)).toEqual(['peers.tar']);
  });
});
