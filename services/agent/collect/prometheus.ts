import type { Connections } from '../http.ts';
import { samplesOf } from './exposition.ts';
import { CollectFault } from './fault.ts';
import { type Collected, type Question, translated } from './jsonRpc.ts';
import type { PeerRow } from './rows.ts';

const MOST_CHARACTERS = 200;

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
  const { rows, misfits, samples } = readPeers(answer.body, metrics);
  const hint = misfits.length === 0 ? undefined : misfits.join('; ');
  // A node that has no peers yet shows no samples either: that is no fault.
  if (rows.length === 0 && samples > 0 && hint !== undefined) throw new CollectFault('payload', hint);
  return { rows: rows.slice(0, maxPeers), odd: Math.max(0, rows.length - maxPeers), hint };
}

/** A tree of figures. Without a prototype, since its names come from outside. */
type Figures = { [name: string]: number | Figures };

/** What was seen of a metric. */
interface Seen {
  samples: number;
  /** Labels of the settings that some sample had. */
  readonly found: Set<string>;
  /** Labels of the first sample. */
  labels: readonly string[];
}

export interface ReadPeers {
  /** In the order in which they come first. */
  readonly rows: PeerRow[];
  /** Of all metrics that the settings name. */
  readonly samples: number;
  /** What of the settings does not fit. */
  readonly misfits: readonly string[];
}

/** The figures of each peer, by metrics with a label for the peer. */
export function readPeers(text: string, metrics: readonly MetricMapping[]): ReadPeers {
  const byName = Map.groupBy(metrics, ({ name }) => name);
  const seen = new Map(metrics.map((mapping): [MetricMapping, Seen] => [mapping, unseen()]));
  const peers = new Map<string, Figures>();
  for (const { name, labels, value } of samplesOf(text, new Set(byName.keys()))) {
    for (const mapping of byName.get(name) ?? []) {
      const { peer: label, as, by } = mapping;
      note(seen.get(mapping), [label, ...by], labels);
      const peer = labels.get(label);
      if (peer === undefined || peer === '') continue;
      const path = [as, ...by.map((each) => labels.get(each) ?? '')];
      if (path.includes('__proto__')) continue;
      const figures = peers.get(peer) ?? empty();
      peers.set(peer, figures);
      addAt(figures, path, value);
    }
  }
  const samples = [...seen.values()].reduce((sum, each) => sum + each.samples, 0);
  return {
    rows: [...peers].map(([peer, figures]) => ({ peer, metrics: figures })),
    samples,
    misfits: [...seen].flatMap(([mapping, each]) => misfitsOf(mapping, each)),
  };
}

function unseen(): Seen {
  return { samples: 0, found: new Set(), labels: [] };
}

function note(seen: Seen | undefined, wanted: readonly string[], labels: ReadonlyMap<string, string>): void {
  if (seen === undefined) return;
  if (seen.samples === 0) seen.labels = [...labels.keys()];
  seen.samples += 1;
  for (const label of wanted) if (labels.has(label)) seen.found.add(label);
}

function misfitsOf({ name, peer, by }: MetricMapping, { samples, found, labels }: Seen): string[] {
  if (samples === 0) return [`there is no sample of ${name}`];
  const has = labels.length === 0 ? 'it has none' : `it has ${labels.join(', ').slice(0, MOST_CHARACTERS)}`;
  const lacks = (label: string, setting: string) =>
    found.has(label) ? [] : [`${name} has no label "${label}" (${setting}); ${has}`];
  return [...lacks(peer, 'peer'), ...by.flatMap((label) => lacks(label, 'by'))];
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
