/** How a service ends that cannot start: by its code whatever starts services anew knows whether that helps (docs/exit-codes.md). */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodes } from '../../cli/exitCodes.ts';
import { lockFolder } from '../../services/agent/push/lock.ts';
import { lockFile } from '../../services/shared/lockFile.ts';
import { Authority, type Issued, OPENSSL } from '../fixtures/certificates.ts';
import { start } from './command.ts';

const { failed: AGAIN, usage: NEVER, portInUse: TAKEN } = exitCodes;

type Settings = Readonly<Record<string, unknown>>;

const folder = mkdtempSync(join(tmpdir(), 'chainwatch-refusals-'));
const at = (name: string) => join(folder, name);
const taken = createServer();
let takenPort = 0;
let unlock: () => void;
beforeAll(async () => {
  writeFileSync(at('token'), 'token-of-the-refusals\n', { mode: 0o600 });
  writeFileSync(at('text'), 'This is no database, but long enough to look at. '.repeat(100));
  mkdirSync(at('folder'));
  const newer = new DatabaseSync(at('newer.db'));
  newer.exec('CREATE TABLE a (b); PRAGMA user_version = 999');
  newer.close();
  for (const name of ['queue', 'broken-queue']) mkdirSync(at(name));
  writeFileSync(at('broken-queue/lock'), 'no lock of ours, but long enough to look at. '.repeat(100));
  unlock = lockFolder(at('queue'));
  await once(taken.listen(0, '127.0.0.1'), 'listening');
  const address = taken.address();
  if (typeof address === 'object' && address !== null) takenPort = address.port;
});
afterAll(() => {
  unlock();
  taken.close();
  rmSync(folder, { recursive: true });
});

/** What a service that refuses to start leaves: its code, and one message. */
async function refusal(service: string, settings: Settings): Promise<{ code: number | null; says: string }> {
  const file = at(`${service}.json`);
  writeFileSync(file, JSON.stringify({ listen: '127.0.0.1:0', ...settings }));
  const { code, stdout, stderr } = await start(['serve', service, '--settings', file], { cwd: folder }).ended;
  expect(stdout).not.toMatch(/"level":"?(fatal|60)|^\s+at /m);
  expect(stderr).toMatch(new RegExp(`^${service} cannot start: [^\n]+\n {2}remedy: [^\n]+\n$`));
  return { code, says: stderr };
}

describe('the aggregator ends', () => {
  const refused = (settings: Settings) => refusal('aggregator', { database: at('a.db'), ...settings });

  test.each<readonly [string, Settings, RegExp]>([
    ['a database that is something else', { database: at('text') }, /text cannot be used: file is not a database/],
    ['a database that is a folder', { database: at('folder') }, /folder cannot be used: unable to open/],
    ['a database below a file', { database: at('text/a.db') }, /ENOTDIR|EEXIST/],
    ['a database of a newer version', { database: at('newer.db') }, /newer.db has schema 999/],
    ['a token file that is not there', { tokenFile: at('nowhere') }, /nowhere does not exist/],
    ['a folder of backups below a file', { backup: { folder: at('text/backups') } }, /folder of the backups/],
    [
      'an authority of etcd that is not there',
      { leader: { etcd: { endpoints: ['https://127.0.0.1:1'], key: '/a', caFile: at('nowhere') } } },
      /nowhere cannot be read/,
    ],
    [
      'a token of NATS that is not there',
      {
        leader: { etcd: { endpoints: ['http://127.0.0.1:1'], key: '/a' } },
        replication: { servers: ['nats://127.0.0.1:1'], tokenFile: at('nowhere') },
      },
      /nowhere does not exist\n {2}remedy: .*replication.tokenFile/,
    ],
  ])('with 2 on %s', async (_what, settings, says) => {
    expect(await refused(settings)).toEqual({ code: NEVER, says: expect.stringMatching(says) });
  });

  test('with 1 on the database of another aggregator, which may end', async () => {
    const release = lockFile(at('other.db.lock'), { of: 'it', taken: '' });
    const says = expect.stringMatching(/other.db cannot be had: .*locked\n {2}remedy: another aggregator uses it/);
    expect(await refused({ database: at('other.db') })).toEqual({ code: AGAIN, says });
    release();
  });

  test('with 4 on a port of another, of its health too, and with 1 on an address that may come', async () => {
    expect((await refused({ listen: `127.0.0.1:${takenPort}` })).code).toBe(TAKEN);
    expect((await refused({ healthListen: `127.0.0.1:${takenPort}` })).code).toBe(TAKEN);
    expect((await refused({ listen: '192.0.2.1:9300', tokenFile: at('token') })).code).toBe(AGAIN);
  });
});

describe.skipIf(!OPENSSL)('TLS', () => {
  let ours: Authority;
  let server: Issued;
  beforeAll(() => {
    ours = new Authority(folder, 'ours');
    server = ours.issue('server');
  });

  test.each<readonly [string, () => Settings, RegExp]>([
    [
      'the key of another certificate',
      () => ({ ...server, key: ours.issue('b').key }),
      /is not that of the certificate/,
    ],
    ['a key that cannot be read', () => ({ ...server, key: folder }), /cannot be read \(EISDIR\)/],
    ['a certificate that is none', () => ({ ...server, cert: at('text') }), /holds no whole certificate/],
    ['an authority that has ended', () => ({ ...server, clientCa: ours.issue('old', -1).cert }), /ended at 20/],
  ])('ends every service with 2: %s', async (_what, tls, says) => {
    const given = { tls: tls() };
    expect(await refusal('aggregator', { ...given, database: at('a.db') })).toEqual({
      code: NEVER,
      says: expect.stringMatching(says),
    });
  });

  test('that does not fit ends an agent with 2', async () => {
    const tls = { caFile: ours.cert, certFile: server.cert, keyFile: ours.issue('c').key };
    expect(await refusal('agent', { ...AGENT, tls })).toEqual({
      code: NEVER,
      says: expect.stringMatching(/cannot be used together/),
    });
  });
});

const AGENT = { source: { url: 'http://127.0.0.1:9' }, aggregators: ['http://127.0.0.1:9'] };

test.each<readonly [string, number, Settings, RegExp]>([
  ['a token file that is not there', NEVER, { tokenFile: at('nowhere') }, /nowhere does not exist/],
  ['a queue below a file', NEVER, { queue: { folder: at('text/queue') } }, /ENOTDIR/],
  ['a queue with a lock that is none', NEVER, { queue: { folder: at('broken-queue') } }, /not a database/],
  ['a queue of another, which may end', AGAIN, { queue: { folder: at('queue') } }, /another agent uses it/],
])('the agent ends on %s with %i', async (_what, code, settings, says) => {
  expect(await refusal('agent', { ...AGENT, ...settings })).toEqual({ code, says: expect.stringMatching(says) });
});
