/** A node of the-block, as far as an agent sees one: `net.peer_stats_all` over JSON-RPC, page by page. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { z } from 'zod';

const question = z.object({
  method: z.literal('net.peer_stats_all'),
  params: z.object({ offset: z.int(), limit: z.int() }),
});

const LOOK = 10_000;

export class FakeNode {
  readonly #server: Server;
  readonly #peers: number;
  readonly #ballast: number;
  #look = 0;
  #silent = false;
  /** Every number that was ever told, each for one peer at one look. */
  readonly told = new Set<number>();
  url = '';

  /** @param ballast characters of each snapshot that do not compress */
  static async start({ peers = 5, ballast = 0 } = {}): Promise<FakeNode> {
    const node = new FakeNode(peers, ballast);
    node.#server.listen(0, '127.0.0.1');
    await once(node.#server, 'listening');
    const address = node.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no address');
    node.url = `http://127.0.0.1:${address.port}`;
    return node;
  }

  private constructor(peers: number, ballast: number) {
    this.#peers = peers;
    this.#ballast = ballast;
    this.#server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const asked = question.parse(JSON.parse(text));
      const answer = this.#silent ? { error: { code: -32000, message: 'busy' } } : { result: this.#rows(asked.params) };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...answer }));
    });
  }

  /** How often it was looked at. */
  get looks(): number {
    return this.#look;
  }

  /** From now on it tells nothing. */
  silence(): void {
    this.#silent = true;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #rows({ offset, limit }: { offset: number; limit: number }): unknown[] {
    if (offset === 0) this.#look += 1;
    const count = Math.max(0, Math.min(limit, this.#peers - offset));
    return Array.from({ length: count }, (_, row) => {
      const n = this.#look * LOOK + offset + row;
      this.told.add(n);
      const ballast = Array.from({ length: this.#ballast }, () => Math.floor(Math.random() * 36).toString(36)).join('');
      return { peer_id: peerOf(offset + row), metrics: { n, ...(ballast === '' ? {} : { ballast }) } };
    });
  }
}

export function peerOf(index: number): string {
  return `peer-${String(index).padStart(4, '0')}`;
}

/** In which look at the node a number was told, from 1. */
export function lookOf(n: number): number {
  return Math.floor(n / LOOK);
}
