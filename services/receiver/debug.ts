import type { FastifyRequest } from 'fastify';
import { type App, HttpFault } from '../shared/http.ts';
import type { Logger } from '../shared/log.ts';
import type { SecretScrubber } from '../shared/secrets.ts';
import type { Authenticator } from './auth.ts';

/** What `GET /debug/last` shows of the newest payload. */
interface SeenPayload {
  readonly receivedAt: string;
  readonly method: string;
  readonly path: string;
  readonly from: string;
  readonly userAgent: string;
  readonly contentType: string;
  /** As text: a body that is no JSON is the one that is looked for here. */
  readonly body: string;
}

/** Sees every authenticated payload, for finding out what a sender really sends. Secrets are taken out first. */
export class DebugTap {
  readonly #log: Logger;
  readonly #secrets: SecretScrubber;
  #last: SeenPayload | undefined;

  constructor(log: Logger, secrets: SecretScrubber) {
    this.#log = log;
    this.#secrets = secrets;
  }

  note(request: FastifyRequest, body: Buffer): void {
    this.#last = {
      receivedAt: new Date().toISOString(),
      method: request.method,
      path: this.#secrets.scrubForeign(request.url),
      from: request.ip,
      userAgent: request.headers['user-agent'] ?? '',
      contentType: request.headers['content-type'] ?? '',
      body: this.#secrets.scrubForeign(body.toString('utf8')),
    };
    this.#log.debug({ payload: this.#last }, 'payload');
  }

  /** Needs the bearer token where there is one: payloads may tell more than the page. */
  addTo(app: App, auth: Authenticator): void {
    app.get('/debug/last', async (request) => {
      if (auth.beforeBody(request.headers) === 'check signature') auth.signature(request.headers, Buffer.alloc(0));
      if (this.#last !== undefined) return this.#last;
      throw new HttpFault(404, {
        error: 'nothing_seen',
        reason: 'no payload has come since the start',
        remedy: 'send one to /webhook',
      });
    });
  }
}
