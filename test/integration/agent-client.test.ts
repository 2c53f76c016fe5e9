import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Client, type ClientOptions, openClient, type PeerSnapshot } from '../../services/agent/client.ts';
import { freePort } from '../../tools/freePort.ts';
import { NameServer } from './agent/dns.ts';
import { type Reply, Scripted } from './agent/scripted.ts';
import { until } from './service/process.ts';

/** The library that other programs push with, against what answers as the test says. */

const WAIT = 60_000;

let folder: string;
let scripted: Scripted;
let client: Client | undefined;
let faults: string[];
let dropped: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agent-client-'));
  scripted = await Scripted.start();
  faults = [];
  dropped = [];
});

afterEach(async () => {
  await client?.close();
  client = undefined;
  await scripted.stop();
  rmSync(folder, { recursive: true, force: true });
});

const here = () => [`http://localhost:${scripted.port}`];

async function open(options: Partial<ClientOptions> = {}): Promise<Client> {
  client = await openClient({
    aggregators: here(),
    node: 'node-1',
    queueFolder: join(folder, 'queue'),
    backoff: { min: 20, max: 100 },
    timeout: 5_000,
    observer: {
      onFault: (reason) => faults.push(reason),
      onDropped: (reason, snapshots) => dropped.push(`${snapshots} ${reason}`),
    },
    ...options,
  });
  return client;
}

const peers = (...names: readonly string[]): PeerSnapshot[] => names.map((peer_id) => ({ peer_id, metrics: { n: 1 } }));

async function empty(of: Client): Promise<void> {
  await until(() => of.state().batches === 0, 'an empty queue', WAIT);
}

/** Answers by turns, and acknowledges when there are no more. */
function answering(...replies: readonly Reply[]): void {
  const left = [...replies];
  scripted.script = () => left.shift();
}

test('what was pushed while nobody listened is delivered by the next client of the folder', async () => {
  const first = await open({ aggregators: [`http://localhost:${await freePort()}`] });
  expect(await first.push(peers('a', 'b'))).toEqual({ queued: 2, invalid: [] });
  expect(await first.push(peers('c'))).toEqual({ queued: 1, invalid: [] });
  await until(() => first.state().trouble?.reason === 'connection', 'trouble', WAIT);
  await first.close();
  const second = await open();
  expect(second.state()).toMatchObject({ batches: 2, snapshots: 3 });
  await empty(second);
  expect(scripted.taken).toEqual(['a', 'b', 'c']);
  expect(second.state().lastSuccess).toBeGreaterThan(0);
});

test('a snapshot that no aggregator would take is told, and costs no other', async () => {
  const pushing = await open();
  const { queued, invalid } = await pushing.push(peers('a', '', 'c'));
  expect([queued, invalid]).toEqual([2, [{ index: 1, reason: 'peer_id is no text' }]]);
  await empty(pushing);
  expect([scripted.taken, dropped]).toEqual([['a', 'c'], ['1 invalid']]);
});

describe('an answer', () => {
  test('400 drops the batch, and the next goes its way', async () => {
    answering({ status: 400, body: '{"error":"bad_batch"}' });
    const pushing = await open();
    await pushing.push(peers('a', 'b'));
    await pushing.push(peers('c'));
    await empty(pushing);
    expect([scripted.taken, dropped]).toEqual([['c'], ['2 refused']]);
  });

  test('413 cuts the batch in halves, down to the one that is too large by itself', async () => {
    scripted.script = ({ peers: all }) => (all.length > 2 || all.includes('d') ? { status: 413 } : undefined);
    const pushing = await open();
    await pushing.push(peers('a', 'b', 'c', 'd', 'e'));
    await empty(pushing);
    expect([scripted.taken, dropped]).toEqual([['a', 'b', 'c', 'e'], ['1 too_large']]);
    const [whole = '', ...others] = scripted.requests.map(({ id }) => id);
    expect(others).toEqual(['.0', '.0.0', '.0.1', '.1', '.1.0', '.1.1'].map((part) => `${whole}${part}`));
  });

  test('429 and 5xx wait, no shorter than they ask for, and come under the same name again', async () => {
    answering({ status: 503, headers: { 'retry-after': '2' } }, { status: 429 }, { status: 507 });
    const pushing = await open();
    await pushing.push(peers('a'));
    await empty(pushing);
    const [first, second] = scripted.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_950);
    expect(new Set(scripted.requests.map(({ id }) => id)).size).toBe(1);
    expect([scripted.taken, dropped, faults]).toEqual([['a'], [], ['server', 'too_many', 'server']]);
  });

  test('200 of something that is no aggregator takes nothing from us', async () => {
    answering(
      { status: 200, body: '<html>please log in</html>' },
      { status: 200, body: '{"stored":0,"duplicates":0,"expired":0}' },
    );
    const pushing = await open();
    await pushing.push(peers('a'));
    await empty(pushing);
    expect([scripted.taken, dropped, faults]).toEqual([['a'], [], ['status', 'status']]);
  });

  test('200 that kept none of what its clock calls the future: delivered, and told as dropped', async () => {
    answering({ status: 200, body: '{"stored":1,"duplicates":0,"expired":0,"ahead":2}' });
    const pushing = await open();
    await pushing.push(peers('a', 'b', 'c'));
    await empty(pushing);
    await until(() => dropped.length > 0, 'it is told', WAIT);
    expect([dropped, faults, scripted.requests.length]).toEqual([['2 ahead'], [], 1]);
    expect(scripted.requests[0]?.counts).toBe('ahead');
  });

  test('401 and a redirect keep the batch; the token of the moment is sent', async () => {
    answering({ status: 401 }, { status: 302, headers: { location: 'http://localhost:9/' } });
    let turn = 0;
    const pushing = await open({
      token: () => {
        turn += 1;
        return `token-${turn}`;
      },
    });
    await pushing.push(peers('a'));
    await empty(pushing);
    expect(scripted.taken).toEqual(['a']);
    expect(new Set(scripted.requests.map(({ token }) => token)).size).toBe(3);
  });
});

test('one that hangs up in the middle of long bodies, without a word, gets shorter ones', async () => {
  const most = 200_000;
  const gate = createServer((socket) => {
    let seen = 0;
    const behind = connect(scripted.port, 'localhost');
    behind.pipe(socket);
    socket.on('data', (chunk) => {
      seen += chunk.length;
      if (seen > most) socket.resetAndDestroy();
      else behind.write(chunk);
    });
    for (const each of [socket, behind]) each.on('error', () => {}).on('close', () => behind.destroy());
  });
  gate.listen(0, 'localhost');
  await once(gate, 'listening');
  const address = gate.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const long = (peer_id: string) => ({ peer_id, metrics: { long: randomBytes(300_000).toString('base64') } });
  // One that is by itself too long would wait for ever, since nothing was said of it.
  const short = (peer_id: string) => ({ peer_id, metrics: { long: randomBytes(60_000).toString('base64') } });
  const pushing = await open({
    aggregators: [`http://localhost:${port}`],
    batch: { maxSnapshots: 100, maxBytes: 67_108_864 },
  });
  await pushing.push(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(short));
  await empty(pushing);
  expect([scripted.taken, dropped]).toEqual([['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], []]);
  expect(faults).toContain('too_large');
  faults = [];
  await pushing.push([long('z')]);
  await until(() => faults.length > 5, 'some tries', WAIT);
  expect([pushing.state().batches, new Set(faults)]).toEqual([1, new Set(['connection'])]);
  gate.close();
});

test('records of DNS: by priority, to the next where nobody listens, and anew when all have failed', async () => {
  const names = await NameServer.start('_aggregator._tcp.example.org');
  try {
    const other = await Scripted.start();
    names.records = [
      { priority: 20, port: scripted.port },
      { priority: 10, port: await freePort() },
    ];
    const srv = '_aggregator._tcp.example.org';
    const pushing = await open({ aggregators: { srv, servers: [names.address], interval: 3_600_000 } });
    await pushing.push(peers('a'));
    await empty(pushing);
    expect([scripted.taken, faults, names.asked, pushing.state().targets]).toEqual([['a'], ['connection'], 1, 2]);
    await scripted.stop();
    names.records = [{ priority: 0, port: other.port }];
    await pushing.push(peers('b'));
    await empty(pushing);
    expect([other.taken, pushing.state().targets]).toEqual([['b'], 1]);
    await other.stop();
  } finally {
    names.stop();
  }
});

test('hosts that no one but the name server knows are found there', async () => {
  const names = await NameServer.start('_aggregator._tcp.example.org');
  names.host = 'aggregator-0.invalid';
  names.records = [{ priority: 0, port: scripted.port }];
  const pushing = await open({ aggregators: { srv: '_aggregator._tcp.example.org', servers: [names.address] } });
  await pushing.push(peers('a'));
  await empty(pushing);
  expect([scripted.taken, faults]).toEqual([['a'], []]);
  names.stop();
});

test('a name that does not exist is told, and asked for again', async () => {
  const names = await NameServer.start('other');
  const pushing = await open({ aggregators: { srv: '_aggregator._tcp.example.org', servers: [names.address] } });
  await pushing.push(peers('a'));
  await until(() => faults.length >= 2, 'a second try', WAIT);
  expect(pushing.state().trouble).toMatchObject({ reason: 'discovery', message: expect.stringContaining('ENOTFOUND') });
  expect(pushing.state().batches).toBe(1);
  names.stop();
});

const OPENSSL = spawnSync('openssl', ['version']).status === 0;

test.skipIf(!OPENSSL)(
  'TLS: a server that is not trusted gets nothing; a CA file that is put right is read again',
  async () => {
    const [key, cert, strange] = ['key', 'cert', 'strange'].map((name) => join(folder, `${name}.pem`));
    const make = (path = '') => {
      const asked = [
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
      ];
      const files = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', String(key), '-out', path];
      execFileSync('openssl', ['req', '-x509', ...asked, ...files], { stdio: 'ignore' });
    };
    make(strange);
    make(cert);
    const secure = await Scripted.start({
      key: readFileSync(String(key), 'utf8'),
      cert: readFileSync(String(cert), 'utf8'),
    });
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, readFileSync(String(strange)));
    const pushing = await open({ aggregators: [`https://localhost:${secure.port}`], tls: { caFile } });
    await pushing.push(peers('a'));
    await until(() => faults.includes('tls'), 'a refusal', WAIT);
    expect(secure.requests).toEqual([]);
    writeFileSync(caFile, 'half a certificate');
    await until(() => pushing.state().tlsProblem !== undefined, 'the problem told', WAIT);
    expect(pushing.state().batches).toBe(1);
    writeFileSync(caFile, readFileSync(String(cert)));
    await empty(pushing);
    expect([secure.taken, pushing.state().tlsProblem]).toEqual([['a'], undefined]);
    await secure.stop();
  },
);
