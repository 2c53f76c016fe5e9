import { z } from 'zod';
import type { App } from '../../shared/http.ts';
import { openReader, parse, visible } from '../access.ts';
import { networkField, wholeNumber } from '../query.ts';
import type { Store } from '../store/store.ts';
import type { Tokens } from '../tokens.ts';

const MOST = 64;
const query = z.strictObject({
  network: networkField.optional(),
  limit: wholeNumber(1, MOST).default(MOST),
});

/**
 * `GET /correlations/:metric`: `[{"metric", "correlation_id", "peer_id", "value", "timestamp"}, …]`, newest first, for the networks that the
 * caller's token is good for. Nothing fills the table yet: what reads the nodes' logs will.
 */
export function addCorrelations(app: App, { tokens, store }: { readonly tokens: Tokens; readonly store: Store }): void {
  app.get<{ Params: { metric: string } }>('/correlations/:metric', async (request) => {
    const scope = tokens.authorize(request.headers);
    const { network, limit } = parse(query, request.query);
    const reader = openReader(store);
    return reader.correlations.newest(visible(scope, network) ?? reader.networks(), request.params.metric, limit);
  });
}
