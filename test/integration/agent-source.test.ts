/** A real agent as somebody sets it up: what it asks, what it says of settings that do not fit, how it finds aggregators by DNS. */
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../tools/freePort.ts';
import { NameServer } from './agent/dns.ts';
import { FakeNode } from './agent/node.ts';
import { AgentPlace } from './agent/process.ts';
import { AggregatorPlace, type AggregatorProcess } from './aggregator/process.ts';
import { type ServiceProcess, until } from './service/process.ts';

const LONG = 120_000;
const EXPOSITION = `# TYPE peer_request_total counter
peer_request_total{peer_id="a",transport="tcp"} 3
peer_request_total{peer_id="a",transport="quic"} 4
peer_request_total{peer_id="b",transport="tcp"} 5
peer_drop_total{peer_id="a",reason="rate_limit"} 2
`;
const PEERS = [{ id: 'a', caps: ['eth/69'], network: { remoteAddress: '10.0.0.1:3' } }];

let node: Server;
let url: string;
let place: AgentPlace;
let aggregators: AggregatorPlace;

beforeEach(async () => {
  place = new AgentPlace();
  aggregators = new AggregatorPlace();
  node = createServer((request, response) => {
    if (request.method === 'GET') response.end(request.url === '/metrics' ? EXPOSITION : '');
    else response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: PEERS }));
  });
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  const address = node.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});

afterEach(async () => {
  node.close();
  await place.clear();
  await aggregators.clear();
});

async function aggregatorAt(port: number): Promise<AggregatorProcess> {
  const database = join(aggregators.folder, `${port}.db`);
  return aggregators.start({ settings: { listen: `127.0.0.1:${port}`, database } });
}

/** What /readyz says of a check, as soon as it says something. */
async function said(agent: ServiceProcess, check: string): Promise<string> {
  let note: unknown;
  const is = async () => {
    const { checks } = (await agent.ready()).body;
    note = checks[check]?.note ?? (checks[check]?.ok === true ? undefined : checks[check]?.reason);
    return note !== undefined && note !== 'the first look at the node is under way';
  };
  await until(is, `something of ${check}`, LONG);
  return String(note);
}

const drops = { name: 'peer_drop_total', peer: 'peer_id', as: 'drops', by: ['reason'] };
const requests = { name: 'peer_request_total', peer: 'peer_id', as: 'requests' };

test('figures of a Prometheus endpoint arrive as the settings name them', async () => {
  const port = await freePort();
  const aggregator = await aggregatorAt(port);
  const source = { url: `${url}/metrics`, prometheus: { metrics: [requests, drops] } };
  await place.start({ settings: { source, aggregators: [`http://127.0.0.1:${port}`] } });
  await until(async () => (await aggregator.peers()).length === 2, 'both peers', LONG);
  const [[, figures]] = JSON.parse((await aggregator.get('/peer/a?limit=1')).text);
  expect(figures).toEqual({ drops: { rate_limit: 2 }, requests: 7 });
});

describe('a mapping that does not fit is said in /readyz and once in the log', () => {
  const rpc = (more: object) => ({ jsonrpc: { method: 'admin_peers', peer: 'id', metrics: '', ...more } });
  const metrics = (...all: object[]) => ({ prometheus: { metrics: all } });
  test.each<readonly [string, object, string]>([
    ['no list of peers', rpc({ rows: 'peers' }), 'payload: "peers" of the result is no list of peers'],
    ['no peer', rpc({ peer: 'peerId' }), 'a row has no text at "peerId" (peer); it has id, caps, network'],
    ['nothing picked', rpc({ pick: ['nope'] }), 'no row has any of nope (pick)'],
    ['no label', metrics({ ...requests, peer: 'id' }), 'has no label "id" (peer); it has peer_id, transport'],
    ['no metric, beside one', metrics(requests, { ...drops, name: 'nope' }), 'there is no sample of nope'],
  ])('%s', async (_what, source, says) => {
    const agent = await place.start({
      settings: { source: { url: `${url}/metrics`, ...source }, aggregators: ['http://127.0.0.1:9'] },
    });
    expect(await said(agent, 'source')).toContain(says);
    const logged = () => agent.log.filter((entry) => JSON.stringify(entry).includes(JSON.stringify(says).slice(1, -1)));
    await until(() => logged().length > 0 || says.startsWith('payload'), 'it is logged', LONG);
    expect(logged().length).toBeLessThan(2);
    expect(JSON.stringify(agent.log)).not.toContain('10.0.0.1');
  });
});

test('aggregators that DNS names are found, by priority, and found anew when they have moved', async () => {
  const names = await NameServer.start('_aggregator._tcp.example.org');
  const told = await FakeNode.start();
  try {
    const [first, second, third] = [await freePort(), await freePort(), await freePort()];
    names.records = [
      { priority: 20, port: second },
      { priority: 10, port: first },
    ];
    const one = await aggregatorAt(first);
    const two = await aggregatorAt(second);
    const discovery = { srv: '_aggregator._tcp.example.org', scheme: 'http', servers: [names.address] };
    const agent = await place.start({ settings: { source: { url: told.url }, discovery } });
    await until(async () => (await one.peers()).length > 0, 'peers at the first', LONG);
    expect([await two.peers(), await agent.metric('agent_aggregators')]).toEqual([[], 2]);
    await one.kill();
    await until(async () => (await two.peers()).length > 0, 'peers at the second', LONG);
    names.records = [{ priority: 10, port: third }];
    await two.kill();
    const three = await aggregatorAt(third);
    await until(async () => (await agent.metric('agent_aggregators')) === 1, 'the new records', LONG);
    await until(async () => (await agent.metric('agent_queue_batches')) === 0, 'an empty queue', LONG);
    expect((await three.peers()).length).toBeGreaterThan(0);
  } finally {
    names.stop();
    await told.stop();
  }
});

test('a token that one refuses is said though the other is away', async () => {
  const told = await FakeNode.start();
  const port = await freePort();
  await aggregators.start({
    settings: { listen: `127.0.0.1:${port}`, token: 'of-somebody-else-altogether', tokenFile: undefined },
  });
  const urls = [`http://127.0.0.1:${port}`, 'http://127.0.0.1:9'];
  const agent = await place.start({ settings: { source: { url: told.url }, aggregators: urls } });
  expect(await said(agent, 'aggregator')).toContain('401');
  const failures = (reason: string) => agent.metric(`agent_push_failures_total{reason="${reason}"}`);
  await until(async () => (await failures('connection')) > 3, 'tries at the other', LONG);
  for (let look = 0; look < 20; look += 1) {
    const { status, body } = await agent.ready();
    expect([status, body.checks.aggregator?.reason]).toEqual([503, expect.stringContaining('401')]);
  }
  await told.stop();
});
