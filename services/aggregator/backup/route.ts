import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type App, HttpFault } from '../../shared/http.ts';
import type { Logger } from '../../shared/log.ts';
import { requireAll } from '../access.ts';
import type { Tokens } from '../tokens.ts';
import { packed, packedBytes } from './container.ts';
import { type Copies, copyBeside } from './copies.ts';
import { copyStore } from './copy.ts';
import { reasonOf } from './reason.ts';

export interface BackupRouteOptions {
  readonly tokens: Tokens;
  readonly store: { readonly path: string };
  readonly copies: Copies;
  readonly log: Logger;
  /** Milliseconds that one may be sent for. */
  readonly maxDuration: number;
}

/** A quarter of a mebibyte a millisecond is more than most networks carry. */
const BETWEEN_MS = 1;

/**
 * `GET /backup`: all of the store as it is at one moment, as an archive (see `packed`). For tokens that are good for all networks.
 *
 * The answer begins when the copy is made, which takes a while. Who reads slowly keeps nobody but the next who wants a copy.
 */
export function addBackup(app: App, { tokens, store, copies, log, maxDuration }: BackupRouteOptions): void {
  app.get('/backup', { exposeHeadRoute: false }, async (request, reply) => {
    requireAll(tokens.authorize(request.headers), 'a backup');
    await copies.alone(async (stopped) => {
      const gone = new AbortController();
      reply.raw.once('close', () => {
        // It closes at its end too.
        if (!reply.raw.writableFinished) gone.abort(new Error('the reader went'));
      });
      const signal = AbortSignal.any([stopped, gone.signal]);
      const copy = copyBeside(store.path, randomUUID());
      try {
        const manifest = await copyStore(store, copy, { signal }).catch((error: unknown) => {
          if (signal.aborted) throw error;
          log.error({ err: error }, 'no copy of the store could be made');
          const full = reasonOf(error) === 'full';
          throw new HttpFault(full ? 507 : 500, {
            error: full ? 'store_full' : 'backup_failed',
            reason: error instanceof Error ? error.message : String(error),
            remedy: full ? 'make room on the disk of the database' : 'look at the log and the disk of the aggregator',
          });
        });
        const response = reply.hijack().raw;
        response.writeHead(200, {
          'content-type': 'application/x-tar',
          'content-length': packedBytes(manifest),
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        });
        const late = AbortSignal.timeout(maxDuration);
        await pipeline(unhurried(packed(manifest, copy)), response, { signal: AbortSignal.any([signal, late]) });
        log.info({ bytes: manifest.bytes, lastId: manifest.lastId }, 'a backup was sent');
      } catch (error) {
        if (!reply.sent) throw error;
        // Shorter than its length says, so that nobody takes it for whole.
        reply.raw.destroy();
        log.warn(
          { reason: error instanceof Error ? error.message : String(error) },
          'a backup was not sent to its end',
        );
      } finally {
        await rm(copy, { force: true });
      }
    });
    return reply;
  });
}

/** A reader on the same machine would otherwise take all that one thread can give, from those who send. */
async function* unhurried(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece;
    await sleep(BETWEEN_MS);
  }
}
