/** What nodes outside of a cluster reach of the aggregator: a real nginx before a real service. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exposureConfig } from '../../model/kubernetes/gate.ts';
import { SECRETS_PATH } from '../../model/kubernetes/names.ts';
import { Authority, OPENSSL } from '../fixtures/certificates.ts';
import { AggregatorPlace, TOKEN } from './aggregator/process.ts';
import { hindrance, makeGates } from './gate/stand.ts';
import { request } from './rawRequest.ts';

const without = OPENSSL ? hindrance() : 'there is no openssl';
const gates = makeGates();
beforeEach((context) => {
  if (without !== undefined) context.skip(without);
});
afterAll(() => gates.clear());

describe('the aggregator behind the gate', () => {
  const HOST = 'push.example';
  let place: AggregatorPlace;
  let plain = 0;
  let secure = 0;
  let strange = 0;

  beforeAll(async () => {
    if (without !== undefined) return;
    place = new AggregatorPlace();
    gates.stops.push(() => place.clear());
    const ours = new Authority(place.folder, 'ours');
    const { cert, key } = ours.issue('server');
    const clear = await place.start();
    const tls = await place.start({ settings: { tls: { cert, key }, database: join(place.folder, 'tls.db') } });
    const behindGate = async (url: string, authority?: string) => {
      const name = 'localhost';
      const route = { host: HOST, upstream: new URL(url).host, own: [], closed: [], pushes: ['/ingest', '/telemetry'] };
      const trusted = authority && { secure: { name, authority: `${SECRETS_PATH}/ca.crt` } };
      const files = authority ? { 'ca.crt': readFileSync(authority, 'utf8') } : undefined;
      return gates.start(exposureConfig([{ ...route, ...trusted }]), files ?? {});
    };
    plain = await behindGate(clear.url);
    secure = await behindGate(tls.url, ours.cert);
    strange = await behindGate(tls.url, new Authority(place.folder, 'strange').cert);
  }, 120_000);

  const push = (port: number, token: string | undefined, path = '/ingest') => {
    const headers = { host: HOST, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    return request(port, { method: 'POST', path, headers, body: '[{"peer_id":"a","metrics":{"n":1}}]' });
  };

  test.each(['without TLS', 'with TLS'])('%s takes what is pushed with its token, and nothing without', async (how) => {
    const port = how === 'with TLS' ? secure : plain;
    expect((await push(port, TOKEN)).status).toBe(200);
    expect((await push(port, undefined)).status).toBe(401);
    expect((await push(port, 'another-token-of-somebody')).status).toBe(401);
  });

  test('is not asked where it is another that answers', async () => {
    expect((await push(strange, TOKEN)).status).toBe(502);
  });

  test.each(['/backup', '/export/all', '/peers', '/peer/a', '/replica/snapshot', '/prune', '/keys/rotate', '/metrics'])(
    '%s is not for outside, whoever asks',
    async (path) => {
      const headers = { host: HOST, authorization: `Bearer ${TOKEN}` };
      expect((await request(secure, { path, headers })).status).toBe(404);
      expect((await push(secure, TOKEN, path)).status).toBe(404);
    },
  );

  test('what nodes said is not read there either', async () => {
    const headers = { host: HOST, authorization: `Bearer ${TOKEN}` };
    expect((await request(secure, { path: '/telemetry', headers })).status).toBe(403);
  });
});
