import { z } from 'zod';
import { type App, HttpFault } from '../shared/http.ts';
import { openReader, parse, visible } from './access.ts';
import { metricsOf } from './ingest/batch.ts';
import { networkField, pageQuery, wholeNumber } from './query.ts';
import type { Sample } from './store/reader.ts';
import type { PeerState } from './store/records.ts';
import type { Store } from './store/store.ts';
import type { Tokens } from './tokens.ts';

export interface ApiOptions {
  readonly tokens: Tokens;
  readonly store: Store;
  /** Samples that a peer shows at most. */
  readonly history: number;
  /** Seconds. */
  readonly retention: number;
  /** Milliseconds. */
  readonly now: () => number;
}

const peerQuery = z.strictObject({
  network: networkField.optional(),
  limit: wholeNumber(1).optional(),
  since: wholeNumber(0).optional(),
  /** What of a snapshot is shown: its metrics, or all that its sender wrote. */
  show: z.enum(['metrics', 'snapshot']).default('metrics'),
});

/** `GET /peers` and `GET /peer/:id`, for the networks that the caller's token is good for. */
export function addApi(app: App, options: ApiOptions): void {
  const { tokens, store } = options;

  app.get('/peers', async (request) => {
    const scope = tokens.authorize(request.headers);
    const query = parse(pageQuery, request.query);
    const reader = openReader(store);
    const networks = visible(scope, query.network) ?? reader.networks();
    const rows = reader.peers(networks, query.after, query.limit);
    const states = await statesOf(store, { ask: 'peers', ids: rows.map(({ id }) => id) });
    const peers = rows.map(({ network, name, firstAt }, index) => ({
      network,
      peer_id: name,
      first_seen: firstAt,
      last_seen: states[index]?.lastAt ?? null,
    }));
    const last = rows.at(-1);
    const more = rows.length === query.limit && last !== undefined;
    return { peers, next: more ? `${last.network}/${last.name}` : null };
  });

  app.get<{ Params: { id: string } }>('/peer/:id', async (request, reply) => {
    const scope = tokens.authorize(request.headers);
    const query = parse(peerQuery, request.query);
    const reader = openReader(store);
    const networks = visible(scope, query.network) ?? reader.networks();
    const oldest = Math.floor(options.now() / 1000) - options.retention;
    const limit = Math.min(query.limit ?? options.history, options.history);
    const since = Math.max(query.since ?? 0, oldest);
    for (const network of networks) {
      const states = await statesOf(store, { ask: 'peer', network, name: request.params.id });
      if (states.length === 0) continue;
      const samples = states.flatMap(({ head }) => reader.history(head, { limit, since }));
      // A peer that was reported under its new name before its rotation was has two chains.
      if (states.length > 1) samples.sort((a, b) => b.at - a.at).splice(limit);
      return reply
        .type('application/json; charset=utf-8')
        .header('x-network', network)
        .send(historyJson(samples, query.show));
    }
    throw new HttpFault(404, {
      error: 'unknown_peer',
      reason: `no peer ${JSON.stringify(request.params.id.slice(0, 80))} was reported`,
      remedy: 'list them with GET /peers',
    });
  });
}

/**
 * `[[timestamp, metrics], …]`, newest first, or whole snapshots in place of their metrics. The bytes that were sent are passed on as they are: nothing is parsed, so
 * no name in them can harm us, and a number keeps all its digits.
 */
export function historyJson(samples: readonly Sample[], show: 'metrics' | 'snapshot'): Buffer {
  const parts: Uint8Array[] = [];
  for (const [index, { at, body }] of samples.entries()) {
    const shown = show === 'metrics' ? metricsOf(body) : body;
    parts.push(Buffer.from(`${index === 0 ? '[' : ','}[${at},`), shown, Buffer.from(']'));
  }
  parts.push(Buffer.from(samples.length === 0 ? '[]' : ']'));
  return Buffer.concat(parts);
}

async function statesOf(store: Store, question: Parameters<Store['ask']>[0]): Promise<readonly PeerState[]> {
  const reply = await store.ask(question);
  return reply.of === 'peers' ? reply.peers : [];
}
