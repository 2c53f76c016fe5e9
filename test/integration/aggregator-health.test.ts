/** How the aggregator tells its health to a kubelet, which has no certificate to show. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHealth } from '../../services/shared/health.ts';
import { Authority, OPENSSL } from '../fixtures/certificates.ts';
import { AggregatorPlace, TOKEN } from './aggregator/process.ts';

let place: AggregatorPlace;
beforeEach(() => {
  place = new AggregatorPlace();
});
afterEach(() => place.clear());

/** @returns the status, or the word of what went wrong */
function withoutCertificate(url: string, ca: string): Promise<string> {
  return new Promise((resolve) => {
    const asked = request(`${url}/healthz`, { ca, agent: false }, (answer) => resolve(String(answer.statusCode)));
    asked.once('error', (error: Error) => resolve('code' in error ? String(error.code) : error.message));
    asked.end();
  });
}

test('who looks after the process asks without a certificate how it is, and is told nothing else', async (context) => {
  if (!OPENSSL) context.skip('there is no openssl');
  const ours = new Authority(place.folder, 'ours');
  const tls = { ...ours.issue('server'), clientCa: ours.cert };
  const aggregator = await place.start({ settings: { tls, healthListen: '127.0.0.1:0' } });
  const told = aggregator.log.find(({ msg }) => msg === 'health is told without TLS');
  const health = String(told?.address);
  expect(await withoutCertificate(aggregator.url, readFileSync(ours.cert, 'utf8'))).toMatch(
    /^(ECONNRESET|EPIPE|ERR_SSL_.*)$/,
  );
  expect((await fetch(`${health}/healthz`)).status).toBe(200);
  const ready = await fetch(`${health}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ ready: true, checks: { store: { ok: true }, tls: { ok: true } } });
  const authorization = `Bearer ${TOKEN}`;
  for (const path of ['/metrics', '/peers', '/export/all', '/backup'])
    expect((await fetch(health + path, { headers: { authorization } })).status).toBe(404);
  const pushed = await fetch(`${health}/ingest`, { method: 'POST', headers: { authorization }, body: '[]' });
  expect(pushed.status).toBe(404);
  expect(await pushed.json()).toMatchObject({ error: 'not_found', remedy: expect.stringContaining('listen') });
  expect(await aggregator.stop()).toBe(0);
  await expect(fetch(`${health}/healthz`)).rejects.toThrow();
});

test('a service that is not ready says so without TLS too', async () => {
  const store = { ok: false, reason: 'the disk is full' };
  const health = await openHealth({ host: '127.0.0.1', port: 0 }, { store: () => store });
  try {
    const ready = await fetch(`${health.address.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { ready: false, checks: { store } }]);
    expect((await fetch(`${health.address.url}/healthz`)).status).toBe(200);
  } finally {
    await health.close();
  }
});
