/** Elections by a real etcd, of many that want the seat. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Leadership } from '../../services/aggregator/lead/leadership.ts';
import { openLeadership } from '../../services/aggregator/lead/open.ts';
import { leaderSettings } from '../../services/aggregator/lead/settings.ts';
import { SecretScrubber } from '../../services/shared/secrets.ts';
import { PROVE } from '../fixtures/prove.ts';
import { Etcd } from './aggregator/etcd.ts';
import { until } from './aggregator/process.ts';
import { Wire } from './aggregator/wire.ts';

const WAIT_MS = 120_000;

let folder: string;
let etcd: Etcd;
let key = 0;
let electing: Leadership[] = [];
let wires: Wire[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aggregator-etcd-'));
  etcd = await Etcd.start(join(folder, 'etcd'));
});
afterAll(async () => {
  await etcd.kill();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  await Promise.all(electing.map((each) => each.stop()));
  for (const wire of wires) wire.close();
  electing = [];
  wires = [];
  key += 1;
});

function elect(more: object = {}, newest: () => number = () => 0): Leadership {
  const settings = leaderSettings.parse({
    name: `replica ${electing.length}`,
    etcd: { endpoints: [etcd.url], key: `/test/${key}`, ttl: '2s', ...more },
  });
  const log = pino({ level: 'silent' });
  const all = { log, secrets: new SecretScrubber(), env: {}, strict: true, newest: async () => newest() };
  const made = openLeadership(settings, all);
  electing.push(made);
  return made;
}

const led = async (by: Leadership, above = 0) => {
  await until(() => (by.epoch() ?? 0) > above, `it leads by an epoch above ${above}`, WAIT_MS);
  return by.epoch() ?? 0;
};
/** That want to lead at the same time. */
const CANDIDATES = 8;
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('however many want it, no two lead at any time, and the epochs only rise', { timeout: 600_000 }, async () => {
  const epochs: number[] = [];
  let most = 0;
  const join = async () => {
    const wire = await Wire.open(() => etcd.port);
    wires.push(wire);
    const each = elect({ endpoints: [wire.url] });
    each.onChange((epoch) => {
      most = Math.max(most, electing.filter((other) => other.epoch() !== undefined).length);
      if (epoch !== undefined) epochs.push(epoch);
    });
  };
  for (let n = 0; n < 3; n += 1) await join();
  const someoneLeads = () => electing.find((each) => each.epoch() !== undefined);
  const away: readonly (() => Promise<unknown> | unknown)[] = [
    () => someoneLeads()?.yield(),
    () => someoneLeads()?.stop(),
    async () => {
      const leader = someoneLeads();
      if (leader === undefined) return;
      const wire = wires[electing.indexOf(leader)];
      wire?.cut();
      const another = () => ![undefined, leader].includes(someoneLeads());
      await until(another, 'another leads', WAIT_MS);
      wire?.mend();
    },
    () => etcd.kill().then(() => etcd.start()),
    async () => {
      etcd.pause();
      await until(() => someoneLeads() === undefined, 'nobody leads', WAIT_MS);
      etcd.goOn();
    },
  ];
  for (let round = 0; round < (PROVE ? 20 : 1); round += 1) {
    for (const happens of away) {
      await until(() => someoneLeads() !== undefined, 'somebody leads', WAIT_MS);
      await happens();
      await join();
      // In the long form there would be a hundred in the end, of which each asks several times a second.
      await electing.at(-CANDIDATES - 1)?.stop();
    }
  }
  await until(() => someoneLeads() !== undefined, 'somebody leads at last', WAIT_MS);
  expect(most).toBe(1);
  expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
  expect(new Set(epochs).size).toBeGreaterThanOrEqual(PROVE ? 40 : 3);
});

test('where somebody deletes the key, the one who led steps down, and who leads then does so by a newer epoch', async () => {
  const first = elect();
  const epoch = await led(first);
  const second = elect();
  await until(() => second.known().epoch === epoch, 'it knows the epoch', WAIT_MS);
  await etcd.ask('kv/deleterange', { key: base64(`/test/${key}`) });
  // The other may lead before the first one has noticed: what that decides meanwhile is refused by its epoch.
  await until(() => (first.epoch() ?? second.epoch() ?? 0) > epoch, 'one leads anew', WAIT_MS);
  await until(() => first.epoch() === undefined || second.epoch() === undefined, 'only one of them', WAIT_MS);
  expect([first.epoch(), second.epoch()]).not.toContain(epoch);
});

test('who leads is known to the others by its name', async () => {
  const first = elect();
  const epoch = await led(first);
  const second = elect();
  await until(() => second.known().epoch === epoch, 'it knows the epoch', WAIT_MS);
  expect(second.known().leader).toMatch(/^replica 0_/);
  expect(second.epoch()).toBeUndefined();
});

test('an epoch is newer than whatever was decided before, also by means that were before etcd', async () => {
  let newest = 1_000_000;
  const first = elect({}, () => newest);
  expect(await led(first)).toBeGreaterThan(newest);
  // Somebody who should not have has decided something while it leads.
  newest = 2_000_000;
  const epoch = await led(first, newest);
  await first.stop();
  // This one has seen nothing of it.
  expect(await led(elect())).toBeGreaterThan(epoch);
});

test('an etcd that asks who we are is told, also when it has forgotten that', async () => {
  const own = await Etcd.start(join(folder, 'guarded'));
  try {
    const user = { name: 'root', password: 'a-password-of-etcd' };
    await own.ask('auth/user/add', user);
    await own.ask('auth/role/add', { name: 'root' });
    await own.ask('auth/user/grant', { user: 'root', role: 'root' });
    await own.ask('auth/enable', {});
    const stranger = elect({ endpoints: [own.url], ttl: '4s' });
    await until(() => /HTTP 4\d\d, .*user/.test(String(stranger.readiness().reason)), 'it is refused', WAIT_MS);
    const userFile = join(folder, 'user');
    writeFileSync(userFile, `${user.name}:${user.password}\n`, { mode: 0o600 });
    const known = elect({ endpoints: [own.url], userFile, ttl: '4s' });
    await led(known);
    // Tokens live in its memory.
    await own.kill();
    await until(() => known.epoch() === undefined, 'it steps down', WAIT_MS);
    await own.start();
    await led(known);
    expect(stranger.epoch()).toBeUndefined();
  } finally {
    await own.kill();
  }
});

test('endpoints are asked one after the other', async () => {
  const elected = elect({ endpoints: ['http://127.0.0.1:1', etcd.url] });
  await led(elected);
  const lost = elect({ endpoints: ['http://127.0.0.1:1', 'http://127.0.0.1:2'] });
  await until(() => lost.readiness().reason !== undefined, 'it complains', WAIT_MS);
  expect(lost.readiness()).toMatchObject({ ok: true, leads: false });
  expect(lost.readiness().reason).toContain('127.0.0.1:1: ECONNREFUSED; 127.0.0.1:2: ECONNREFUSED');
});

/** Whether something speaks TLS there. */
function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('secureConnect', () => socket.destroy());
  });
}

const OPENSSL = spawnSync('openssl', ['version']).status === 0;
test.runIf(OPENSSL)('over TLS, where etcd wants a certificate of us too', async () => {
  const made = (name: string) => {
    const files = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
    const asked = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    ];
    const names = ['-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', ...asked, ...names, '-out', files.cert, '-keyout', files.key], {
      stdio: 'ignore',
    });
    return files;
  };
  const [server, client, other] = [made('server'), made('client'), made('other')];
  // The gateway of etcd is a client of etcd, by the certificate of the server.
  const trusted = join(folder, 'trusted.crt');
  writeFileSync(trusted, [server, client].map(({ cert }) => readFileSync(cert, 'utf8')).join(''));
  const own = await Etcd.start(join(folder, 'tls'), {
    args: (port) => [
      `--listen-client-urls=https://127.0.0.1:${port}`,
      `--advertise-client-urls=https://127.0.0.1:${port}`,
      `--cert-file=${server.cert}`,
      `--key-file=${server.key}`,
      '--client-cert-auth',
      `--trusted-ca-file=${trusted}`,
    ],
    isReady: async (port) => connects(port),
  });
  try {
    const endpoints = [`https://127.0.0.1:${own.port}`];
    const caFile = server.cert;
    const [good, none, wrong, blind] = [
      elect({ endpoints, caFile, certFile: client.cert, keyFile: client.key }),
      elect({ endpoints, caFile }),
      elect({ endpoints, caFile, certFile: other.cert, keyFile: other.key }),
      elect({ endpoints, caFile: other.cert, certFile: client.cert, keyFile: client.key }),
    ];
    await led(good);
    for (const bad of [none, wrong, blind]) {
      await until(() => bad.readiness().reason !== undefined, 'it complains', WAIT_MS);
      expect(bad.known().epoch).toBeUndefined();
    }
  } finally {
    await own.kill();
  }
});
