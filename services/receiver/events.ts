import type { ServerResponse } from 'node:http';
import { type App, HttpFault } from '../shared/http.ts';

const MAX_CLIENTS = 200;
/** Proxies close a connection that is silent for long. */
const HEARTBEAT_MS = 15_000;
/** A burst of commits becomes one event: the page reads everything anew anyway. */
const GATHER_MS = 200;
/** A client that does not read is dropped before it fills our memory; it connects again by itself. */
const MAX_UNREAD_BYTES = 65_536;

/**
 * `GET /events`: server-sent events that say "something changed" with the id of the last change, so that the page reads
 * itself anew. The first event tells the present id: a client that was away sees that it missed something.
 */
export class EventHub {
  readonly #clients = new Set<ServerResponse>();
  readonly #lastChange: () => number;
  readonly #heartbeat: NodeJS.Timeout;
  #gathering: NodeJS.Timeout | undefined;

  constructor(lastChange: () => number) {
    this.#lastChange = lastChange;
    this.#heartbeat = setInterval(() => this.#send(': alive\n\n'), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  addTo(app: App): void {
    app.get('/events', async (_request, reply) => {
      if (this.#clients.size >= MAX_CLIENTS) {
        throw new HttpFault(503, {
          error: 'overloaded',
          reason: `${MAX_CLIENTS} streams are open already`,
          remedy: 'close some pages, or read GET /alerts from time to time',
        });
      }
      const first = this.#event();
      reply.hijack();
      const client = reply.raw;
      client.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        // nginx would hold events back.
        'x-accel-buffering': 'no',
      });
      client.on('error', () => this.#clients.delete(client));
      client.on('close', () => this.#clients.delete(client));
      client.write(`retry: 2000\n\n${first}`);
      this.#clients.add(client);
    });
  }

  /** Says that something changed, soon. */
  announce(): void {
    if (this.#clients.size === 0 || this.#gathering !== undefined) return;
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      try {
        this.#send(this.#event());
      } catch {
        // The database cannot be read now; the pages ask again by themselves.
      }
    }, GATHER_MS);
  }

  clients(): number {
    return this.#clients.size;
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#gathering);
    for (const client of this.#clients) client.end();
    this.#clients.clear();
  }

  #event(): string {
    const lastChange = this.#lastChange();
    return `event: change\nid: ${lastChange}\ndata: ${JSON.stringify({ lastChange })}\n\n`;
  }

  #send(text: string): void {
    for (const client of this.#clients) {
      client.write(text);
      if (client.writableLength > MAX_UNREAD_BYTES) client.destroy();
    }
  }
}
