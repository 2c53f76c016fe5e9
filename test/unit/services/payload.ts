/** Builders for what senders send; the tests say only what matters to them. */

export interface AlertFields {
  readonly [member: string]: unknown;
}

export function alertBody(fields: AlertFields = {}): Record<string, unknown> {
  return {
    status: 'firing',
    labels: { alertname: 'UnsafeHeadStalled', severity: 'critical', network: 'bega', component: 'op-node' },
    annotations: { summary: 'The unsafe head stands still' },
    startsAt: '2026-05-01T10:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus:9090/graph',
    fingerprint: '00000000000000aa',
    ...fields,
  };
}

export function alertmanagerBody(...alerts: readonly Record<string, unknown>[]): Record<string, unknown> {
  return {
    receiver: 'chainwatch',
    status: 'firing',
    alerts,
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
  };
}

export function bytes(body: unknown): Buffer {
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Characters that get lost on the way somewhere: escapes, controls, beyond the basic plane, halves of a pair. */
export const ODD_CHARACTERS = [
  'a',
  'Z',
  '0',
  '"',
  '\\',
  '/',
  '<',
  '\u0000',
  '\n',
  '\u2028',
  'é',
  '网',
  '🔥',
  '\ud800',
  '\udc00',
];
