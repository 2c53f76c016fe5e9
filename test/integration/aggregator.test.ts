import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AggregatorPlace, type AggregatorProcess, TOKEN, until } from './aggregator/process.ts';

let place: AggregatorPlace;
beforeEach(() => {
  place = new AggregatorPlace();
});
afterEach(() => place.clear());

const now = () => Math.floor(Date.now() / 1000);
const seen = (peer: string, n = 0, more: object = {}) => ({ peer_id: peer, metrics: { n }, ...more });

async function send(aggregator: AggregatorProcess, body: Uint8Array<ArrayBuffer>, headers: Record<string, string>) {
  const answer = await fetch(`${aggregator.url}/ingest`, {
    method: 'POST',
    headers: { 'x-auth-token': TOKEN, ...headers },
    body,
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

test('snapshots of many nodes become one history of each peer, and figures of the fleet', async () => {
  const aggregator = await place.start();
  const at = now() - 10;
  expect(await aggregator.push([seen('a', 1, { timestamp: at }), seen('b', 2)])).toMatchObject({
    status: 200,
    body: { stored: 2 },
  });
  await aggregator.push([seen('a', 3, { timestamp: at, node_id: 'other' }), seen('a', 4)]);
  expect((await aggregator.numbersOf('a')).sort()).toEqual([1, 3, 4]);
  expect(await aggregator.peers()).toEqual(['a', 'b']);
  expect((await aggregator.get('/peer/a?show=snapshot&limit=1')).text).toMatch(
    /^\[\[\d+,\{"peer_id":"a","metrics":\{"n":4\}\}\]\]$/,
  );
  expect(await aggregator.get('/peer/nobody')).toMatchObject({
    status: 404,
    text: expect.stringContaining('GET /peers'),
  });
  expect(await aggregator.metric('aggregator_ingest_total{network="default"}')).toBe(4);
  await until(
    async () => (await aggregator.metric('cluster_peer_active_total{network="default"}')) === 2,
    'two active peers',
  );
  expect(await aggregator.stop()).toBe(0);
});

test('a batch that is sent again under its name is stored once', async () => {
  const aggregator = await place.start();
  const headers = { 'x-batch-id': 'b-1' };
  expect((await aggregator.push([seen('a'), seen('b')], headers)).body).toEqual({
    stored: 2,
    duplicates: 0,
    expired: 0,
  });
  expect((await aggregator.push([seen('a'), seen('b')], headers)).body).toEqual({
    stored: 0,
    duplicates: 2,
    expired: 0,
  });
  expect(await aggregator.push([seen('a')], { 'x-batch-id': 'no blanks' })).toMatchObject({
    status: 400,
    body: { error: 'bad_batch_id' },
  });
});

test('what is dated later than it comes is not stored, and told; to an older agent as what it knows', async () => {
  const aggregator = await place.start({ settings: { maxAhead: '1m' } });
  const at = now();
  const batch = [seen('a', 1, { timestamp: at }), seen('b', 2, { timestamp: at + 1_000 })];
  const kept = { stored: 1, duplicates: 0, expired: 0, ahead: 1 };
  expect(await aggregator.push(batch)).toEqual({ status: 200, body: kept });
  const named = { 'x-batch-id': 'b-1' };
  const known = { stored: 0, duplicates: 1, expired: 0, ahead: 1 };
  expect((await aggregator.push(batch, { ...named, 'x-counts': 'ahead' })).body).toEqual(known);
  expect((await aggregator.push(batch, named)).body).toEqual({ stored: 0, duplicates: 1, expired: 1 });
  // Within what clocks differ.
  expect((await aggregator.push([seen('c', 3, { timestamp: at + 30 })])).body).toMatchObject({ stored: 1, ahead: 0 });
  expect(await aggregator.peers()).toEqual(['a', 'c']);
  expect(await aggregator.metric('aggregator_ahead_total{network="default"}')).toBe(3);
  expect(await aggregator.metric('aggregator_expired_total{network="default"}')).toBeNaN();
});

describe('who may call', () => {
  const ONE = 'token-of-one-network-alone';
  const TWO = 'token-of-two-networks-here';

  test('those with a token, for the networks that stand behind it', async () => {
    writeFileSync(place.tokenFile, `${TOKEN}\n${ONE} alpha\n${TWO} alpha,beta\n`);
    const aggregator = await place.start();
    const status = async (token: string, network?: string) =>
      (
        await aggregator.push([seen('a')], {
          'x-auth-token': token,
          ...(network === undefined ? {} : { 'x-network': network }),
        })
      ).status;
    expect([await status(ONE), await status(ONE, 'alpha'), await status(ONE, 'beta')]).toEqual([200, 200, 401]);
    expect([await status(TWO), await status(TWO, 'beta'), await status(TOKEN, 'gamma')]).toEqual([401, 200, 200]);
    expect([await status('a-token-that-is-not-known'), await status(`${ONE} alpha`), await status('')]).toEqual([
      401, 401, 401,
    ]);
    expect([await status(TOKEN, '../etc'), await status(TOKEN, 'a b')]).toEqual([400, 400]);

    const peers = async (token: string, query = '') => JSON.parse((await aggregator.get(`/peers${query}`, token)).text);
    expect((await peers(ONE)).peers).toHaveLength(1);
    expect((await peers(TOKEN)).peers.map(({ network }: { network: string }) => network)).toEqual([
      'alpha',
      'beta',
      'gamma',
    ]);
    expect(await peers(ONE, '?network=beta')).toMatchObject({ error: 'unauthorized' });
    expect((await aggregator.get('/peer/a?network=beta', ONE)).status).toBe(401);
    expect((await aggregator.get('/peers', 'unknown-token-unknown')).status).toBe(401);
  });

  test('those with a new token as soon as it is written, and with the old one until it is taken out', async () => {
    const aggregator = await place.start();
    const status = async (token: string) => (await aggregator.push([seen('a')], { 'x-auth-token': token })).status;
    writeFileSync(place.tokenFile, `${TOKEN}\n${ONE}\n`);
    await until(async () => (await status(ONE)) === 200, 'the new token is taken');
    expect(await status(TOKEN)).toBe(200);
    writeFileSync(place.tokenFile, `${ONE}\n`);
    await until(async () => (await status(TOKEN)) === 401, 'the old token is refused');
  });

  test('nobody makes it read a body without a token', async () => {
    const aggregator = await place.start();
    const { hostname, port } = new URL(aggregator.url);
    const socket = connect(Number(port), hostname);
    const answered = new Promise<string>((resolve) => {
      socket.once('data', (data) => resolve(String(data)));
    });
    // Only the head is sent; the answer comes all the same.
    socket.write('POST /ingest HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n');
    expect(await answered).toMatch(/^HTTP\/1.1 401/);
    socket.destroy();
  });
});

describe('what is refused, with a reason, and nothing of it is kept', () => {
  test('compressed bodies that are no gzip, or unpack to too much', async () => {
    const aggregator = await place.start({ settings: { maxBodyBytes: 100_000, maxInflatedBytes: 1_000_000 } });
    const batch = JSON.stringify([seen('a')]);
    expect(await send(aggregator, gzipSync(batch), { 'content-encoding': 'gzip' })).toMatchObject({ status: 200 });
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    expect(bomb.length).toBeLessThan(100_000);
    expect(await send(aggregator, bomb, { 'content-encoding': 'gzip' })).toMatchObject({
      status: 413,
      body: { error: 'too_large' },
    });
    expect(await send(aggregator, new Uint8Array(100_001), {})).toMatchObject({ status: 413 });
    expect(await send(aggregator, Buffer.from(batch), { 'content-encoding': 'gzip' })).toMatchObject({
      status: 400,
      body: { error: 'bad_gzip' },
    });
    expect(await send(aggregator, Buffer.from(batch), { 'content-encoding': 'br' })).toMatchObject({ status: 415 });
  });

  test.each([
    ['what is no array', '{"peer_id":"a"}', 'an array is expected'],
    [
      'a name that changes objects',
      '[{"peer_id":"a","metrics":{"__proto__":{"admin":true}}}]',
      '__proto__ is not taken',
    ],
    [
      'a batch of which one is wrong',
      '[{"peer_id":"a","metrics":{}},{"peer_id":"b"}]',
      'snapshot 1: a snapshot without metrics',
    ],
    ['what is nested too deep', `[{"peer_id":"a","metrics":{"x":${'['.repeat(5_000)}${']'.repeat(5_000)}}}]`, 'levels'],
  ])('%s', async (_what, text, reason) => {
    const aggregator = await place.start();
    expect(await aggregator.push(text)).toMatchObject({
      status: 400,
      body: { error: 'bad_batch', reason: expect.stringContaining(reason) },
    });
    expect(await aggregator.peers()).toEqual([]);
    expect(await aggregator.metric('aggregator_rejected_total{reason="bad_batch"}')).toBe(1);
  });

  test('more peers than are allowed: names come from outside', async () => {
    const aggregator = await place.start({ settings: { maxPeers: 2 } });
    expect((await aggregator.push([seen('a'), seen('b')])).status).toBe(200);
    expect(await aggregator.push([seen('c')])).toMatchObject({ status: 429, body: { error: 'too_many_peers' } });
    expect((await aggregator.push([seen('a', 1, { timestamp: now() - 5 })])).status).toBe(200);
    expect(await aggregator.peers()).toEqual(['a', 'b']);
  });
});

describe('settings', () => {
  test('are taken by their former names', async () => {
    const database = join(place.folder, 'former.db');
    const token = 'the-token-of-former-days';
    const env = { AGGREGATOR_DB: database, AGGREGATOR_TOKEN: token, AGGREGATOR_RETENTION_SECS: '3600' };
    const aggregator = await place.start({ env });
    const batch = [seen('a', 1, { timestamp: now() - 3_000 }), seen('a', 2, { timestamp: now() - 4_000 })];
    expect((await aggregator.push(batch, { 'x-auth-token': token })).body).toEqual({
      stored: 1,
      duplicates: 0,
      expired: 1,
      ahead: 0,
    });
    expect((await aggregator.push([seen('a')])).status).toBe(200);
    expect(existsSync(database)).toBe(true);
    expect(JSON.stringify(aggregator.log)).not.toContain(token);
  });

  test('that are wrong are told by the former name that says them, where it does', async () => {
    const env = {
      AGGREGATOR_RETENTION_SECS: 'a week',
      AGGREGATOR_TOKEN: 'short',
      CHAINWATCH_SETTING_TOKEN: 'short too',
    };
    const refused = place.spawn({ env });
    expect((await refused.exited).code).toBe(2);
    expect(refused.stderr).toContain('retention (AGGREGATOR_RETENTION_SECS): "a week"');
    expect(refused.stderr).toContain('  token: is shorter');
  });

  test.each([
    [
      { listen: '0.0.0.0:0', tokenFile: undefined },
      'tokenFile: needed, because 0.0.0.0 can be reached from other machines',
    ],
    [{ token: 'short' }, 'token: is shorter than 16 characters'],
    [{ retention: '10' }, 'is not a duration'],
    [{ maxPeer: 10 }, 'did you mean "maxPeers"?'],
  ])('%j refuse the start', async (settings, reason) => {
    const refused = place.spawn({ settings });
    expect((await refused.exited).code).toBe(2);
    expect(refused.stderr).toContain(reason);
  });
});
