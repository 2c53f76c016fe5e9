import { z } from 'zod';
import { ServicePlace, ServiceProcess, TOKEN } from '../service/process.ts';

export { type StartOptions, TOKEN, until } from '../service/process.ts';

/** A folder with settings and a token; its aggregators come and go. */
export class AggregatorPlace extends ServicePlace<AggregatorProcess> {
  constructor(folder?: string) {
    super('aggregator', folder);
  }

  protected override make(settings: string, env: Readonly<Record<string, string>>): AggregatorProcess {
    return new AggregatorProcess('aggregator', settings, env);
  }
}

const history = z.array(z.tuple([z.number(), z.object({ n: z.number() })]));
const page = z.object({ peers: z.array(z.object({ peer_id: z.string() })), next: z.string().nullable() });

export class AggregatorProcess extends ServiceProcess {
  /** @returns the status and the body; status 0 where the connection broke, so that nothing is known */
  async push(
    snapshots: readonly unknown[] | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    try {
      const answer = await this.post(snapshots, headers);
      return { status: answer.status, body: JSON.parse(await answer.text()) };
    } catch {
      return { status: 0, body: {} };
    }
  }

  post(snapshots: readonly unknown[] | string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.url}/ingest`, {
      method: 'POST',
      headers: { 'x-auth-token': TOKEN, ...headers },
      body: typeof snapshots === 'string' ? snapshots : JSON.stringify(snapshots),
    });
  }

  async get(path: string, token = TOKEN): Promise<{ status: number; text: string }> {
    const answer = await fetch(this.url + path, { headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, text: await answer.text() };
  }

  /** The numbers of the snapshots that a peer's history holds; see `numbered`. */
  async numbersOf(peer: string): Promise<number[]> {
    const { status, text } = await this.get(`/peer/${encodeURIComponent(peer)}?limit=100000`);
    return status === 404 ? [] : history.parse(JSON.parse(text)).map(([, { n }]) => n);
  }

  /** All peers, through all pages. */
  async peers(): Promise<string[]> {
    const all: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { text } = await this.get(`/peers?limit=1000${next === '' ? '' : `&after=${encodeURIComponent(next)}`}`);
      const read = page.parse(JSON.parse(text));
      all.push(...read.peers.map(({ peer_id }) => peer_id));
      next = read.next;
    }
    return all;
  }
}

/** Peers that `numbered` spreads its snapshots over. */
export const PEERS = 7;

/** One snapshot per number: each of its own second of its peer. */
export function numbered(n: number): Record<string, unknown> {
  const start = Math.floor(Date.now() / 86_400_000) * 86_400 - 86_400;
  return { peer_id: `peer-${n % PEERS}`, timestamp: start + Math.floor(n / PEERS), metrics: { n } };
}
