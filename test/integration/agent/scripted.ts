/** What stands where an aggregator should: it answers as a test says, and remembers what it has acknowledged. */
import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

export interface Received {
  readonly id: string;
  readonly token: string | undefined;
  /** Which counts the sender knows beside those that all know. */
  readonly counts: string | undefined;
  readonly peers: readonly string[];
  /** Milliseconds. */
  readonly at: number;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const batch = z.array(z.object({ peer_id: z.string(), node_id: z.string(), timestamp: z.int() }));

export class Scripted {
  readonly #server: Server;
  /** Every request. */
  readonly requests: Received[] = [];
  /** Peers of all batches that were acknowledged. */
  readonly taken: string[] = [];
  /** What to answer to a batch; acknowledged where it says nothing. */
  script: (received: Received) => Reply | undefined = () => undefined;
  port = 0;

  static async start(tls?: { readonly key: string; readonly cert: string }): Promise<Scripted> {
    const scripted = new Scripted(tls);
    scripted.#server.listen(0, 'localhost');
    await once(scripted.#server, 'listening');
    const address = scripted.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no address');
    scripted.port = address.port;
    return scripted;
  }

  private constructor(tls: { readonly key: string; readonly cert: string } | undefined) {
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      // A sender that has gone wants no answer.
      this.#answer(request, response).catch(() => response.destroy());
    };
    this.#server = tls === undefined ? createHttp(answer) : createHttps({ ...tls }, answer);
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
    const snapshots = batch.parse(JSON.parse(String(gunzipSync(Buffer.concat(chunks)))));
    const peers = snapshots.map(({ peer_id }) => peer_id);
    const { 'x-batch-id': id, 'x-counts': counts, authorization: token } = request.headers;
    const received = { id: String(id), token, counts: counts?.toString(), peers, at: Date.now() };
    this.requests.push(received);
    const reply = this.script(received);
    if (reply === undefined) this.taken.push(...peers);
    const fine = JSON.stringify({ stored: snapshots.length, duplicates: 0, expired: 0 });
    response
      .writeHead(reply?.status ?? 200, { ...reply?.headers })
      .end(reply?.body ?? (reply === undefined ? fine : '{}'));
  }
}
