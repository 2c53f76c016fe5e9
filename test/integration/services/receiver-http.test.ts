import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addApi } from '../../../services/receiver/api.ts';
import { Authenticator } from '../../../services/receiver/auth.ts';
import { addReadings, createMetrics, receiverMetrics } from '../../../services/receiver/metrics.ts';
import { Reader } from '../../../services/receiver/store/reader.ts';
import type { Delivery, Outcome } from '../../../services/receiver/store/records.ts';
import { Writer } from '../../../services/receiver/store/writer.ts';
import { addWebhooks, boundedNames } from '../../../services/receiver/webhook.ts';
import { type App, createApp } from '../../../services/shared/http.ts';
import { StoreError, type StoreErrorKind } from '../../../services/shared/store/records.ts';
import { alertBody, alertmanagerBody, ODD_CHARACTERS } from '../../fixtures/payload.ts';

const odd = fc.string({ unit: fc.constantFrom(...ODD_CHARACTERS) });

let folder: string;
let writer: Writer;
let reader: Reader;
let app: App;
let registry: Registry;
let failure: StoreErrorKind | undefined;
let logged: Record<string, unknown>[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-http-'));
  writer = new Writer(join(folder, 'receiver.db'), 600_000, () => {});
  reader = new Reader(join(folder, 'receiver.db'));
  registry = new Registry();
  failure = undefined;
  logged = [];
  const metrics = createMetrics(registry);
  app = createApp({
    log: pino({ level: 'silent' }),
    registry,
    readiness: {},
    maxBodyBytes: 100_000,
    onRejected: (error) => metrics.rejected.inc({ reason: error }),
  });
  addWebhooks(app, {
    log: pino({}, { write: (line: string) => logged.push(JSON.parse(line)) }),
    auth: new Authenticator({
      tokens: undefined,
      grafanaSecrets: undefined,
      signatureHeaders: [],
      timestampHeader: undefined,
      now: Date.now,
    }),
    metrics,
    maxBodyBytes: 100_000,
    watchdogAlertname: 'Watchdog',
    failpoint: () => {},
    now: Date.now,
    commit: async (deliveries: readonly Delivery[]): Promise<Outcome[]> => {
      if (failure !== undefined) throw new StoreError(failure, 'no room');
      return writer.commit(deliveries);
    },
    onCommitted: () => {},
  });
  addApi(app, () => reader);
  await app.ready();
});

afterEach(async () => {
  await app.close();
  reader.close();
  writer.close();
  rmSync(folder, { recursive: true, force: true });
});

const post = (
  url: string,
  payload: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) =>
  app.inject({
    method: 'POST',
    url,
    headers,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

async function metric(name: string): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(name));
}

describe('the webhooks', () => {
  test('accept, tell repeats, and keep what the path says', async () => {
    const answer = await post(
      '/webhook/op-stack/critical',
      alertmanagerBody(alertBody({ labels: { alertname: 'A', severity: 'info' } })),
    );
    expect([answer.statusCode, answer.json()]).toEqual([200, { accepted: 1, changed: 1, duplicates: 0, stale: 0 }]);
    const again = await post('/webhook', alertmanagerBody(alertBody({ labels: { alertname: 'A', severity: 'info' } })));
    expect(again.json()).toEqual({ accepted: 1, changed: 0, duplicates: 1, stale: 0 });
    const { alerts } = (await app.inject('/alerts')).json();
    expect(alerts).toMatchObject([
      { alertname: 'A', severity: 'critical', chain: 'op-stack', channel: 'op-stack/critical', deliveries: 2 },
    ]);
    // The log says the severity that is stored and shown, not the one that the path overrode.
    expect(logged).toMatchObject([
      { change: 'fired', alertname: 'A', severity: 'critical', channel: 'op-stack/critical' },
    ]);
    expect(await metric('receiver_alerts_received_total{')).toEqual([
      'receiver_alerts_received_total{source="alertmanager",channel="op-stack/critical",status="firing"} 1',
      'receiver_alerts_received_total{source="alertmanager",channel="default",status="firing"} 1',
    ]);
    expect(await metric('receiver_duplicates_total{')).toEqual(['receiver_duplicates_total{source="alertmanager"} 1']);
  });

  test.each([
    '/webhook',
    '/webhook/critical',
    '/webhook/eq-service',
    '/webhook/eq-service/critical',
    '/webhook/external-deps',
    '/webhook/system',
  ])('%s is there, whatever type the body claims to be', async (url) => {
    for (const headers of [
      {},
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/json; charset=utf-8' },
    ]) {
      expect((await post(url, alertmanagerBody(alertBody()), headers)).statusCode).toBe(200);
    }
  });

  test.each([
    ['a body that is no payload', '/webhook', '{}', {}, 400, 'bad_payload'],
    ['an empty body', '/webhook', '', {}, 400, 'bad_payload'],
    ['a compressed body', '/webhook', 'x', { 'content-encoding': 'gzip' }, 415, 'unsupported_encoding'],
    ['a name that is no chain', '/webhook/Nope', '{}', {}, 404, 'not_found'],
    ['a path too deep', '/webhook/a/b', '{}', {}, 404, 'not_found'],
    ['a body too large', '/webhook', 'x'.repeat(100_001), {}, 413, 'too_large'],
  ])('refuse %s', async (_name, url, body, headers, status, error) => {
    const answer = await post(url, body, { 'content-type': 'application/json', ...headers });
    expect([answer.statusCode, answer.json().error]).toEqual([status, error]);
    expect(answer.json().remedy).not.toBe('');
    expect(await metric('receiver_rejected_total{')).toEqual([`receiver_rejected_total{reason="${error}"} 1`]);
  });

  test.each<[StoreErrorKind, number, string]>([
    ['full', 507, 'store_full'],
    ['io', 503, 'store_failed'],
    ['slow', 503, 'store_slow'],
    ['overloaded', 503, 'overloaded'],
  ])('do not acknowledge when the store says %s', async (kind, status, error) => {
    failure = kind;
    const answer = await post('/webhook', alertmanagerBody(alertBody()));
    expect([answer.statusCode, answer.json().error, answer.headers['retry-after']]).toEqual([status, error, '5']);
    expect(await metric('receiver_alerts_received_total{')).toEqual([]);
  });

  test('answer any body with 200 or a refusal as JSON', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          odd,
          fc.json(),
          fc.json().map((x) => `{"version":"4","alerts":[${x}]}`),
        ),
        async (body) => {
          const answer = await post('/webhook', body);
          expect([200, 400, 413]).toContain(answer.statusCode);
          expect(answer.json()).toBeTypeOf('object');
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('GET /alerts', () => {
  test('goes through all by its cursor', async () => {
    const bodies = Array.from({ length: 7 }, (_, n) => alertBody({ fingerprint: `f${n}` }));
    await post('/webhook', alertmanagerBody(...bodies));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const url: string = `/alerts?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: { alerts: { fingerprint: string }[]; nextCursor: string | null } = (await app.inject(url)).json();
      seen.push(...page.alerts.map(({ fingerprint }) => fingerprint));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['f6', 'f5', 'f4', 'f3', 'f2', 'f1', 'f0']);
  });

  test('tells the history of one', async () => {
    await post('/webhook', alertmanagerBody(alertBody()));
    await post('/webhook', alertmanagerBody(alertBody({ status: 'resolved', endsAt: '2026-05-01T10:30:00Z' })));
    const history = (await app.inject('/alerts/00000000000000aa')).json();
    expect(history).toMatchObject({
      alert: { status: 'resolved', endsAt: '2026-05-01T10:30:00Z' },
      transitions: [{ change: 'fired' }, { change: 'resolved' }],
      deliveries: [
        { status: 'firing', count: 1 },
        { status: 'resolved', count: 1 },
      ],
    });
    const unknown = await app.inject('/alerts/none');
    expect([unknown.statusCode, unknown.json().error]).toEqual([404, 'unknown_alert']);
  });

  test.each([
    ['state=on', 'state: '],
    ['limit=0', 'limit: '],
    ['stat=firing', 'stat: unknown parameter; did you mean "state"?'],
    ['cursor=abc', 'cursor: is not a cursor'],
    ['network=a&network=b', 'network: '],
  ])('refuses ?%s', async (query, reason) => {
    const answer = await app.inject(`/alerts?${query}`);
    expect([answer.statusCode, answer.json().error]).toEqual([400, 'bad_query']);
    expect(answer.json().reason).toContain(reason);
  });
});

test('every metric of the catalogue exists, under its name and type', async () => {
  addReadings(registry, {
    storeOk: () => true,
    storeWaiting: () => 0,
    storeFreeBytes: () => 1,
    storeBytes: () => undefined,
    firing: () => new Map([['page', 2]]),
    watchdogLastSeen: () => 0,
    eventClients: () => 0,
    secretFiles: () => new Map([['token', false]]),
  });
  const text = await registry.metrics();
  for (const { name, type } of Object.values(receiverMetrics)) expect(text).toContain(`# TYPE ${name} ${type}`);
  expect(text).toContain('receiver_alerts_firing{severity="other"} 2');
  expect(text).toContain('receiver_alerts_firing{severity="critical"} 0');
});

test('a name that comes from a path makes a bounded number of series', () => {
  const label = boundedNames(2);
  expect(['a', 'b', 'c', 'a', 'd', 'b'].map(label)).toEqual(['a', 'b', 'other', 'a', 'other', 'b']);
});

describe('a method that a path does not take', () => {
  test.each([
    ['GET', '/webhook', 'POST, PUT'],
    ['GET', '/webhook/op-stack/critical', 'POST, PUT'],
    ['DELETE', '/alerts', 'GET'],
  ] as const)('%s %s is answered with 405 and those that it takes', async (method, url, allow) => {
    const answer = await app.inject({ method, url });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.json()).toMatchObject({ error: 'method_not_allowed', remedy: `use ${allow.replace(', ', ' or ')}` });
  });
});

test('a chain that nobody has heard of: its alert is kept, and counted by its name', async () => {
  expect((await post('/webhook/nochain', alertmanagerBody(alertBody()))).statusCode).toBe(200);
  expect(await registry.metrics()).toMatch(/receiver_alerts_received_total\{[^}]*channel="nochain"[^}]*\} 1/);
});
