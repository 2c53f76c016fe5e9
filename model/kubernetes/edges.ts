/** Which program talks to which: every NetworkPolicy follows from these edges, and what is not named is refused. */
import type { ServiceName } from '../places.ts';

/** Our gates: before exposed services, and before what takes pushed metrics. */
export type GateName = 'gate' | 'ingestion';

/** Other programs than ours that take part. */
export type Peer = ServiceName | GateName | 'agent' | 'nats' | 'operator' | 'kube-state-metrics' | 'node-exporter';

export type Edge =
  /** To a program in the namespace, at its port. */
  | { readonly to: Peer; readonly port: number; readonly protocol?: 'UDP' }
  /** To any address, at these ports; none: at all. For what lies outside of the cluster and may move. */
  | { readonly to: 'anywhere'; readonly ports: readonly number[] }
  /** To pods of another namespace; without labels to all of it, without a port to each. */
  | {
      readonly to: 'pods';
      readonly namespace: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly port?: string | number;
    };

/** Who may connect: programs of the namespace, pods of other namespaces, or everybody. */
export type Source = readonly Peer[] | 'anywhere' | { readonly namespaces: readonly string[] };

/** Edges without what is said twice: ports to anywhere are put together, and all of them make each single one superfluous. */
export function mergeEdges(edges: readonly Edge[]): Edge[] {
  const programs = new Map<string, Edge>();
  const pods = new Map<string, Edge>();
  const ports = new Set<number>();
  let all = false;
  let outside = false;
  for (const edge of edges) {
    if (edge.to === 'anywhere') {
      outside = true;
      all ||= edge.ports.length === 0;
      for (const port of edge.ports) ports.add(port);
    } else if (edge.to === 'pods') pods.set(podsKey(edge), edge);
    else programs.set(`${edge.to}:${edge.port}${edge.protocol ?? ''}`, edge);
  }
  const sorted = (found: ReadonlyMap<string, Edge>) => [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  const named = [...sorted(programs), ...sorted(pods)].map(([, edge]) => edge);
  const anywhere: Edge = { to: 'anywhere', ports: all ? [] : [...ports].sort((a, b) => a - b) };
  return outside ? [...named, anywhere] : named;
}

function podsKey({ namespace, labels, port }: Extract<Edge, { readonly to: 'pods' }>): string {
  return JSON.stringify([namespace, Object.entries(labels).sort(), port]);
}

/** The port that an address names, or that its scheme stands for. `undefined` where it cannot be told. */
export function portOf(address: string): number | undefined {
  const url = /^[a-z]+:\/\//.test(address) ? address : `tcp://${address}`;
  if (!URL.canParse(url)) return undefined;
  const { port, protocol } = new URL(url);
  if (port !== '') return Number(port);
  return protocol === 'https:' || protocol === 'wss:'
    ? 443
    : protocol === 'http:' || protocol === 'ws:'
      ? 80
      : undefined;
}
