/** What nodes say of themselves, kept by a real aggregator. */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AggregatorPlace, type AggregatorProcess, TOKEN } from './aggregator/process.ts';

let place: AggregatorPlace;
beforeEach(() => {
  place = new AggregatorPlace();
});
afterEach(() => place.clear());

const START = 1_700_000_000;

async function tell(aggregator: AggregatorProcess, summary: object | string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${aggregator.url}/telemetry`, {
    method: 'POST',
    headers: { 'x-auth-token': TOKEN, ...headers },
    body: typeof summary === 'string' ? summary : JSON.stringify(summary),
  });
  return { status: answer.status, body: await answer.json() };
}

async function read(aggregator: AggregatorProcess, path: string, token = TOKEN) {
  const { status, text } = await aggregator.get(path, token);
  return { status, body: JSON.parse(text) };
}

test('a summary that was acknowledged is there after kill -9, each once, and the newest of each node is told', async () => {
  const first = await place.start();
  expect(await tell(first, { node_id: 'a', seq: 1, timestamp: START, sample_rate_ppm: 7 })).toEqual({
    status: 202,
    body: { stored: true },
  });
  expect(await tell(first, { node_id: 'a', seq: 1, timestamp: START })).toMatchObject({ body: { stored: false } });
  await tell(first, { node_id: 'a', seq: 2, timestamp: START + 5 });
  await tell(first, { node_id: 'b', timestamp: START });
  await first.kill();

  const aggregator = await place.start();
  expect((await read(aggregator, '/telemetry')).body).toMatchObject({
    nodes: [
      { network: 'default', node_id: 'a', timestamp: START + 5, summary: { seq: 2 } },
      { network: 'default', node_id: 'b', timestamp: START },
    ],
    next: null,
  });
  expect((await read(aggregator, '/telemetry?limit=1')).body).toMatchObject({ next: 'default/a' });
  expect((await read(aggregator, '/telemetry?limit=1&after=default/a')).body.nodes).toMatchObject([{ node_id: 'b' }]);
  expect((await read(aggregator, '/telemetry/a')).body).toMatchObject([
    { timestamp: START + 5 },
    { timestamp: START, summary: { sample_rate_ppm: 7 } },
  ]);
  expect(await read(aggregator, '/telemetry/c')).toMatchObject({ status: 404, body: { error: 'unknown_node' } });
});

test('the last 120 of a node are kept, and no more nodes than are allowed', async () => {
  const aggregator = await place.start({ settings: { maxReporters: 1 } });
  for (let seq = 1; seq <= 123; seq += 1) await tell(aggregator, { node_id: 'a', seq, timestamp: START + seq });
  const { body } = await read(aggregator, '/telemetry/a');
  expect([body.length, body[0].summary.seq, body.at(-1).summary.seq]).toEqual([120, 123, 4]);
  expect(await tell(aggregator, { node_id: 'b' })).toMatchObject({ status: 429, body: { error: 'too_many_nodes' } });
  expect(await tell(aggregator, { node_id: 'a', timestamp: START + 999 })).toMatchObject({ status: 202 });
});

test('a summary that is dated later than it comes is not stored: it would be the newest of its node until then', async () => {
  const aggregator = await place.start({ settings: { maxAhead: '1m' } });
  const at = Math.floor(Date.now() / 1000);
  expect(await tell(aggregator, { node_id: 'a', timestamp: at + 1_000 })).toEqual({
    status: 202,
    body: { stored: false, ahead: true },
  });
  expect(await tell(aggregator, { node_id: 'a', timestamp: at + 30 })).toEqual({ status: 202, body: { stored: true } });
  expect((await read(aggregator, '/telemetry')).body.nodes).toMatchObject([{ node_id: 'a', timestamp: at + 30 }]);
  expect(await aggregator.metric('aggregator_ahead_total{network="default"}')).toBe(1);
});

test('who has no token, or one of another network, neither sends nor reads; what is no summary is refused', async () => {
  const aggregator = await place.start();
  expect(await tell(aggregator, { node_id: 'a' }, { 'x-auth-token': 'nobody' })).toMatchObject({ status: 401 });
  expect(await read(aggregator, '/telemetry', 'nobody')).toMatchObject({ status: 401 });
  expect(await read(aggregator, '/telemetry/a', 'nobody')).toMatchObject({ status: 401 });
  await tell(aggregator, { node_id: 'a' }, { 'x-network': 'one' });
  expect((await read(aggregator, '/telemetry?network=two')).body.nodes).toEqual([]);
  expect((await read(aggregator, '/telemetry?network=one')).body.nodes).toMatchObject([{ network: 'one' }]);
  expect(await tell(aggregator, '{"node_id":"a","node_id":"b"}')).toMatchObject({ status: 400 });
  expect(await tell(aggregator, `{"node_id":"a","pad":"${'x'.repeat(65_536)}"}`)).toMatchObject({ status: 413 });
});

test('correlations have their shape, also where there are none yet', async () => {
  const first = await place.start();
  expect(await read(first, '/correlations/quic_handshake_fail_total')).toEqual({ status: 200, body: [] });
  expect(await read(first, '/correlations/quic_handshake_fail_total', 'nobody')).toMatchObject({ status: 401 });
  await first.push([{ peer_id: 'p', metrics: {} }]);
  await first.stop();

  const db = new DatabaseSync(place.database);
  const add = db.prepare(
    'INSERT INTO correlation (network, metric, correlation_id, peer, value, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (let n = 0; n < 70; n += 1) add.run('default', 'quic_handshake_fail_total', `c-${n}`, 'p', n, START + n);
  db.close();
  const aggregator = await place.start();
  const { body } = await read(aggregator, '/correlations/quic_handshake_fail_total');
  expect(body).toHaveLength(64);
  expect(body[0]).toEqual({
    metric: 'quic_handshake_fail_total',
    correlation_id: 'c-69',
    peer_id: 'p',
    value: 69,
    timestamp: START + 69,
  });
  expect((await read(aggregator, '/correlations/other')).body).toEqual([]);
});
