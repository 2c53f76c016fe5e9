import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Failpoint } from '../../shared/failpoint.ts';
import { messageOf } from '../../shared/fault.ts';
import { type App, HttpFault } from '../../shared/http.ts';
import { StoreError } from '../../shared/store/records.ts';
import type { Metrics } from '../metrics.ts';
import type { Batch, BatchOutcome } from '../store/records.ts';
import type { Tokens } from '../tokens.ts';
import { nameOfRest, withoutAhead } from './ahead.ts';
import { type BatchLimits, readBatch, SPAN } from './batch.ts';
import { type BodyLimits, readBody } from './body.ts';
import { BatchFault } from './fault.ts';

export interface IngestOptions {
  readonly tokens: Tokens;
  readonly metrics: Metrics;
  readonly limits: BatchLimits & BodyLimits;
  /** Seconds by which a snapshot may be dated later than it comes. */
  readonly maxAhead: number;
  readonly failpoint: Failpoint;
  /** Milliseconds. */
  readonly now: () => number;
  /** @throws StoreError */
  readonly commit: (batch: Batch) => Promise<BatchOutcome | undefined>;
  readonly onRejected: (error: string, request: IncomingMessage) => void;
  /** For what is no fault of the sender. */
  readonly onFailure: (error: unknown) => void;
}

/** A name that a sender gives a batch: enough for a UUID or a hash. */
const BATCH_NAME = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * `POST /ingest`: a JSON array of snapshots, gzip allowed. Answered with 200 when all of it is durable:
 * `{"stored", "duplicates", "expired", "ahead"}`, whose sum is the number of snapshots.
 *
 * Headers: the token; `x-network` where the token is good for several; `x-batch-id`, by which a batch that is sent again
 * after a lost answer is known; `x-counts`, see `countsFor`.
 *
 * Outside of the router and its hooks, which would be half of the work for a small batch.
 */
export function ingestRoute(options: IngestOptions): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (request.method !== 'POST' || request.url !== '/ingest') return false;
    void answer(request, response, options);
    return true;
  };
}

/**
 * What is left to the router: other methods, which it answers as on any other path, and a query, which there is none of.
 */
export function addIngest(app: App): void {
  const noQuery = async () => {
    throw new HttpFault(400, {
      error: 'bad_query',
      reason: '/ingest takes nothing behind a "?"',
      remedy: 'say it by the headers x-auth-token, x-network and x-batch-id',
    });
  };
  app.post('/ingest', { onRequest: noQuery }, noQuery);
}

async function answer(request: IncomingMessage, response: ServerResponse, options: IngestOptions): Promise<void> {
  const begun = performance.now();
  try {
    const outcome = await ingest(request, options);
    options.failpoint('aggregator.ack.before');
    send(response, 200, JSON.stringify(outcome));
    options.failpoint('aggregator.ack.after');
    options.metrics.ingestSeconds.observe((performance.now() - begun) / 1000);
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    const fault = error instanceof HttpFault ? error : translate(error, options);
    options.onRejected(fault.body.error, request);
    send(response, fault.status, JSON.stringify(fault.body), fault.headers);
  }
}

async function ingest(request: IncomingMessage, options: IngestOptions) {
  const { tokens, metrics } = options;
  const scope = tokens.authorize(request.headers);
  const network = tokens.networkOf(scope, request.headers);
  const named = batchName(request.headers['x-batch-id']);
  const bytes = await readBody(request, options.limits);
  const all = readBatch(bytes, options.limits);
  options.failpoint('aggregator.request.read');
  const receivedAt = Math.floor(options.now() / 1000);
  const { spans, ahead } = withoutAhead(all, receivedAt + options.maxAhead);
  const snapshots = spans.length / SPAN.width;
  const name = nameOfRest(named, ahead);
  const outcome = await options.commit({ network, name, receivedAt, bytes, spans, isPartial: ahead > 0 });
  if (outcome === undefined) throw new Error('the store gave no outcome');
  if (outcome.refused !== undefined) throw tooMany(outcome.refused);
  const { stored, expired } = outcome;
  const duplicates = outcome.repeated ? snapshots : outcome.duplicates;
  metrics.ingested.inc({ network }, stored);
  if (duplicates > 0) metrics.duplicates.inc({ network }, duplicates);
  if (expired > 0) metrics.expired.inc({ network }, expired);
  if (ahead > 0) metrics.ahead.inc({ network }, ahead);
  return countsFor(request.headers, { stored, duplicates, expired, ahead });
}

interface Counts {
  readonly stored: number;
  readonly duplicates: number;
  readonly expired: number;
  readonly ahead: number;
}

/**
 * Agents of before name their batches, and keep one for ever of which three words do not count all: whoever names a batch and does not say
 * `x-counts: ahead` is told what was ahead as `expired`.
 */
function countsFor(headers: IncomingHttpHeaders, counts: Counts): Partial<Counts> {
  if (headers['x-batch-id'] === undefined || headers['x-counts'] === 'ahead') return counts;
  const { stored, duplicates, expired, ahead } = counts;
  return { stored, duplicates, expired: expired + ahead };
}

function batchName(header: string | string[] | undefined): string {
  if (header === undefined) return '';
  if (typeof header === 'string' && BATCH_NAME.test(header)) return header;
  throw new HttpFault(400, {
    error: 'bad_batch_id',
    reason: 'the header x-batch-id is no name of a batch',
    remedy: 'send up to 128 letters, digits and . _ : - , for example a UUID',
  });
}

function tooMany(of: 'peers' | 'reporters'): HttpFault {
  const remedy =
    of === 'peers'
      ? 'raise maxPeers, or find the sender that makes up peers (aggregator_peers, GET /peers)'
      : 'raise maxReporters, or find the sender that makes up values of node_id';
  return new HttpFault(429, {
    error: `too_many_${of}`,
    reason: `the batch would add more ${of} than are allowed; nothing of it was taken`,
    remedy,
  });
}

function translate(error: unknown, options: IngestOptions): HttpFault {
  if (error instanceof BatchFault) {
    const many = error.kind === 'too_many';
    return new HttpFault(many ? 413 : 400, {
      error: many ? 'too_large' : 'bad_batch',
      reason: error.message,
      remedy: many
        ? 'send fewer snapshots in a batch, or raise maxSnapshots; where one alone is too large, less of that peer, or raise maxSnapshotBytes'
        : 'send [{"peer_id": "…", "metrics": {…}}, …]; sending this again will not help',
    });
  }
  if (error instanceof StoreError) return storeFault(error);
  options.onFailure(error);
  return new HttpFault(500, {
    error: 'internal',
    reason: `the service failed on this batch: ${messageOf(error)}`,
    remedy: 'see the log of this service; the sender may try again',
  });
}

/** @returns the answer for what the store could not do */
export function storeFault({ kind, message }: StoreError): HttpFault {
  const again = { 'retry-after': '5' };
  switch (kind) {
    case 'full': {
      const remedy = 'make room on the disk of the aggregator; it goes on by itself';
      return new HttpFault(507, { error: 'store_full', reason: message, remedy }, again);
    }
    case 'overloaded':
      return new HttpFault(503, { error: 'overloaded', reason: message, remedy: 'send later, or add replicas' }, again);
    default:
      return new HttpFault(503, { error: 'store_failed', reason: message, remedy: 'see /readyz and the disk' }, again);
  }
}

function send(response: ServerResponse, status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}
