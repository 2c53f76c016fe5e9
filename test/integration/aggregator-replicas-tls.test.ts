import { copyFileSync, existsSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { ask } from '../../services/aggregator/replicate/ask.ts';
import { OtherReplicas } from '../../services/aggregator/replicate/others.ts';
import { ClientTls } from '../../services/shared/tls/clientTls.ts';
import { Authority, type Issued, OPENSSL } from '../fixtures/certificates.ts';
import { NameServer } from './agent/dns.ts';
import { type AggregatorProcess, numbered, PEERS, TOKEN, until } from './aggregator/process.ts';
import { replicasOfEach } from './replicas/each.ts';
import { NatsCluster } from './replicas/nats.ts';
import { PATIENCE, range, untilHas } from './replicas/replica.ts';

/** How replicas ask each other: over TLS with certificates of both, and for a copy that takes long to make. */

const replicas = replicasOfEach();
let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

/** As a careful program changes a file: whole, at once. */
function replace(path: string, by: string): void {
  copyFileSync(by, `${path}.new`);
  renameSync(`${path}.new`, path);
}

const history = z.array(z.tuple([z.number(), z.object({ n: z.number() })]));

/** What `numbersAt` says, of one that wants a certificate. */
async function numbersOver(tls: ClientTls, url: string): Promise<number[]> {
  const peers = range(0, PEERS).map(async (index) => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await ask(`${url}/peer/peer-${index}`, { headers, tls: tls.current(), signal });
    const said = await text(answer);
    return answer.statusCode === 200 ? history.parse(JSON.parse(said)).map(([, { n }]) => n) : [];
  });
  return (await Promise.all(peers)).flat().sort((a, b) => a - b);
}

const said = (replica: AggregatorProcess) => replica.log.map(({ reason }) => String(reason)).join('\n');

test('replicas that all want certificates find each other by DNS and catch up; what they show is read again when it changes', async (context) => {
  if (!OPENSSL) context.skip('there is no openssl');
  const path = (name: string) => join(replicas().folder, name);
  const ours = new Authority(replicas().folder, 'ours');
  const strange = new Authority(replicas().folder, 'strange');
  const mine = { caFile: path('client-ca.pem'), certFile: path('client.pem'), keyFile: path('client.key') };
  const put = ({ cert, key }: Issued) => {
    replace(mine.keyFile, key);
    replace(mine.certFile, cert);
  };
  replace(mine.caFile, strange.cert);
  put(strange.issue('stranger'));

  const plain = await replicas().start(0);
  await until(async () => (await plain.push(range(0, 20).map(numbered))).status === 200, 'it is taken', PATIENCE);
  await untilHas(plain, range(0, 20));
  await plain.stop();
  await replicas().nats.manage((manager) => manager.streams.purge(replicas().stream, { keep: 1 }));

  const server = ours.issue('server');
  const tls = { ...server, clientCa: ours.cert };
  const one = await replicas()
    .place(0)
    .start({ settings: { ...replicas().settings(0), tls } });
  expect(one.url).toMatch(/^https:/);
  const names = await NameServer.start('_aggregator._tcp.example.test');
  names.records = [{ priority: 1, port: Number(new URL(one.url).port) }];
  const preload = `import{setServers}from"node:dns";setServers(["${names.address}"])`;
  try {
    const more = {
      replicasSrv: '_aggregator._tcp.example.test',
      replicasTls: mine,
      replicaTokenFile: replicas().place(1).tokenFile,
      // It has nothing, and would begin without the other one in the end.
      waitForReplicas: '1h',
    };
    const two = await replicas()
      .place(1)
      .start({
        settings: { ...replicas().settings(1, more), tls },
        env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(preload)}` },
      });
    await until(() => /^https:.*(CERT|VERIFY|ISSUER)/m.test(said(two)), 'not trusted', PATIENCE);
    replace(mine.caFile, ours.cert);
    await until(() => /^https:.*(ECONNRESET|EPIPE|ERR_SSL)/m.test(said(two)), 'not let in', PATIENCE);
    put(ours.issue('client'));
    const trusting = new ClientTls({ caFile: ours.cert, certFile: mine.certFile, keyFile: mine.keyFile });
    const has = async () => (await numbersOver(trusting, two.url).catch(() => [])).length === 20;
    await until(has, 'the second has what the log has lost', PATIENCE);
    expect(await numbersOver(trusting, two.url)).toEqual(range(0, 20));
    expect(two.log.map(({ msg }) => msg)).toContain('the snapshot is in place; the log is read on from there');
    expect(JSON.stringify(two.log)).not.toContain('PRIVATE KEY');
  } finally {
    names.stop();
  }
});

test('NATS servers that want certificates get them; without, nothing is accepted', async (context) => {
  if (!OPENSSL) context.skip('there is no openssl');
  const folder = mkdtempSync(join(replicas().folder, 'nats-tls-'));
  const ours = new Authority(folder, 'ours');
  const { cert: certFile, key: keyFile } = ours.issue('client');
  const tls = { caFile: ours.cert, certFile, keyFile };
  const nats = await NatsCluster.start(folder, 1, { ...tls, server: ours.issue('nats') });
  try {
    const one = await replicas().start(0, { servers: nats.urls, ...tls });
    await until(async () => (await one.push([numbered(1)])).status === 200, 'it is taken', PATIENCE);
    const stranger = await replicas().start(1, { servers: nats.urls, caFile: ours.cert });
    expect(await stranger.push([numbered(2)])).toMatchObject({ status: 503, body: { error: 'log_failed' } });
    await untilHas(one, [1]);
  } finally {
    await nats.stop();
  }
});

test('a replica that makes a copy says so until the copy is there', async () => {
  const one = await replicas().start(0);
  let signs = 0;
  const answer = await ask(`${one.url}/replica/snapshot`, {
    headers: { authorization: `Bearer ${TOKEN}` },
    tls: {},
    signal: AbortSignal.timeout(PATIENCE),
    onSign: () => {
      signs += 1;
    },
  });
  expect(answer.statusCode).toBe(200);
  expect((await answer.toArray()).length).toBeGreaterThan(0);
  expect(signs).toBeGreaterThan(0);
});

/** A server that answers for another replica, and what asks it. */
async function othersAt(listener: RequestListener, silence: number): Promise<{ others: OtherReplicas; url: string }> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const nobody = { replicasSrv: undefined, token: undefined, tls: new ClientTls({}), scheme: 'http' } as const;
  return { others: new OtherReplicas({ name: 'me', replicas: [url], ...nobody, silence }), url };
}

const SILENCE = 500;

test('a copy that takes long is waited for as long as there are signs of it, and no longer', async () => {
  const path = join(replicas().folder, 'taken.db');
  const begun = Date.now();
  const { others, url } = await othersAt(async (_request, response) => {
    while (Date.now() - begun < 3 * SILENCE) {
      response.writeProcessing();
      await sleep(50);
    }
    response.writeHead(200, { 'content-length': 0, 'x-checksum-sha256': EMPTY });
    response.end();
  }, SILENCE);
  // Left by one that was killed: it would be read as a part of the new one.
  writeFileSync(`${path}-wal`, 'of another file');
  await others.snapshot({ url, stream: '', seq: 0, since: 0 }, path);
  expect(existsSync(`${path}-wal`)).toBe(false);
  expect(Date.now() - begun).toBeGreaterThanOrEqual(3 * SILENCE);

  const silent = await othersAt((_request, response) => response.writeProcessing(), SILENCE);
  const waiting = silent.others.snapshot({ url: silent.url, stream: '', seq: 0, since: 0 }, path);
  await expect(waiting).rejects.toThrow(`${silent.url} said nothing for ${SILENCE / 1000} s`);
});

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
