import { renameSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../tools/freePort.ts';
import { PROVE } from '../fixtures/prove.ts';
import { FakeNode, lookOf } from './agent/node.ts';
import { AgentPlace, arrived, sorted } from './agent/process.ts';
import { AggregatorPlace, type AggregatorProcess, TOKEN } from './aggregator/process.ts';
import { type ServiceProcess, until } from './service/process.ts';

/**
 * A real agent between a node and a real aggregator: whatever is killed, full or refused, every snapshot that was queued arrives, and
 * none arrives twice.
 */

const LONG = 120_000;
/** Of what has many rounds in `npm run prove`. */
const ROUNDS = 1_800_000;

let node: FakeNode;
let place: AgentPlace;
let aggregators: AggregatorPlace;

beforeEach(async () => {
  node = await FakeNode.start();
  place = new AgentPlace();
  aggregators = new AggregatorPlace();
});

afterEach(async () => {
  await place.clear();
  await aggregators.clear();
  await node.stop();
});

/** An aggregator on a port that it keeps over restarts. */
async function aggregatorAt(port: number, settings = {}, at = aggregators): Promise<AggregatorProcess> {
  return at.start({ settings: { listen: `127.0.0.1:${port}`, ...settings } });
}

const urlAt = (port: number) => `http://127.0.0.1:${port}`;

async function agentFor(urls: readonly string[], settings = {}, env = {}): Promise<ServiceProcess> {
  return place.start({ settings: { source: { url: node.url }, aggregators: urls, ...settings }, env });
}

async function looks(more: number): Promise<void> {
  const from = node.looks;
  await until(() => node.looks >= from + more, `${more} more looks at the node`, LONG);
}

/** Why the agent is not ready, as soon as that check says so. Before its first look it is not ready for another reason. */
async function refusal(agent: ServiceProcess, check: 'aggregator' | 'queue'): Promise<string> {
  let reason: unknown;
  const refused = async () => {
    const { status, body } = await agent.ready();
    reason = body.checks[check]?.reason;
    return status === 503 && reason !== undefined;
  };
  await until(refused, `an agent that is not ready for its ${check}`, LONG);
  return String(reason);
}

/** The node falls silent, and the agent delivers what it has. */
async function drained(agent: ServiceProcess): Promise<void> {
  node.silence();
  await until(async () => (await agent.metric('agent_collect_failures_total{reason="rpc"}')) > 0, 'silence', LONG);
  await until(async () => (await agent.metric('agent_queue_batches')) === 0, 'an empty queue', LONG);
}

test('what the node tells arrives, told of by metrics and readiness', async () => {
  const port = await freePort();
  const aggregator = await aggregatorAt(port);
  const agent = await agentFor([urlAt(port)]);
  await looks(2);
  expect((await agent.ready()).status).toBe(200);
  await drained(agent);
  const told = sorted(node.told);
  expect(told.length).toBeGreaterThan(5);
  expect(await arrived(aggregator)).toEqual(told);
  expect(await agent.metric('agent_pushed_snapshots_total')).toBe(told.length);
  expect(await agent.metric('agent_collected_snapshots_total')).toBe(told.length);
  expect(await agent.metric('agent_last_success_timestamp_seconds')).toBeGreaterThan(1_700_000_000);
  const { status, body } = await agent.ready();
  expect([status, String(body.checks.source?.note)]).toEqual([200, expect.stringContaining('rpc')]);
  expect(await agent.stop()).toBe(0);
});

test(
  'an aggregator that is killed and started again: all of it arrives, once',
  async () => {
    const port = await freePort();
    let aggregator = await aggregatorAt(port);
    const agent = await agentFor([urlAt(port)]);
    for (let round = 0; round < (PROVE ? 20 : 2); round += 1) {
      await looks(2);
      await aggregator.kill();
      await looks(2);
      expect(await agent.metric('agent_queue_batches')).toBeGreaterThan(0);
      aggregator = await aggregatorAt(port);
    }
    await drained(agent);
    expect(await arrived(aggregator)).toEqual(sorted(node.told));
    expect(await agent.metric('agent_push_failures_total{reason="connection"}')).toBeGreaterThan(0);
  },
  ROUNDS,
);

test('an aggregator that dies between its commit and its answer has the batch once', async () => {
  const port = await freePort();
  const settings = { listen: `127.0.0.1:${port}` };
  const first = await aggregators.start({ settings, env: { CHAINWATCH_FAILPOINT: 'aggregator.ack.before:2' } });
  const agent = await agentFor([urlAt(port)]);
  expect((await first.exited).signal).toBe('SIGKILL');
  const aggregator = await aggregatorAt(port);
  await drained(agent);
  expect(await arrived(aggregator)).toEqual(sorted(node.told));
  expect(await aggregator.metric('aggregator_duplicates_total{network="default"}')).toBe(5);
});

describe('an agent that is killed', () => {
  // The aggregator takes two snapshots at once, so that each batch of five is cut.
  const cut = { maxSnapshots: 2 };
  test.each([
    ['agent.queue.written', 3, 2, {}],
    ['agent.queue.appended', 3, 3, {}],
    ['agent.push.before', 2, 2, {}],
    ['agent.push.after', 2, 2, {}],
    ['agent.push.removed', 2, 2, {}],
    ['agent.split.half', 1, 1, cut],
    ['agent.split.half', 2, 1, cut],
    ['agent.push.after', 3, 1, cut],
  ])(
    'at %s, passed %i times: the %i looks that were durable by then arrive, once (%j)',
    async (point, nth, durable, limits) => {
      const port = await freePort();
      const aggregator = await aggregatorAt(port, limits);
      const dead = place.spawn({
        settings: { source: { url: node.url }, aggregators: [urlAt(port)] },
        env: { CHAINWATCH_FAILPOINT: `${point}:${nth}` },
      });
      expect((await dead.exited).signal).toBe('SIGKILL');
      const safe = new Set([...(await arrived(aggregator)), ...place.waiting()]);
      for (const n of node.told) if (lookOf(n) <= durable) safe.add(n);
      expect(safe.size).toBeGreaterThanOrEqual(durable * 5);
      const before = new Set(node.told);
      const agent = await agentFor([urlAt(port)]);
      await looks(1);
      await drained(agent);
      const there = await arrived(aggregator);
      expect(there).toEqual(sorted(new Set(there)));
      for (const n of node.told) if (!before.has(n)) safe.add(n);
      expect(sorted([...safe].filter((n) => !there.includes(n)))).toEqual([]);
    },
  );

  test(
    'while the aggregator is away, again and again',
    async () => {
      const port = await freePort();
      const safe = new Set<number>();
      for (let round = 0; round < (PROVE ? 20 : 3); round += 1) {
        const agent = await agentFor([urlAt(port)]);
        await looks(1);
        await until(async () => (await agent.metric('agent_queue_batches')) > round, 'one more batch', LONG);
        await agent.kill();
        for (const n of place.waiting()) safe.add(n);
      }
      expect(safe.size).toBeGreaterThanOrEqual(15);
      const aggregator = await aggregatorAt(port);
      await drained(await agentFor([urlAt(port)]));
      const there = await arrived(aggregator);
      expect(there).toEqual(sorted(new Set(there)));
      expect([...safe].filter((n) => !there.includes(n))).toEqual([]);
    },
    ROUNDS,
  );
});

test('a full queue loses the oldest, counts them, and keeps its bound', async () => {
  await node.stop();
  node = await FakeNode.start({ peers: 300, ballast: 100 });
  const port = await freePort();
  const agent = await agentFor([urlAt(port)], { queue: { maxBytes: 65_536 } });
  const dropped = () => agent.metric('agent_dropped_snapshots_total{reason="full"}');
  await until(async () => (await dropped()) >= 600, 'two batches dropped', LONG);
  expect(await agent.metric('agent_queue_bytes')).toBeLessThanOrEqual(65_536);
  node.silence();
  await until(async () => (await agent.metric('agent_collect_failures_total{reason="rpc"}')) > 0, 'silence', LONG);
  const waiting = sorted(place.waiting());
  const aggregator = await aggregatorAt(port);
  await drained(agent);
  const told = sorted(node.told);
  expect(await arrived(aggregator)).toEqual(waiting);
  expect(waiting).toEqual(told.slice(-waiting.length));
  expect(await dropped()).toBe(told.length - waiting.length);
});

test('a disk of the queue that goes away and comes back: not ready meanwhile, and what it holds arrives', async () => {
  const port = await freePort();
  const agent = await agentFor([urlAt(port)]);
  await until(async () => (await agent.metric('agent_queue_batches')) >= 2, 'two batches', LONG);
  const held = place.waiting();
  const away = `${place.queue}-away`;
  renameSync(place.queue, away);
  expect(await refusal(agent, 'queue')).toContain('ENOENT');
  renameSync(away, place.queue);
  await until(async () => (await agent.ready()).status === 200, 'an agent that is ready again', LONG);
  const aggregator = await aggregatorAt(port);
  await drained(agent);
  const there = await arrived(aggregator);
  expect(there).toEqual(sorted(new Set(there)));
  expect(held.filter((n) => !there.includes(n))).toEqual([]);
  expect(await agent.metric('agent_dropped_snapshots_total{reason="lost"}')).toBe(0);
  expect(await agent.metric('agent_dropped_snapshots_total{reason="disk"}')).toBe(node.told.size - there.length);
});

test('a token that changes: nothing is dropped, the agent says so, and goes on when it has the new one', async () => {
  const port = await freePort();
  const aggregator = await aggregatorAt(port);
  const agent = await agentFor([urlAt(port)], { backoff: { min: '5m', max: '5m' } });
  await looks(1);
  const next = 'another-token-another-token';
  writeFileSync(aggregators.tokenFile, `${next}\n`);
  expect(await refusal(agent, 'aggregator')).toContain('401');
  expect(JSON.stringify(agent.log)).not.toContain(TOKEN);
  await looks(1);
  writeFileSync(place.tokenFile, `${next}\n`);
  // At once, though it was to wait for minutes.
  await drained(agent);
  writeFileSync(aggregators.tokenFile, `${TOKEN}\n${next}\n`);
  await until(async () => (await aggregator.get('/peers')).status === 200, 'both tokens', LONG);
  expect(await arrived(aggregator)).toEqual(sorted(node.told));
  expect(await agent.metric('agent_push_failures_total{reason="unauthorized"}')).toBeGreaterThan(0);
  expect((await agent.ready()).status).toBe(200);
});

describe('two aggregators', () => {
  let others: AggregatorPlace;
  beforeEach(() => {
    others = new AggregatorPlace();
  });
  afterEach(() => others.clear());

  test('the next takes over where the first is killed, and each snapshot is at one of them', async () => {
    const [first, second] = [await freePort(), await freePort()];
    let one = await aggregatorAt(first);
    const other = await aggregatorAt(second, {}, others);
    const agent = await agentFor([urlAt(first), urlAt(second)]);
    await looks(2);
    await until(async () => (await arrived(one)).length > 0, 'snapshots at the first', LONG);
    await until(async () => (await agent.metric('agent_queue_batches')) === 0, 'nothing under way', LONG);
    await one.kill();
    await looks(2);
    await until(async () => (await arrived(other)).length > 0, 'snapshots at the second', LONG);
    await drained(agent);
    one = await aggregatorAt(first);
    const all = [...(await arrived(one)), ...(await arrived(other))];
    expect(sorted(all)).toEqual(sorted(node.told));
  });
});

test('a body larger than an aggregator reads at all: the halves go their way', async () => {
  await node.stop();
  node = await FakeNode.start({ peers: 200, ballast: 2_000 });
  const port = await freePort();
  const aggregator = await aggregatorAt(port, { maxBodyBytes: 20_000 });
  const agent = await agentFor([urlAt(port)]);
  await looks(1);
  await drained(agent);
  expect(await arrived(aggregator)).toEqual(sorted(node.told));
  expect(await agent.metric('agent_dropped_snapshots_total{reason="too_large"}')).toBe(0);
});

test('peers beyond what an aggregator takes: the batch is kept, and waits', async () => {
  const port = await freePort();
  const small = await aggregatorAt(port, { maxPeers: 3 });
  const agent = await agentFor([urlAt(port)]);
  await until(async () => (await agent.metric('agent_push_failures_total{reason="too_many"}')) > 0, 'a 429', LONG);
  await small.stop();
  const aggregator = await aggregatorAt(port);
  await drained(agent);
  expect(await arrived(aggregator)).toEqual(sorted(node.told));
});
