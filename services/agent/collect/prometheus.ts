import type { Connections } from '../http.ts';
import { samplesOf } from './exposition.ts';
import { CollectFault } from './fault.ts';
import { type Collected, type Question, translated } from './jsonRpc.ts';
import type { PeerRow } from './rows.ts';

/** How a metric of a node becomes a figure of a peer. */
export interface MetricMapping {
  readonly name: string;
  /** The label that holds the peer. */
  readonly peer: string;
  /** Its name among the figures of the peer. */
  readonly as: string;
  /** Labels whose values keep figures apart: `by: [reason]` makes `{drops: {rate_limit: 3, malformed: 1}}`. Over all other labels is summed. */
  readonly by: readonly string[];
}

/** @throws CollectFault */
export async function collectPrometheus(
  connections: Connections,
  metrics: readonly MetricMapping[],
  { url, timeout, maxBytes, maxPeers }: Question,
): Promise<Collected> {
  const headers = { accept: 'text/plain;version=0.0.4;q=1,*/*;q=0.1' };
  const answer = await translated(connections.exchange(url, { method: 'GET', headers, timeout, maxBytes }));
  if (answer.status !== 200) throw new CollectFault('status', `the node answered with status ${answer.status}`);
  const rows = peersOf(answer.body, metrics);
  return { rows: rows.slice(0, maxPeers), odd: Math.max(0, rows.length - maxPeers) };
}

/** A tree of figures. Without a prototype, since its names come from outside. */
type Figures = { [name: string]: number | Figures };

/** The figures of each peer, peers in the order in which they come first. */
export function peersOf(text: string, metrics: readonly MetricMapping[]): PeerRow[] {
  const byName = Map.groupBy(metrics, ({ name }) => name);
  const peers = new Map<string, Figures>();
  for (const { name, labels, value } of samplesOf(text, new Set(byName.keys()))) {
    for (const { peer: label, as, by } of byName.get(name) ?? []) {
      const peer = labels.get(label);
      if (peer === undefined || peer === '') continue;
      const path = [as, ...by.map((each) => labels.get(each) ?? '')];
      if (path.includes('__proto__')) continue;
      const figures = peers.get(peer) ?? empty();
      peers.set(peer, figures);
      addAt(figures, path, value);
    }
  }
  return [...peers].map(([peer, figures]) => ({ peer, metrics: figures }));
}

function addAt(figures: Figures, path: readonly string[], value: number): void {
  let here = figures;
  for (const name of path.slice(0, -1)) {
    const below = here[name];
    const next = typeof below === 'object' ? below : empty();
    here[name] = next;
    here = next;
  }
  const last = path.at(-1) ?? '';
  const before = here[last];
  here[last] = (typeof before === 'number' ? before : 0) + value;
}

function empty(): Figures {
  return Object.create(null);
}
