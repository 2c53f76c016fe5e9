import type { FastifyRequest } from 'fastify';
import type { Failpoint } from '../shared/failpoint.ts';
import { type App, HttpFault } from '../shared/http.ts';
import type { Logger } from '../shared/log.ts';
import { StoreError } from '../shared/store/records.ts';
import type { Authenticator } from './auth.ts';
import { type Channel, channelOf } from './channel.ts';
import type { Metrics } from './metrics.ts';
import type { Notification } from './payload/alert.ts';
import { decodeNotification, PayloadError } from './payload/decode.ts';
import type { Delivery, Outcome } from './store/records.ts';

export interface WebhookOptions {
  readonly log: Logger;
  readonly auth: Authenticator;
  readonly metrics: Metrics;
  readonly maxBodyBytes: number;
  readonly watchdogAlertname: string;
  readonly failpoint: Failpoint;
  /** Milliseconds. */
  readonly now: () => number;
  /** @throws StoreError */
  readonly commit: (deliveries: readonly Delivery[]) => Promise<Outcome[]>;
  /** After a commit that brought something new. */
  readonly onCommitted: (outcomes: readonly Outcome[]) => void;
  /** Sees every authenticated body before it is read; debug only. */
  readonly onPayload?: (request: FastifyRequest, body: Buffer) => void;
}

/** The answer to a webhook call: what became of its alerts. Sent only when they are on the disk. */
export interface WebhookAnswer {
  readonly accepted: number;
  readonly changed: number;
  readonly duplicates: number;
  readonly stale: number;
}

/** Changes of one request that are logged each; a storm is summed up. */
const MAX_CHANGES_LOGGED = 20;
/** Different channel names that get a series of their own; the name comes from the path, so it needs a bound. */
const MAX_CHANNEL_SERIES = 64;

/**
 * The paths that Alertmanager and Grafana deliver to: `/webhook`, `/webhook/critical`, `/webhook/<name>`,
 * `/webhook/<name>/critical`; see channel.ts for what they mean. POST, and PUT because Grafana offers it.
 */
export function addWebhooks(app: App, options: WebhookOptions): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The raw bytes: a signature covers them, and whatever type the sender declares, what comes must be JSON.
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: options.maxBodyBytes }, (_request, body, done) => {
      done(null, body);
    });
    scope.decorateRequest('signatureWanted', false);
    scope.addHook('onRequest', async (request) => {
      refuseEncoding(request);
      if (options.auth.beforeBody(request.headers) === 'check signature') request.setDecorator('signatureWanted', true);
    });
    scope.addHook('onResponse', async (_request, reply) => {
      if (reply.statusCode === 200) options.failpoint('receiver.ack.after');
    });
    const channelLabel = boundedNames(MAX_CHANNEL_SERIES);
    const paths = ['/webhook', '/webhook/critical', '/webhook/:name', '/webhook/:name/critical'];
    for (const url of paths) {
      const critical = url.endsWith('/critical');
      scope.route<{ Params: { name?: string }; Body: Buffer | undefined }>({
        method: ['POST', 'PUT'],
        url,
        handler: async (request): Promise<WebhookAnswer> => {
          const channel = channelOf(request.params.name, critical);
          if (channel === undefined) throw wrongName(request.params.name ?? '');
          const body = request.body ?? Buffer.alloc(0);
          if (request.getDecorator('signatureWanted') === true) options.auth.signature(request.headers, body);
          options.onPayload?.(request, body);
          const notification = decode(body);
          options.failpoint('receiver.request.read');
          const outcomes = await makeDurable(notification, channel, options);
          count(notification, channelLabel(channel.name), outcomes, options);
          logChanges(notification, channel, outcomes, options.log);
          options.failpoint('receiver.ack.before');
          return summarise(outcomes);
        },
      });
    }
  });
}

function refuseEncoding(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  throw new HttpFault(415, {
    error: 'unsupported_encoding',
    reason: `bodies in ${String(encoding).slice(0, 40)} are not taken: a small one may unpack to any size`,
    remedy: 'send the body uncompressed',
  });
}

function wrongName(name: string): HttpFault {
  return new HttpFault(404, {
    error: 'not_found',
    reason: `"${name.slice(0, 80)}" cannot be the name of a chain`,
    remedy:
      'use /webhook, /webhook/critical, /webhook/<chain>, /webhook/<chain>/critical, /webhook/external-deps or /webhook/system',
  });
}

function decode(body: Buffer): Notification {
  try {
    return decodeNotification(body);
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    throw new HttpFault(error.kind === 'too_many_alerts' ? 413 : 400, {
      error: error.kind === 'too_many_alerts' ? 'too_large' : 'bad_payload',
      reason: error.message,
      remedy:
        'send what Alertmanager\'s webhook_config (version "4") or Grafana\'s webhook contact point without a custom payload (version "1") sends',
    });
  }
}

async function makeDurable(notification: Notification, channel: Channel, options: WebhookOptions): Promise<Outcome[]> {
  const receivedAt = options.now();
  const deliveries = notification.alerts.map(
    (alert): Delivery => ({
      alert,
      source: notification.source,
      channel: channel.name,
      chain: channel.chain,
      forcedSeverity: channel.forcedSeverity,
      receivedAt,
      watchdog: alert.labels.alertname === options.watchdogAlertname,
    }),
  );
  try {
    return await options.commit(deliveries);
  } catch (error) {
    if (error instanceof StoreError) throw storeFault(error);
    throw error;
  }
}

/** 5xx throughout: Alertmanager tries again on these, and only on these. */
function storeFault({ kind, message }: StoreError): HttpFault {
  const again = { 'retry-after': '5' };
  switch (kind) {
    case 'full':
      return new HttpFault(
        507,
        { error: 'store_full', reason: message, remedy: 'make room on the disk of the receiver; it goes on by itself' },
        again,
      );
    case 'io':
      return new HttpFault(
        503,
        { error: 'store_failed', reason: message, remedy: 'look at the disk of the receiver and its log' },
        again,
      );
    case 'slow':
      return new HttpFault(
        503,
        { error: 'store_slow', reason: message, remedy: 'look at the disk of the receiver' },
        again,
      );
    case 'overloaded':
      return new HttpFault(503, { error: 'overloaded', reason: message, remedy: 'send again later' }, again);
  }
}

function count(
  notification: Notification,
  channel: string,
  outcomes: readonly Outcome[],
  options: WebhookOptions,
): void {
  const { metrics } = options;
  const { source } = notification;
  let problems = 0;
  for (const [index, outcome] of outcomes.entries()) {
    const status = notification.alerts[index]?.status ?? 'firing';
    metrics.alertsReceived.inc({ source, channel, status });
    if (outcome === 'duplicate') metrics.duplicates.inc({ source });
    else if (outcome === 'stale') metrics.stale.inc({ source });
    else if (outcome !== 'watchdog') metrics.changes.inc({ change: outcome });
    if (outcome !== 'watchdog') problems += 1;
  }
  if (problems > 0) metrics.lastAlert.set(options.now() / 1000);
  if (notification.truncatedAlerts > 0) metrics.truncated.inc({ source }, notification.truncatedAlerts);
  options.onCommitted(outcomes);
}

function logChanges({ alerts }: Notification, channel: Channel, outcomes: readonly Outcome[], log: Logger): void {
  let unsaid = 0;
  let said = 0;
  for (const [index, change] of outcomes.entries()) {
    const alert = alerts[index];
    if (alert === undefined || change === 'duplicate' || change === 'stale' || change === 'watchdog') continue;
    if (said === MAX_CHANGES_LOGGED) {
      unsaid += 1;
      continue;
    }
    said += 1;
    const { alertname, network } = alert.labels;
    // As it is stored: the path may have raised it.
    const severity = channel.forcedSeverity ?? alert.labels.severity;
    log.info({ change, alertname, network, severity, channel: channel.name, fingerprint: alert.fingerprint }, 'alert');
  }
  if (unsaid > 0) log.info({ changes: unsaid, channel: channel.name }, 'more alerts of the same request changed');
}

function summarise(outcomes: readonly Outcome[]): WebhookAnswer {
  const duplicates = outcomes.filter((outcome) => outcome === 'duplicate').length;
  const stale = outcomes.filter((outcome) => outcome === 'stale').length;
  const watchdogs = outcomes.filter((outcome) => outcome === 'watchdog').length;
  return { accepted: outcomes.length, changed: outcomes.length - duplicates - stale - watchdogs, duplicates, stale };
}

/** The name itself for the first few, `other` for all beyond. */
export function boundedNames(limit: number): (name: string) => string {
  const seen = new Set<string>();
  return (name) => {
    if (seen.size < limit) seen.add(name);
    return seen.has(name) ? name : 'other';
  };
}
