import type { z } from 'zod';
import { HttpFault } from '../shared/http.ts';
import { inWords } from '../shared/inWords.ts';
import type { Reader } from './store/reader.ts';
import type { Store } from './store/store.ts';
import type { Scope } from './tokens.ts';

/** The networks that a caller may look at; undefined for all. @throws HttpFault 401 */
export function visible(scope: Scope, wanted: string | undefined): readonly string[] | undefined {
  if (wanted === undefined) return scope === 'all' ? undefined : [...scope.networks].sort();
  if (scope === 'all' || scope.networks.includes(wanted)) return [wanted];
  throw new HttpFault(401, {
    error: 'unauthorized',
    reason: `the token is not good for the network ${JSON.stringify(wanted.slice(0, 80))}`,
    remedy: 'ask for a network of the token',
  });
}

/** @param what for the message: `taking samples away`. @throws HttpFault 403 */
export function requireAll(scope: Scope, what: string): void {
  if (scope === 'all') return;
  throw new HttpFault(403, {
    error: 'forbidden',
    reason: `${what} concerns all networks, and the token is good for some`,
    remedy: 'use a token whose line in the tokenFile names no networks',
  });
}

/** @throws HttpFault 503 as long as there is no database */
export function openReader(store: Store): Reader {
  const reader = store.reader();
  if (reader !== undefined) return reader;
  const reason = store.trouble()?.reason ?? 'the database is not open';
  throw new HttpFault(503, { error: 'store_failed', reason, remedy: 'see /readyz' });
}

/** What an address asks for. @throws HttpFault 400 */
export function parse<S extends z.ZodObject>(schema: S, query: unknown): z.output<S> {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const reason = result.error.issues.map((issue) => [...issue.path, inWords(issue)].join(': ')).join('; ');
  throw new HttpFault(400, {
    error: 'bad_query',
    reason,
    remedy: `correct it, or leave it out; known are ${Object.keys(schema.shape).join(', ')}`,
  });
}
