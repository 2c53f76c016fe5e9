/** What of a stack a cluster can run: without the programs that only the local run brings along. */
import type { Network } from '../../config/networks.ts';
import type { Stack } from '../../config/stack.ts';

export interface ClusterStack {
  readonly stack: Stack;
  /** Why something of the stack file is not there, a sentence each. */
  readonly leftOut: readonly string[];
}

/**
 * anvil and geth exist on one machine only: a network whose nodes they are is left out, and endpoints at them are not read.
 */
export function stackInCluster(stack: Stack): ClusterStack {
  const leftOut: string[] = stack.kubernetes === undefined ? withoutCluster(stack) : [];
  const networks = stack.networks.flatMap((network) => {
    const local = Object.values(network.nodes)
      .flat()
      .filter(({ service }) => service !== undefined && service !== 'aggregator');
    if (local.length === 0) return [withoutLocalEndpoints(network, leftOut)];
    const names = [...new Set(local.map(({ service }) => service))].join(', ');
    leftOut.push(`network ${network.name}: its nodes are programs of the local run (${names})`);
    return [];
  });
  return { stack: { ...stack, networks }, leftOut };
}

/** What a Grafana alone cannot do: scrape, probe, and evaluate what is Prometheus' own. */
function withoutCluster({ networks, system }: Stack): string[] {
  const none = 'and chainwatch:kubernetes names no cluster for one';
  const watched = [...Object.keys(system.hosts), ...Object.keys(system.containers), ...system.probes];
  return [
    ...networks
      .filter(({ engine }) => engine === 'prometheus')
      .map(
        ({ name }) =>
          `alerts of network ${name}: a Prometheus of ours would evaluate them, ${none} (or engine: grafana)`,
      ),
    ...(watched.length > 0
      ? [`hosts, containers and probes of chainwatch:system: a Prometheus of ours watches them, ${none}`]
      : []),
  ];
}

function withoutLocalEndpoints(network: Network, leftOut: string[]): Network {
  const facts = Object.entries(network.facts).map(([key, value]) => {
    const kept = prune(value);
    if (JSON.stringify(kept) !== JSON.stringify(value))
      leftOut.push(`network ${network.name}: endpoints of ${key} that are programs of the local run`);
    return [key, kept];
  });
  return { ...network, facts: Object.fromEntries(facts) };
}

/** Takes every `{ service }` out of the lists in it. */
function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isService(item)).map(prune);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, prune(inner)]));
}

function isService(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'service' in value && Object.keys(value).length === 1;
}
