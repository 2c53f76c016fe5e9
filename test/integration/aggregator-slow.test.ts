import { connect as connectPlain, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Authority, OPENSSL } from '../fixtures/certificates.ts';
import { AggregatorPlace, TOKEN, until } from './aggregator/process.ts';

/** Clients that send as slowly as they can, to keep a connection and what belongs to it. */

const WAIT = 120_000;

let place: AggregatorPlace;
let sockets: Socket[];
beforeEach(() => {
  place = new AggregatorPlace();
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await place.clear();
});

/** Sends the head at once, then a byte now and then. */
function trickle(socket: Socket, head: string): { readonly answer: () => string; readonly closed: () => boolean } {
  sockets.push(socket);
  let [answer, closed] = ['', false];
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  socket.write(head);
  const dripping = setInterval(() => socket.writable && socket.write('x'), 200);
  socket.once('close', () => {
    clearInterval(dripping);
    closed = true;
  });
  return { answer: () => answer, closed: () => closed };
}

const HEAD = `POST /ingest HTTP/1.1\r\nhost: x\r\nx-auth-token: ${TOKEN}\r\n`;

test('a slow head and a slow body are cut off, and keep nobody from being served', async () => {
  const aggregator = await place.start();
  const { hostname, port } = new URL(aggregator.url);
  const open = () => connectPlain(Number(port), hostname);
  const heads = Array.from({ length: 20 }, () => trickle(open(), `${HEAD}x-slow: `));
  const bodies = Array.from({ length: 20 }, () => trickle(open(), `${HEAD}content-length: 100000\r\n\r\n[`));
  expect((await aggregator.push([{ peer_id: 'a', metrics: {} }])).status).toBe(200);
  const all = [...heads, ...bodies];
  await until(() => all.every(({ closed }) => closed()), 'all are cut off', WAIT);
  // Who still writes when the other side has closed may lose what it was told.
  const answers = new Set(all.map(({ answer }) => answer().split('\r\n', 1)[0]).filter((line) => line !== ''));
  expect([...answers]).toEqual(['HTTP/1.1 408 Request Timeout']);
  expect((await aggregator.push([{ peer_id: 'b', metrics: {} }])).status).toBe(200);
  expect(await aggregator.peers()).toEqual(['a', 'b']);
});

test.skipIf(!OPENSSL)('so is one that never comes to an end with TLS, and one that is slow behind it', async () => {
  const ours = new Authority(place.folder, 'ours');
  const aggregator = await place.start({ settings: { tls: ours.issue('server') } });
  const { port } = new URL(aggregator.url);
  const silent = trickle(connectPlain(Number(port), '127.0.0.1'), '');
  const behind = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false });
  const slow = trickle(behind, `${HEAD}content-length: 100000\r\n\r\n[`);
  await until(() => silent.closed() && slow.closed(), 'both are cut off', WAIT);
  expect(slow.answer()).not.toContain('200 OK');
  const refused = aggregator.log.filter(({ msg }) => msg === 'a request was refused').map(({ error }) => error);
  expect(refused.some((error) => error === 'no_tls' || error === 'tls_timeout')).toBe(true);
});
