import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { locateProgram } from '../../tools/index.ts';
import { run } from '../fixtures/programs.ts';
import { PROVE } from '../fixtures/prove.ts';
import { AggregatorPlace, type AggregatorProcess, TOKEN, until } from './aggregator/process.ts';

/** The exports of the aggregator, opened by the real unzip, openssl and age. */

const OTHER = 'token-of-one-network-only';
const SECRET = 'correct horse battery staple';
const NOW = Math.floor(Date.now() / 1000);

let place: AggregatorPlace;
beforeEach(() => {
  place = new AggregatorPlace();
  writeFileSync(place.tokenFile, `${TOKEN}\n${OTHER} bega\n`, { mode: 0o600 });
});
afterEach(() => place.clear());

type Headers = Readonly<Record<string, string>>;

async function push(
  aggregator: AggregatorProcess,
  peers: readonly string[],
  network = 'bega',
  at = NOW,
): Promise<void> {
  const snapshots = peers.map((peer_id) => ({ peer_id, timestamp: at, metrics: { at, peer_id } }));
  const { status } = await aggregator.push(snapshots, { 'x-network': network });
  expect(status).toBe(200);
}

function exported(aggregator: AggregatorProcess, path = '', headers: Headers = {}, init: RequestInit = {}) {
  return fetch(`${aggregator.url}/export/all${path}`, {
    ...init,
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
  });
}

async function saved(answer: Response, name: string): Promise<string> {
  expect({ status: answer.status, error: answer.ok ? '' : await answer.clone().text() }).toMatchObject({ status: 200 });
  const path = join(place.folder, name);
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

/** What the real unzip finds, by path. */
function unzipped(path: string): Record<string, unknown> {
  execFileSync('unzip', ['-tq', path]);
  const into = `${path}.d`;
  mkdirSync(into);
  execFileSync('unzip', ['-q', path, '-d', into]);
  const files = readdirSync(into, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(files.sort().map((name) => [name, JSON.parse(readFileSync(join(into, name), 'utf8'))]));
}

const history = (peer_id: string, ...times: readonly number[]) => times.map((at) => [at, { at, peer_id }]);
const counted = (result: string, encryption = 'none') =>
  `bulk_export_total{result="${result}",encryption="${encryption}"}`;

async function errorOf(answer: Response): Promise<{ status: number; error: string; reason: string; remedy: string }> {
  return { status: answer.status, ...JSON.parse(await answer.text()) };
}

describe('all peers in one archive', () => {
  test('are what each alone is, one file each', async () => {
    const aggregator = await place.start();
    await push(aggregator, ['a', '../../evil', '..', 'é/\u0001x'.replace('\u0001', '')]);
    await push(aggregator, ['a'], 'bega', NOW - 60);
    const answer = await exported(aggregator);
    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="bega-peers-\d{8}T\d{6}Z\.zip"$/);
    expect(unzipped(await saved(answer, 'all.zip'))).toEqual({
      'a.json': history('a', NOW, NOW - 60),
      '%2E.%2F..%2Fevil.json': history('../../evil', NOW),
      '%2E..json': history('..', NOW),
      '%C3%A9%2Fx.json': history('é/x', NOW),
    });
    const { text } = await aggregator.get('/peer/a');
    expect(JSON.parse(text)).toEqual(history('a', NOW, NOW - 60));
    expect(await aggregator.metric(counted('ok'))).toBe(1);
  });

  test('of several networks lie in folders, and a token sees its own', async () => {
    const aggregator = await place.start();
    await push(aggregator, ['a']);
    await push(aggregator, ['a', 'b'], 'arabica');
    expect(Object.keys(unzipped(await saved(await exported(aggregator), 'all.zip')))).toEqual([
      'arabica/a.json',
      'arabica/b.json',
      'bega/a.json',
    ]);
    const own = await exported(aggregator, '', { authorization: `Bearer ${OTHER}` });
    expect(Object.keys(unzipped(await saved(own, 'own.zip')))).toEqual(['a.json']);
    const asked = await exported(aggregator, '?network=arabica&show=snapshot');
    expect(unzipped(await saved(asked, 'asked.zip'))['a.json']).toMatchObject([[NOW, { peer_id: 'a' }]]);
    const foreign = await exported(aggregator, '?network=arabica', { authorization: `Bearer ${OTHER}` });
    expect(foreign.status).toBe(401);
  });

  test('of an empty store are an empty archive', async () => {
    const aggregator = await place.start();
    const path = await saved(await exported(aggregator), 'none.zip');
    expect(spawnSync('unzip', ['-l', path], { encoding: 'utf8' }).stdout + readFileSync(path, 'latin1')).toContain(
      'PK\u0005\u0006',
    );
  });
});

describe('an archive that is encrypted', () => {
  test('for a recipient is opened by age with the identity', async () => {
    const aggregator = await place.start();
    await push(aggregator, ['a', 'b']);
    const identity = join(place.folder, 'identity.txt');
    const { stderr } = await run('age-keygen', ['-o', identity]);
    const recipient = /age1\w+/.exec(stderr)?.[0] ?? '';
    const answer = await exported(aggregator, '', { 'x-age-recipient': recipient });
    expect(answer.headers.get('content-type')).toBe('application/age');
    const path = await saved(answer, 'all.zip.age');
    expect(await run('age', ['-d', '-i', identity, '-o', `${path}.zip`, path])).toMatchObject({ code: 0, stderr: '' });
    expect(Object.keys(unzipped(`${path}.zip`))).toEqual(['a.json', 'b.json']);
    expect(await aggregator.metric(counted('ok', 'age'))).toBe(1);
  });

  test('with a passphrase in the body is opened by openssl as the docs say', async () => {
    const aggregator = await place.start();
    await push(aggregator, ['a']);
    const answer = await exported(
      aggregator,
      '',
      { 'content-type': 'application/json' },
      { method: 'POST', body: JSON.stringify({ openssl_passphrase: `${SECRET} é` }) },
    );
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('warning')).toContain('prefer age');
    const path = await saved(answer, 'all.zip.enc');
    const key = createHash('sha256').update(`${SECRET} é`).digest('hex');
    const script =
      'tail -c +17 "$1" | openssl enc -d -aes-256-cbc -md sha256 -nosalt -K "$2" -iv "$(head -c 16 "$1" | xxd -p)" > "$1.zip"';
    const portable = script.replace('xxd -p', "od -An -v -tx1 | tr -d ' \\n'");
    execFileSync('sh', ['-c', portable, 'sh', path, key]);
    expect(unzipped(`${path}.zip`)).toEqual({ 'a.json': history('a', NOW) });
  });

  test('with a passphrase for age is opened by age, which asks for it', async () => {
    const aggregator = await place.start();
    await push(aggregator, ['a']);
    const path = await saved(await exported(aggregator, '', { 'x-age-passphrase': SECRET }), 'all.zip.age');
    expect(readFileSync(path, 'latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S+ 16\n/);
    const age = (await locateProgram('age'))?.path ?? '';
    // It reads a passphrase from a terminal only.
    const ask = `"${age}" -d -o "${path}.zip" "${path}"`;
    const asked = spawnSync('script', ['-qec', ask, '/dev/null'], { input: `${SECRET}\n`, encoding: 'utf8' });
    expect(asked).toMatchObject({ status: 0 });
    expect(unzipped(`${path}.zip`)).toEqual({ 'a.json': history('a', NOW) });
  });
});

describe('what is refused', () => {
  test('says why, and nothing is exported', async () => {
    const aggregator = await place.start({ settings: { maxExportPeers: 2 } });
    await push(aggregator, ['a', 'b']);
    expect((await fetch(`${aggregator.url}/export/all`)).status).toBe(401);
    const inUrl = await errorOf(await exported(aggregator, `?openssl_pass=${encodeURIComponent(SECRET)}`));
    expect(inUrl).toMatchObject({ status: 400, error: 'secret_in_url' });
    expect(inUrl.reason).toContain('logs and shell histories');
    const both = await exported(aggregator, '', { 'x-age-passphrase': SECRET, 'x-openssl-passphrase': SECRET });
    expect(await errorOf(both)).toMatchObject({ status: 400, error: 'two_encryptions' });
    expect((await exported(aggregator)).status).toBe(200);
    await push(aggregator, ['c']);
    expect(await errorOf(await exported(aggregator))).toMatchObject({ status: 413, error: 'too_many_peers' });
    expect(await aggregator.metric(counted('refused'))).toBe(4);
    expect(JSON.stringify(aggregator.log)).not.toContain('correct');
  });

  test('is everything where exports are switched off', async () => {
    const aggregator = await place.start({ settings: { peerMetricsExport: false } });
    const fault = await errorOf(await exported(aggregator));
    expect(fault).toMatchObject({ status: 403, error: 'exports_disabled' });
    expect(fault.reason).toContain('peerMetricsExport: false');
    expect((await aggregator.get('/peers')).status).toBe(200);
  });
});

const noise = randomBytes(6_000_000).toString('base64');

/** Snapshots that do not compress, so that they fill every buffer on the way. */
async function fill(aggregator: AggregatorProcess, samples: number, bytes: number, peers: number): Promise<void> {
  const size = Math.min(1_000, Math.floor(4_000_000 / bytes));
  for (let from = 0; from < samples; from += size) {
    const snapshots = Array.from({ length: Math.min(size, samples - from) }, (_, index) => {
      const n = from + index;
      const start = (n * bytes) % (noise.length - bytes);
      const metrics = { n, noise: noise.slice(start, start + bytes) };
      return { peer_id: `peer-${n % peers}`, timestamp: NOW - Math.floor((samples - n - 1) / peers), metrics };
    });
    expect((await aggregator.push(snapshots, { 'x-network': 'bega' })).status).toBe(200);
  }
}

async function slowly(aggregator: AggregatorProcess): Promise<IncomingMessage> {
  const asked = request(`${aggregator.url}/export/all`, { headers: { authorization: `Bearer ${TOKEN}` } }).end();
  const [answer]: IncomingMessage[] = await once(asked, 'response');
  if (answer === undefined) throw new Error('no answer');
  answer.pause();
  answer.on('error', () => {});
  return answer;
}

async function rss(aggregator: AggregatorProcess): Promise<number> {
  return (await aggregator.metric('process_resident_memory_bytes')) / 2 ** 20;
}

describe('a reader', () => {
  test('that is slow is waited for, sees its moment, and is cut off in the end', async () => {
    const aggregator = await place.start({ settings: { exportMaxDuration: '12s', maxSnapshotBytes: 200_000 } });
    await fill(aggregator, 800, 50_000, 20);
    const whole = await slowly(aggregator);
    const cut = await slowly(aggregator);
    await push(aggregator, ['late']);
    const prune = () =>
      fetch(`${aggregator.url}/prune`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ before: NOW + 0 }),
      });
    expect(await errorOf(await prune())).toMatchObject({ status: 409, error: 'exports_under_way' });
    await sleep(500);
    const path = join(place.folder, 'slow.zip');
    await pipeline(whole, createWriteStream(path));
    const files = unzipped(path);
    expect(Object.keys(files)).toHaveLength(20);
    expect(files).not.toHaveProperty(['late.json']);
    await until(async () => (await aggregator.metric(counted('too_slow'))) === 1, 'the slow one is cut off', 60_000);
    const closed = new Promise((resolve) => cut.once('close', resolve));
    cut.resume();
    await closed;
    expect(cut.complete).toBe(false);
    const pruned = await prune();
    expect([pruned.status, await pruned.json()]).toMatchObject([200, { removed: 780 }]);
  });

  test('that goes leaves nothing behind', async () => {
    const aggregator = await place.start({ settings: { maxSnapshotBytes: 200_000 } });
    await fill(aggregator, 800, 50_000, 20);
    for (let round = 0; round < 6; round += 1) (await slowly(aggregator)).destroy();
    await until(async () => (await aggregator.metric(counted('gone'))) === 6, 'all are known to have gone');
    expect(unzipped(await saved(await exported(aggregator), 'after.zip'))).toHaveProperty(['peer-0.json']);
  });

  test('does not hold up the end of the service for longer than half of its grace', async () => {
    const aggregator = await place.start({ settings: { shutdownGrace: '4s', maxSnapshotBytes: 200_000 } });
    await fill(aggregator, 800, 50_000, 20);
    await slowly(aggregator);
    expect(await aggregator.stop()).toBe(0);
  });

  test('of many samples costs no memory that grows with them', async () => {
    const aggregator = await place.start();
    const [samples, size] = PROVE ? [200_000, 1_000] : [30_000, 5_000];
    await fill(aggregator, samples, size, 500);
    // One of a part first, so that what is loaded and compiled, and the first buffers, are there.
    const warm = '?network=arabica';
    await push(
      aggregator,
      Array.from({ length: 900 }, (_, index) => `warm-${index}-${noise.slice(index * 90, index * 90 + 90)}`),
      'arabica',
    );
    for (let round = 0; round < 5; round += 1) await (await exported(aggregator, warm)).arrayBuffer();
    const before = await rss(aggregator);
    let [bytes, most] = [0, before];
    const answer = await exported(aggregator, '?network=bega');
    const looking = setInterval(async () => {
      most = Math.max(most, await rss(aggregator));
    }, 200);
    for await (const chunk of answer.body ?? []) bytes += chunk.length;
    clearInterval(looking);
    // What is held of it must be a small part, whatever the collector leaves lying about.
    expect(bytes / 2 ** 20).toBeGreaterThan(100);
    expect(most - before).toBeLessThan(90);
  }, 300_000);
});
