import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type App, HttpFault } from '../../shared/http.ts';
import { requireAll } from '../access.ts';
import { copyBeside } from '../backup/copies.ts';
import { copyStore } from '../backup/copy.ts';
import type { Tokens } from '../tokens.ts';
import type { Replication } from './replication.ts';

export interface ReplicaRoutes {
  readonly tokens: Tokens;
  /** Of the database. */
  readonly path: string;
  readonly replication: Replication | undefined;
}

/**
 * What the other replicas ask for, with a token that is good for all networks:
 *
 * - `GET /replica/status`: how far this one has read the log.
 * - `GET /replica/snapshot`: all of its store, at one moment; one at a time. `x-checksum-sha256` is of the body. Making the copy of a large store takes
 *   minutes: meanwhile the answer is 102 (Processing), about once a second as long as the copy comes forward.
 */
export function addReplicaRoutes(app: App, { tokens, path, replication }: ReplicaRoutes): void {
  if (replication === undefined) return;
  let busy = false;

  app.get('/replica/status', async (request) => {
    requireAll(tokens.authorize(request.headers), 'how far a replica is');
    const { replica, mark, since, lag } = replication.status();
    return { replica, mark: mark ?? null, since, lag };
  });

  app.get('/replica/snapshot', { exposeHeadRoute: false }, async (request, reply) => {
    requireAll(tokens.authorize(request.headers), 'a snapshot');
    if (busy) throw underWay();
    busy = true;
    const copy = copyBeside(path, `snapshot-${randomUUID()}`);
    const gone = new AbortController();
    const release = () => {
      busy = false;
      void rm(copy, { force: true });
    };
    reply.raw.once('close', () => gone.abort(new Error('the reader went')));
    try {
      const onSign = () => reply.raw.writeProcessing();
      const { bytes, sha256 } = await copyStore({ path }, copy, { signal: gone.signal, onSign });
      const stream = createReadStream(copy).on('close', release);
      return reply
        .type('application/vnd.sqlite3')
        .header('content-length', bytes)
        .header('x-checksum-sha256', sha256)
        .send(stream);
    } catch (error) {
      release();
      throw error;
    }
  });
}

function underWay(): HttpFault {
  const body = { error: 'busy', reason: 'another replica is being served', remedy: 'try again in 30 s' };
  return new HttpFault(503, body, { 'retry-after': '30' });
}
