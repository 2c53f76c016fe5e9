import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeNotification, MAX_ALERTS, PayloadError } from '../../../services/receiver/payload/decode.ts';
import { fingerprintOf } from '../../../services/receiver/payload/fingerprint.ts';
import { alertBody, alertmanagerBody, bytes, ODD_CHARACTERS } from '../../fixtures/payload.ts';
import { runs } from '../../fixtures/prove.ts';

const odd = fc.string({ unit: fc.constantFrom(...ODD_CHARACTERS) });

function faultsOf(body: unknown): string[] {
  try {
    decodeNotification(bytes(body));
  } catch (error) {
    if (error instanceof PayloadError) return error.faults.map(({ path, reason }) => `${path}: ${reason}`);
    throw error;
  }
  return [];
}

describe('decodeNotification', () => {
  test('reads what Alertmanager sends', () => {
    const notification = decodeNotification(bytes(alertmanagerBody(alertBody())));
    expect(notification).toEqual({
      source: 'alertmanager',
      receiver: 'chainwatch',
      groupKey: '{}:{}',
      truncatedAlerts: 0,
      alerts: [
        {
          fingerprint: '00000000000000aa',
          status: 'firing',
          labels: { alertname: 'UnsafeHeadStalled', severity: 'critical', network: 'bega', component: 'op-node' },
          annotations: { summary: 'The unsafe head stands still' },
          startsAt: '2026-05-01T10:00:00.000000000Z',
          endsAt: null,
          generatorURL: 'http://prometheus:9090/graph',
        },
      ],
    });
  });

  test('reads what Grafana sends, with members of its own and no fingerprint', () => {
    const alert = alertBody({ values: { A: 1 }, silenceURL: 'https://grafana/x', dashboardURL: '', valueString: '' });
    delete alert.fingerprint;
    const body = { ...alertmanagerBody(alert), version: '1', orgId: 1, state: 'alerting', title: '', message: '' };
    const notification = decodeNotification(bytes(body));
    expect(notification.source).toBe('grafana');
    expect(notification.alerts[0]?.fingerprint).toBe(
      fingerprintOf({ alertname: 'UnsafeHeadStalled', severity: 'critical', network: 'bega', component: 'op-node' }),
    );
  });

  test('names every fault with its place', () => {
    const body = alertmanagerBody(alertBody({ status: 'on', startsAt: 'yesterday' }), alertBody({ labels: { a: 1 } }));
    delete body.version;
    expect(faultsOf(body)).toEqual([
      'version: missing; "4" (Alertmanager) or "1" (Grafana)',
      'alerts[0].status: "firing" or "resolved" is needed, not "on"',
      'alerts[0].startsAt: an RFC 3339 time such as 2026-05-01T10:00:00Z is needed, not "yesterday"',
      'alerts[1].labels.a: a string is needed, not a number',
    ]);
  });

  test.each([
    ['nothing', '', 'the body is empty'],
    ['no JSON', '{"version":', 'the body is not JSON'],
    ['an array', [], 'a JSON object is needed, not an array'],
    ['another version', { ...alertmanagerBody(), version: '5' }, '"5" is not known'],
    ['no alerts', { version: '4' }, 'alerts: an array is needed, not nothing'],
    ['an alert without labels', alertmanagerBody(alertBody({ labels: {} })), 'known by its labels'],
    ['a start at the zero time', alertmanagerBody(alertBody({ startsAt: '0001-01-01T00:00:00Z' })), 'the zero time'],
    ['a fingerprint with a slash', alertmanagerBody(alertBody({ fingerprint: '../x' })), 'at most 128'],
    [
      'too many alerts',
      alertmanagerBody(...Array.from({ length: MAX_ALERTS + 1 }, () => ({}))),
      `at most ${MAX_ALERTS}`,
    ],
  ])('refuses %s', (_name, body, reason) => {
    expect(faultsOf(body).join('\n')).toContain(reason);
  });

  test('refuses bytes that are no UTF-8', () => {
    expect(() => decodeNotification(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow(/not UTF-8/);
  });

  test('shows a bounded number of faults', () => {
    const many = alertmanagerBody(...Array.from({ length: 500 }, () => alertBody({ status: 0 })));
    expect(() => decodeNotification(bytes(many))).toThrow(/and 480 more$/);
  });

  test('takes __proto__ and constructor for names like any other', () => {
    const body = `{"version":"4","alerts":[{"status":"firing","startsAt":"2026-05-01T10:00:00Z","__proto__":{"status":"resolved"},
      "labels":{"alertname":"A","__proto__":"x","constructor":"y"}}]}`;
    const alert = decodeNotification(bytes(body)).alerts[0];
    expect(alert?.status).toBe('firing');
    expect(Object.keys(alert?.labels ?? {}).sort()).toEqual(['__proto__', 'alertname', 'constructor']);
    expect(Object.getPrototypeOf(alert?.labels)).toBe(Object.prototype);
    expect(JSON.stringify(alert?.labels)).toContain('"__proto__":"x"');
  });

  test('makes text whole that could not be written as UTF-8', () => {
    const alert = alertBody({
      labels: { alertname: 'half \ud800' },
      annotations: { 'name \udc00': 'x' },
      generatorURL: '\ud83d',
    });
    expect(decodeNotification(bytes(alertmanagerBody(alert))).alerts[0]).toMatchObject({
      labels: { alertname: 'half \ufffd' },
      annotations: { 'name \ufffd': 'x' },
      generatorURL: '\ufffd',
    });
  });

  test('takes the last of two equal members, as Go does', () => {
    const body = '{"version":"9","version":"4","alerts":[],"alerts":[]}';
    expect(decodeNotification(bytes(body)).source).toBe('alertmanager');
  });

  test('survives nesting without end', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const body = `{"version":"4","extra":${deep},"alerts":[${JSON.stringify(alertBody())}]}`;
    expect(() => decodeNotification(bytes(`{"version":"4","alerts":${deep}}`))).toThrow(PayloadError);
    try {
      expect(decodeNotification(bytes(body)).alerts).toHaveLength(1);
    } catch (error) {
      expect(error).toBeInstanceOf(PayloadError);
    }
  });

  // Half-valid payloads get further into the decoder than noise does.
  const member = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('firing', 'resolved', '2026-05-01T10:00:00Z', '', null),
  );
  const name = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('__proto__', 'alertname', 'toString'));
  const someAlert = fc.record(
    {
      status: fc.oneof(fc.constantFrom('firing', 'resolved'), member),
      labels: fc.oneof(fc.dictionary(name, odd), member),
      annotations: fc.oneof(fc.dictionary(name, odd), member),
      startsAt: fc.oneof(fc.constant('2026-05-01T10:00:00.5Z'), member),
      endsAt: member,
      fingerprint: fc.oneof(
        fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 }),
        member,
      ),
      generatorURL: member,
    },
    { requiredKeys: [] },
  );
  const somePayload = fc.record(
    {
      version: fc.oneof(fc.constantFrom('1', '4'), member),
      alerts: fc.oneof(fc.array(someAlert, { maxLength: 4 }), member),
      orgId: member,
    },
    { requiredKeys: [] },
  );

  test('throws nothing but a PayloadError, and what it accepts is whole', () => {
    fc.assert(
      fc.property(
        fc.oneof({ weight: 5, arbitrary: somePayload.map(bytes) }, fc.string().map(bytes), fc.uint8Array()),
        (body) => {
          try {
            for (const alert of decodeNotification(body).alerts) {
              expect(['firing', 'resolved']).toContain(alert.status);
              expect(alert.startsAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
              expect(alert.fingerprint).toMatch(/^[\w.:-]{1,128}$/);
              for (const text of [...Object.values(alert.labels), ...Object.values(alert.annotations)]) {
                expect(text.isWellFormed()).toBe(true);
              }
            }
          } catch (error) {
            if (!(error instanceof PayloadError)) throw error;
            expect(error.faults.length).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: runs(100) },
    );
  });
});

describe('fingerprintOf', () => {
  test('is the one of the Prometheus data model', () => {
    // Known answers of prometheus/common model/signature_test.go, in hexadecimal.
    expect(fingerprintOf({})).toBe(14695981039346656037n.toString(16));
    expect(fingerprintOf({ name: 'garland, briggs', fear: 'love is not enough' })).toBe(
      5799056148416392346n.toString(16).padStart(16, '0'),
    );
  });

  test('does not depend on the order of the labels', () => {
    fc.assert(
      fc.property(fc.dictionary(odd, fc.string()), (labels) => {
        expect(fingerprintOf(Object.fromEntries(Object.entries(labels).reverse()))).toBe(fingerprintOf(labels));
      }),
      { numRuns: runs(40) },
    );
  });
});
