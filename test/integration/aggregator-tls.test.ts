import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { Agent as HttpsAgent, request } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openClient } from '../../services/agent/client.ts';
import { readPair } from '../../services/shared/tls/pair.ts';
import { Authority, type Issued, OPENSSL } from '../fixtures/certificates.ts';
import { get, plainAnswer, shown, text } from './aggregator/overTls.ts';
import { AggregatorPlace, type AggregatorProcess, TOKEN, until } from './aggregator/process.ts';
import { inProcess, start } from './command.ts';

/** TLS of the aggregator: real connections, real certificates. */

const WAIT = 120_000;

let place: AggregatorPlace;
let ours: Authority;
let server: Issued;
/** What the service reads. */
let files: { cert: string; key: string; clientCa: string };
let agents: HttpsAgent[];

beforeEach((context) => {
  if (!OPENSSL) context.skip('there is no openssl');
  place = new AggregatorPlace();
  agents = [];
  ours = new Authority(place.folder, 'ours');
  server = ours.issue('server');
  files = {
    cert: join(place.folder, 'tls.pem'),
    key: join(place.folder, 'tls.key'),
    clientCa: join(place.folder, 'client-ca.pem'),
  };
  replace(files.clientCa, ours.cert);
  put(server);
});
afterEach(async () => {
  for (const agent of agents) agent.destroy();
  await place.clear();
});

/** As a careful program changes a file: whole, at once. */
function replace(path: string, by: string): void {
  copyFileSync(by, `${path}.new`);
  renameSync(`${path}.new`, path);
}

function put({ cert, key }: Issued): void {
  replace(files.key, key);
  replace(files.cert, cert);
}

/** The serial number of what the server shows to a new connection. */
function serial(url: string): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({
      port: Number(port),
      host: '127.0.0.1',
      ca: text(ours.cert),
      servername: 'localhost',
    });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

const peers = (...args: readonly string[]) =>
  inProcess(['peers', ...args], {
    cwd: place.folder,
    env: { CHAINWATCH_SECRET_AGGREGATOR_TOKEN: TOKEN, CHAINWATCH_AGGREGATOR: undefined },
  });

/** Its readiness over TLS, which `ready` of the process does not speak. */
async function tlsCheck(aggregator: AggregatorProcess): Promise<Record<string, unknown>> {
  const answer = await new Promise<string>((resolve, reject) => {
    request(`${aggregator.url}/readyz`, { ca: text(ours.cert), agent: false }, (got) => {
      let all = '';
      got.setEncoding('utf8').on('data', (chunk: string) => {
        all += chunk;
      });
      got.once('end', () => resolve(all));
    })
      .once('error', reject)
      .end();
  });
  return JSON.parse(answer).checks.tls;
}

describe('TLS', () => {
  test('is spoken on every path, to those who trust its authority', async () => {
    const { clientCa: _none, ...tls } = files;
    const aggregator = await place.start({ settings: { tls } });
    expect(aggregator.url).toMatch(/^https:/);
    expect(await get(aggregator.url, { ca: text(ours.cert) })).toBe(200);
    expect(await get(aggregator.url, {})).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    const strange = new Authority(place.folder, 'strange');
    expect(await get(aggregator.url, { ca: text(strange.cert) })).toMatch(/CERT|VERIFY|ISSUER/);
    const plain = await plainAnswer(aggregator.url);
    expect(plain).toMatch(/^HTTP\/1.1 426 Upgrade Required\r\n/);
    expect(JSON.parse(plain.slice(plain.indexOf('{')))).toMatchObject({
      error: 'plain_http',
      remedy: 'ask by https://',
    });
    expect(await get(aggregator.url, { ca: text(ours.cert) }, '/metrics')).toBe(200);

    const push = [{ peer_id: 'a', metrics: { n: 1 } }];
    const client = await openClient({
      aggregators: [aggregator.url.replace('127.0.0.1', 'localhost')],
      node: 'n',
      queueFolder: join(place.folder, 'queue'),
      token: () => TOKEN,
      tls: { caFile: ours.cert },
      backoff: { min: 20, max: 100 },
    });
    try {
      await client.push(push);
      await until(() => client.state().batches === 0, 'the agent delivers over TLS', WAIT);
    } finally {
      await client.close();
    }
    const listed = await peers('list', '--aggregator', aggregator.url, '--ca-file', ours.cert, '--json');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(listed.stdout).peers).toHaveLength(1);
    const untrusted = await peers('list', '--aggregator', aggregator.url, '--ca-file', strange.cert);
    expect(untrusted).toMatchObject({ code: 6, stderr: expect.stringMatching(/certificate.*\nRemedy: .*--ca-file/) });
    const backup = await peers('backup', '--path', 'b.tar', '--aggregator', aggregator.url, '--ca-file', ours.cert);
    expect(backup).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    ['a key of another pair', () => replace(files.key, ours.issue('other').key), /is not that of the certificate/],
    ['a certificate that has ended', () => put(ours.issue('old', -1)), /ended at 20/],
    ['half a certificate', () => writeFileSync(files.cert, text(server.cert).slice(0, 200)), /no whole certificate/],
    ['a file that is not there', () => renameSync(files.key, `${files.key}.away`), /tls.key does not exist/],
    ['an authority without a certificate', () => replace(files.clientCa, server.key), /client-ca.pem holds no whole/],
  ])('%s is refused', (_what, change, says) => {
    expect(readPair(files, Date.now()).notAfter).toBeGreaterThan(Date.now());
    change();
    expect(() => readPair(files, Date.now())).toThrow(says);
  });

  test('with a pair that is no good the service does not start', async () => {
    put(ours.issue('old', -1));
    const refused = place.spawn({ settings: { tls: files } });
    expect(await refused.exited).toMatchObject({ code: 2 });
    expect(refused.stderr).toMatch(/cannot start: the certificate .* ended at 20.*\n {2}remedy: /);
  });

  test('a new pair is taken while requests are under way, and none of them fails; a broken one is not taken', async () => {
    const { clientCa: _none, ...tls } = files;
    const aggregator = await place.start({ settings: { tls } });
    const first = await serial(aggregator.url);
    const keeping = new HttpsAgent({ keepAlive: true, maxSockets: 2, ca: text(ours.cert) });
    agents.push(keeping);
    const outcomes = new Map<number | string, number>();
    let stop = false;
    const batch = JSON.stringify([{ peer_id: 'a', metrics: { n: 1 } }]);
    const load = [keeping, keeping, false as const, false as const].map(async (agent, index) => {
      while (!stop) {
        const caller = { ca: text(ours.cert), agent };
        const outcome = await (index % 2 === 0
          ? get(aggregator.url, caller)
          : get(aggregator.url, caller, '/ingest', batch));
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    });
    let last = first;
    for (const name of ['second', 'third', 'fourth']) {
      put(ours.issue(name));
      await until(async () => (await serial(aggregator.url)) !== last, `${name} is shown`, WAIT);
      last = await serial(aggregator.url);
    }
    // The key of another pair, then half a file: what was good stays.
    replace(files.key, ours.issue('fifth').key);
    await until(async () => JSON.stringify(await tlsCheck(aggregator)).includes('is not that of'), 'it is told', WAIT);
    writeFileSync(files.cert, text(server.cert).slice(0, 100));
    await until(async () => JSON.stringify(await tlsCheck(aggregator)).includes('no whole'), 'it is told', WAIT);
    expect(await tlsCheck(aggregator)).toMatchObject({ ok: true, notAfter: expect.stringMatching(/^20/) });
    expect(await serial(aggregator.url)).toBe(last);
    put(ours.issue('old', -1));
    await until(async () => JSON.stringify(await tlsCheck(aggregator)).includes('ended at'), 'it is told', WAIT);
    expect(await serial(aggregator.url)).toBe(last);
    put(ours.issue('sixth'));
    await until(async () => (await serial(aggregator.url)) !== last, 'the next good one is shown', WAIT);
    expect(await tlsCheck(aggregator)).toEqual({ ok: true, notAfter: expect.any(String) });
    stop = true;
    await Promise.all(load);
    expect([...outcomes.keys()]).toEqual([200]);
    expect(outcomes.get(200)).toBeGreaterThan(20);
    const warned = aggregator.log.filter(({ msg }) => msg === 'TLS files: the last good pair stays in use');
    expect(warned.length).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify(aggregator.log)).not.toContain('PRIVATE KEY');
  });
});

test('the flags of the command are the settings', async () => {
  const serve = (service: string, ...flags: readonly string[]) =>
    start(['serve', service, '--listen', '127.0.0.1:0', ...flags], { cwd: place.folder }).ended;
  const half = await serve('aggregator', '--tls-cert', files.cert, '--client-ca', files.clientCa);
  expect(half).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('tls.key: needs the path of its private key'),
  });
  const nowhere = await serve('aggregator', '--tls-cert', files.cert, '--tls-key', 'nowhere.key');
  expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('nowhere.key does not exist') });
});

describe('with clientCa', () => {
  test('only those get in who show a certificate of the authority; also over a session of before', async () => {
    const aggregator = await place.start({ settings: { tls: files } });
    const good = ours.issue('client');
    const ca = text(ours.cert);
    expect(await get(aggregator.url, { ca, ...shown(good) })).toBe(200);
    const strange = new Authority(place.folder, 'strange');
    for (const caller of [{}, shown(strange.issue('stranger')), shown(ours.issue('old', -1))]) {
      expect(await get(aggregator.url, { ca, ...caller })).toMatch(/^(ECONNRESET|EPIPE|ERR_SSL_.*)$/);
    }
    const pair = ['--cert-file', good.cert, '--key-file', good.key];
    const at = ['--aggregator', aggregator.url, '--ca-file', ours.cert];
    expect(await peers('list', ...at, ...pair)).toMatchObject({ code: 0 });
    expect(await peers('list', ...at)).toMatchObject({ code: 6, stderr: expect.stringContaining('--cert-file') });
    expect(await peers('list', ...at, '--cert-file', good.cert)).toMatchObject({ code: 2 });
    expect(await peers('list', ...at, '--cert-file', good.cert, '--key-file', server.key)).toMatchObject({ code: 2 });

    // The authority changes: who was let in by the old one is not let in by what a session remembers.
    const remembering = new HttpsAgent({ keepAlive: false, maxCachedSessions: 10, ca, ...shown(good) });
    agents.push(remembering);
    expect(await get(aggregator.url, { agent: remembering })).toBe(200);
    expect(await get(aggregator.url, { agent: remembering })).toBe(200);
    replace(files.clientCa, strange.cert);
    await until(
      async () => (await get(aggregator.url, { ca, ...shown(good) })) !== 200,
      'the old one is refused',
      WAIT,
    );
    expect(await get(aggregator.url, { agent: remembering })).toMatch(/^(ECONNRESET|EPIPE|ERR_SSL_.*)$/);
    const stranger = shown(strange.issue('stranger'));
    expect(await get(aggregator.url, { ca, ...stranger })).toBe(200);
  });
});
