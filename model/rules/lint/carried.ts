/** Which metrics of `system` the series of a network can be: what its targets carry, and what is read or recorded about it. */
import type { Catalogue, Metric } from '../catalogue.ts';

/** Programs that a network has beside its nodes, or that read something for it; their series carry its name. */
const BESIDE_NODES: ReadonlySet<string> = new Set(['node-exporter', 'cadvisor', 'blackbox', 'exporter', 'pushgateway']);

/**
 * The rest is of the environment's own programs: that the receiver tells `process_cpu_seconds_total` says nothing of a chain's node,
 * whose own catalogue has it where the node does.
 */
export function carriedByNetworks(system: Catalogue): Catalogue {
  return { ...system, metrics: new Map([...system.metrics].filter(([, metric]) => isCarried(metric))) };
}

function isCarried({ synthetic, recorded, component }: Metric): boolean {
  return synthetic || recorded || (component !== undefined && BESIDE_NODES.has(component));
}
