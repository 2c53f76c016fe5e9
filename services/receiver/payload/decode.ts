import type { Labels, Notification, ReceivedAlert, Source, Status } from './alert.ts';
import { fingerprintOf } from './fingerprint.ts';
import { parseTimestamp } from './timestamp.ts';

/** More than any sender groups; a larger array is a mistake or an attack, and would hold up everybody else's commit. */
export const MAX_ALERTS = 10_000;
const MAX_FAULTS_SHOWN = 20;
const FINGERPRINT = /^[\w.:-]{1,128}$/;

export interface PayloadFault {
  /** `alerts[3].startsAt` */
  readonly path: string;
  readonly reason: string;
}

/** A body that is no webhook payload. The only thing that `decodeNotification` throws. */
export class PayloadError extends Error {
  override name = 'PayloadError';
  /** A stable word: `not_utf8`, `not_json`, `not_a_payload`, `too_many_alerts`. */
  readonly kind: 'not_utf8' | 'not_json' | 'not_a_payload' | 'too_many_alerts';
  readonly faults: readonly PayloadFault[];

  constructor(kind: PayloadError['kind'], faults: readonly PayloadFault[]) {
    const shown = faults
      .slice(0, MAX_FAULTS_SHOWN)
      .map(({ path, reason }) => (path === '' ? reason : `${path}: ${reason}`));
    const more = faults.length - shown.length;
    super(shown.join('; ') + (more > 0 ? `; and ${more} more` : ''));
    this.kind = kind;
    this.faults = faults;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads the body of a webhook call from Alertmanager (payload version "4") or Grafana (version "1").
 *
 * Strict in what it uses, indifferent to what it does not know: senders add members. Of a member that stands twice the
 * last one counts, as for Go's decoder.
 *
 * @throws PayloadError with every fault
 */
export function decodeNotification(body: Uint8Array): Notification {
  const payload = parseJson(body);
  const faults: PayloadFault[] = [];
  if (!isRecord(payload))
    throw new PayloadError('not_a_payload', [{ path: '', reason: `a JSON object is needed, not ${kindOf(payload)}` }]);
  const source = sourceOf(payload, faults);
  const list = payload.alerts;
  if (!Array.isArray(list)) {
    faults.push({ path: 'alerts', reason: `an array is needed, not ${kindOf(list)}` });
    throw new PayloadError('not_a_payload', faults);
  }
  if (list.length > MAX_ALERTS) {
    throw new PayloadError('too_many_alerts', [
      { path: 'alerts', reason: `${list.length} alerts at once; at most ${MAX_ALERTS}` },
    ]);
  }
  const alerts: ReceivedAlert[] = [];
  for (const [index, item] of list.entries()) {
    const alert = readAlert(item, `alerts[${index}]`, faults);
    if (alert !== undefined) alerts.push(alert);
  }
  if (faults.length > 0 || source === undefined) throw new PayloadError('not_a_payload', faults);
  const truncated = payload.truncatedAlerts;
  return {
    source,
    receiver: textOr(payload.receiver, ''),
    groupKey: textOr(payload.groupKey, ''),
    truncatedAlerts: typeof truncated === 'number' && truncated > 0 ? truncated : 0,
    alerts,
  };
}

function parseJson(body: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new PayloadError('not_utf8', [{ path: '', reason: 'the body is not UTF-8' }]);
  }
  if (text.trim() === '') throw new PayloadError('not_json', [{ path: '', reason: 'the body is empty' }]);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'nested too deeply';
    throw new PayloadError('not_json', [{ path: '', reason: `the body is not JSON: ${reason}` }]);
  }
}

function sourceOf(payload: Record<string, unknown>, faults: PayloadFault[]): Source | undefined {
  const version = payload.version;
  // Grafana's own notifier says "1" and names its organisation; everything that speaks Alertmanager's format says "4".
  if (version === '1') return 'grafana';
  if (version === '4') return 'orgId' in payload ? 'grafana' : 'alertmanager';
  const found = version === undefined ? 'missing' : `${JSON.stringify(version)?.slice(0, 40)} is not known`;
  faults.push({ path: 'version', reason: `${found}; "4" (Alertmanager) or "1" (Grafana)` });
  return undefined;
}

function readAlert(item: unknown, path: string, faults: PayloadFault[]): ReceivedAlert | undefined {
  if (!isRecord(item)) {
    faults.push({ path, reason: `an object is needed, not ${kindOf(item)}` });
    return undefined;
  }
  const before = faults.length;
  const status = readStatus(item.status, `${path}.status`, faults);
  const labels = readLabels(item.labels, `${path}.labels`, faults);
  // Some senders write null for "no annotations".
  const annotations = readLabels(item.annotations ?? {}, `${path}.annotations`, faults);
  const startsAt = readTime(item.startsAt, `${path}.startsAt`, faults);
  const endsAt = item.endsAt === undefined ? null : readTime(item.endsAt, `${path}.endsAt`, faults);
  if (startsAt === null) faults.push({ path: `${path}.startsAt`, reason: 'the zero time; a start is needed' });
  if (labels !== undefined && Object.keys(labels).length === 0) {
    faults.push({ path: `${path}.labels`, reason: 'empty; an alert is known by its labels' });
  }
  const stated = item.fingerprint;
  if (stated !== undefined && stated !== '' && (typeof stated !== 'string' || !FINGERPRINT.test(stated))) {
    faults.push({ path: `${path}.fingerprint`, reason: 'at most 128 letters, digits or any of . _ : -' });
  }
  const generatorURL = item.generatorURL ?? '';
  if (typeof generatorURL !== 'string') faults.push({ path: `${path}.generatorURL`, reason: 'a string is needed' });

  if (faults.length > before || status === undefined || labels === undefined || annotations === undefined)
    return undefined;
  if (startsAt === undefined || startsAt === null || endsAt === undefined || typeof generatorURL !== 'string')
    return undefined;
  return {
    fingerprint: typeof stated === 'string' && stated !== '' ? stated : fingerprintOf(labels),
    status,
    labels,
    annotations,
    startsAt,
    endsAt: status === 'firing' ? null : endsAt,
    generatorURL: generatorURL.toWellFormed(),
  };
}

function readStatus(value: unknown, path: string, faults: PayloadFault[]): Status | undefined {
  if (value === 'firing' || value === 'resolved') return value;
  faults.push({ path, reason: `"firing" or "resolved" is needed, not ${kindOf(value)}` });
  return undefined;
}

function readLabels(value: unknown, path: string, faults: PayloadFault[]): Labels | undefined {
  if (!isRecord(value)) {
    faults.push({ path, reason: `an object of strings is needed, not ${kindOf(value)}` });
    return undefined;
  }
  const before = faults.length;
  const pairs: [string, string][] = [];
  for (const [name, text] of Object.entries(value)) {
    // A lone surrogate cannot be written as UTF-8: made whole here, it stays the same through store and page.
    if (typeof text === 'string') pairs.push([name.toWellFormed(), text.toWellFormed()]);
    else faults.push({ path: `${path}.${name.slice(0, 60)}`, reason: `a string is needed, not ${kindOf(text)}` });
  }
  // fromEntries defines members; an assignment to `__proto__` would change the object's kind instead.
  return faults.length > before ? undefined : Object.fromEntries(pairs);
}

function readTime(value: unknown, path: string, faults: PayloadFault[]): string | null | undefined {
  const time = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (time !== undefined) return time;
  const found = value === undefined ? 'missing' : typeof value === 'string' ? `"${value.slice(0, 40)}"` : kindOf(value);
  faults.push({ path, reason: `an RFC 3339 time such as 2026-05-01T10:00:00Z is needed, not ${found}` });
  return undefined;
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value.toWellFormed() : otherwise;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return `"${value.slice(0, 40)}"`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
