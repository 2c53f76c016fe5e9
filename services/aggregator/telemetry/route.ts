import { z } from 'zod';
import { type App, HttpFault } from '../../shared/http.ts';
import { StoreError } from '../../shared/store/records.ts';
import { openReader, parse, visible } from '../access.ts';
import { BatchFault } from '../ingest/fault.ts';
import { storeFault } from '../ingest/route.ts';
import type { Metrics } from '../metrics.ts';
import { networkField, pageQuery } from '../query.ts';
import type { Batch, BatchOutcome } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Summary } from '../store/telemetryRows.ts';
import type { Tokens } from '../tokens.ts';
import { telemetryBatch } from './logged.ts';
import { readSummary } from './summary.ts';

export interface TelemetryOptions {
  readonly tokens: Tokens;
  readonly store: Store;
  /** Makes it durable, also in the log where there are replicas. */
  readonly commit: (batch: Batch) => Promise<BatchOutcome | undefined>;
  readonly metrics: Pick<Metrics, 'ahead'>;
  /** Seconds by which a summary may be dated later than it comes. */
  readonly maxAhead: number;
  /** Milliseconds. */
  readonly now: () => number;
}

const MAX_BYTES = 65_536;
const nodeQuery = z.strictObject({ network: networkField.optional() });

/**
 * What nodes say of themselves: `POST /telemetry` takes a summary, answered with 202 when it is durable; `GET /telemetry` gives the newest of
 * each node, a page at a time, `GET /telemetry/:node` all that is kept of one, newest first.
 *
 * Replicas have it from each other by their log.
 */
export function addTelemetry(app: App, options: TelemetryOptions): void {
  const { tokens, store } = options;
  app.register(async (inner) => {
    // Read by ourselves: what parses JSON by default takes a name that stands twice.
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    inner.post('/telemetry', async (request, reply) => {
      const network = tokens.networkOf(tokens.authorize(request.headers), request.headers);
      const text = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
      const told = readSummary(text);
      const receivedAt = Math.floor(options.now() / 1000);
      const { node_id: node, seq, timestamp: at = receivedAt } = told;
      if (at > receivedAt + options.maxAhead) {
        options.metrics.ahead.inc({ network });
        return reply.code(202).send({ stored: false, ahead: true });
      }
      const stored = await keep(options.commit, { network, node, at, seq, receivedAt, body: JSON.stringify(told) });
      return reply.code(202).send({ stored });
    });
  });

  app.get('/telemetry', async (request, reply) => {
    const scope = tokens.authorize(request.headers);
    const query = parse(pageQuery, request.query);
    const { telemetry } = openReader(store);
    const networks = visible(scope, query.network) ?? telemetry.networks();
    const rows = telemetry.latest(networks, { network: query.after.network, node: query.after.name }, query.limit);
    const last = rows.at(-1);
    const next = rows.length === query.limit && last !== undefined ? `${last.network}/${last.node}` : null;
    const nodes = rows.map(
      ({ network, node, ...summary }) =>
        `{"network":${JSON.stringify(network)},"node_id":${JSON.stringify(node)},${membersOf(summary)}}`,
    );
    return reply
      .type('application/json; charset=utf-8')
      .send(`{"nodes":[${nodes.join(',')}],"next":${JSON.stringify(next)}}`);
  });

  app.get<{ Params: { node: string } }>('/telemetry/:node', async (request, reply) => {
    const scope = tokens.authorize(request.headers);
    const query = parse(nodeQuery, request.query);
    const { telemetry } = openReader(store);
    for (const network of visible(scope, query.network) ?? telemetry.networks().sort()) {
      const rows = telemetry.ofNode(network, request.params.node);
      if (rows.length === 0) continue;
      return reply
        .type('application/json; charset=utf-8')
        .header('x-network', network)
        .send(`[${rows.map((row) => `{${membersOf(row)}}`).join(',')}]`);
    }
    throw new HttpFault(404, {
      error: 'unknown_node',
      reason: `no node ${JSON.stringify(request.params.node.slice(0, 80))} sent telemetry`,
      remedy: 'list them with GET /telemetry',
    });
  });
}

/** @throws HttpFault 413, 429, 503, 507 */
async function keep(commit: TelemetryOptions['commit'], summary: Summary): Promise<boolean> {
  try {
    const outcome = await commit(telemetryBatch(summary));
    if (outcome === undefined) throw new Error('the store gave no outcome');
    if (outcome.refused === undefined) return outcome.stored > 0;
  } catch (error) {
    if (error instanceof StoreError) throw storeFault(error);
    if (!(error instanceof BatchFault)) throw error;
    const remedy = 'send a shorter one, or raise max_payload of the NATS servers';
    throw new HttpFault(413, { error: 'too_large', reason: error.message, remedy });
  }
  throw new HttpFault(429, {
    error: 'too_many_nodes',
    reason: 'more nodes would send telemetry than are allowed; nothing was taken',
    remedy: 'raise maxReporters, or find the sender that makes up values of node_id (GET /telemetry)',
  });
}

function membersOf({ at, receivedAt, body }: Pick<Summary, 'at' | 'receivedAt' | 'body'>): string {
  return `"timestamp":${at},"received_at":${receivedAt},"summary":${body}`;
}
