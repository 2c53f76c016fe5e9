import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type App, HttpFault } from '../../shared/http.ts';
import type { Logger } from '../../shared/log.ts';
import { openReader, parse, visible } from '../access.ts';
import type { Metrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import type { Tokens } from '../tokens.ts';
import { type Wrapping, wrappingOf } from './encrypt.ts';
import { type Encryption, encryptionOf, refuseSecretsInUrl } from './encryption.ts';
import { Archive } from './inThread.ts';
import type { Shown } from './moment.ts';
import { ExportEnded, type RunningExports, type Slot } from './running.ts';
import { View } from './view.ts';

export interface ExportOptions {
  readonly tokens: Tokens;
  readonly store: Store;
  readonly exports: RunningExports;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Whether anything is exported at all. */
  readonly enabled: boolean;
  readonly maxPeers: number;
  /** Samples that a peer shows at most. */
  readonly history: number;
  /** Seconds. */
  readonly retention: number;
  /** Milliseconds. */
  readonly now: () => number;
}

interface Order {
  readonly encryption: Encryption;
  readonly networks: readonly string[];
  readonly show: Shown;
  readonly slot: Slot;
}

const exportQuery = z.strictObject({
  network: z.string().optional(),
  show: z.enum(['metrics', 'snapshot']).default('metrics'),
});

/**
 * `GET` and `POST /export/all`: a ZIP archive with `<peer_id>.json` for every peer that the caller's token is good for, as it
 * comes out of the store. `POST` takes what is to encrypt it in its body, both take it in headers.
 */
export function addExport(app: App, options: ExportOptions): void {
  const handle = (request: FastifyRequest, reply: FastifyReply) => answer(request, reply, options);
  // HEAD would have to make it all, only to say how long it is.
  app.get('/export/all', { exposeHeadRoute: false }, handle);
  app.post('/export/all', handle);
}

async function answer(request: FastifyRequest, reply: FastifyReply, options: ExportOptions): Promise<void> {
  const { metrics, log, exports } = options;
  const found = { by: 'none' };
  let order: Order;
  let view: View;
  try {
    order = await orderOf(request, options, (by) => Object.assign(found, { by }));
    view = await openView(order, options);
  } catch (error) {
    metrics.bulkExports.inc({ result: 'refused', encryption: found.by });
    throw error;
  }
  const begun = performance.now();
  const response = reply.hijack().raw;
  let result: string;
  try {
    await send(response, view, order, options);
    result = 'ok';
  } catch (error) {
    const { reason } = order.slot.signal;
    const ended = reason instanceof ExportEnded;
    result = ended ? reason.result : response.errored === null && response.destroyed ? 'gone' : 'failed';
    if (result === 'failed' && isGone(error)) result = 'gone';
    if (result === 'failed') log.error({ err: error }, 'an export failed for a reason of our own');
    // Without its last chunk, so that nobody takes it for whole.
    response.destroy();
  } finally {
    order.slot.leave();
    await view.close();
  }
  metrics.bulkExports.inc({ result, encryption: order.encryption.by });
  const seconds = Math.round(performance.now() - begun) / 1000;
  const { networks, encryption } = order;
  log.info(
    { result, encryption: encryption.by, networks, seconds, running: exports.running },
    result === 'ok' ? 'all peers were exported' : 'an export of all peers came to nothing',
  );
}

async function orderOf(
  request: FastifyRequest,
  options: ExportOptions,
  onEncryption: (by: string) => void,
): Promise<Order> {
  const scope = options.tokens.authorize(request.headers);
  requireExports(options.enabled);
  refuseSecretsInUrl(request.query);
  const query = parse(exportQuery, request.query);
  const encryption = await encryptionOf(request.headers, request.body ?? undefined);
  onEncryption(encryption.by);
  const reader = openReader(options.store);
  const known = reader.networks();
  const wanted = visible(scope, query.network) ?? known;
  const networks = known.filter((network) => wanted.includes(network));
  if (query.network !== undefined && networks.length === 0) {
    throw new HttpFault(404, {
      error: 'unknown_network',
      reason: `there are no peers of the network ${JSON.stringify(query.network.slice(0, 80))}`,
      remedy: 'GET /peers shows which networks there are',
    });
  }
  const { maxPeers } = options;
  if (reader.count(networks, maxPeers + 1) > maxPeers) {
    throw new HttpFault(413, {
      error: 'too_many_peers',
      reason: `there are more than ${maxPeers} peers to export`,
      remedy: 'raise maxExportPeers, or export one network at a time: ?network=NAME',
    });
  }
  return { encryption, networks, show: query.show, slot: options.exports.enter() };
}

/** @throws HttpFault 403 */
export function requireExports(enabled: boolean): void {
  if (enabled) return;
  throw new HttpFault(403, {
    error: 'exports_disabled',
    reason: 'exports are switched off here (peerMetricsExport: false)',
    remedy: 'set peerMetricsExport: true in the settings of the aggregator, if this node may give its peers away',
  });
}

async function openView({ slot }: Order, options: ExportOptions): Promise<View> {
  const { store, history, retention, now } = options;
  try {
    const since = Math.floor(now() / 1000) - retention;
    return await View.open({ ask: (question) => store.ask(question), reader: openReader(store), since, history });
  } catch (error) {
    slot.leave();
    throw error;
  }
}

async function send(response: ServerResponse, view: View, order: Order, options: ExportOptions): Promise<void> {
  const { encryption, networks, show, slot } = order;
  const { store, now } = options;
  const wrapping = wrappingOf(encryption);
  response.writeHead(200, {
    'content-type': wrapping.type,
    'content-disposition': `attachment; filename="${fileName(networks, now(), wrapping)}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...wrapping.headers,
  });
  const { signal } = slot;
  const archive = new Archive({ path: store.path, bounds: view.bounds, networks, show });
  const closed = new Promise<void>((resolve) => archive.once('close', resolve));
  const { step } = wrapping;
  try {
    if (step === undefined) await pipeline(archive, response, { signal });
    else await pipeline(archive, step, response, { signal });
  } finally {
    // The thread still reads what the view holds, in a database that may be closed next.
    archive.destroy();
    await closed;
  }
}

/** `peers-20261121T160000Z.zip.age` */
function fileName(networks: readonly string[], now: number, { ending }: Wrapping): string {
  const time = new Date(now).toISOString().replace(/\.\d+/, '').replaceAll(/[:-]/g, '');
  const [network = ''] = networks;
  const whose = networks.length === 1 && /^[\w-]+$/.test(network) ? `${network}-` : '';
  return `${whose}peers-${time}${ending}`;
}

function isGone(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes(String(error.code));
}
