/** Nodes and agents that run in a cluster have addresses only there, so a run on one machine is without them. */
import type { Network } from '../config/networks.ts';
import type { Stack } from '../config/stack.ts';

/** A network of which nothing is left is left out whole: its alerts would all say that its nodes are gone. */
export function withoutPods(stack: Stack): { readonly stack: Stack; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const networks = stack.networks.flatMap((network) => {
    const found = network.simulated ? [] : Object.values(network.nodes).flat().filter(inCluster);
    if (found.length === 0) return [network];
    const rest = restOf(network);
    const alone = network.matchers === undefined && Object.values(rest.nodes).every((list) => list.length === 0);
    const names = found.map(({ name }) => name).join(', ');
    notes.push(
      alone
        ? `${network.name} is left out: its nodes run in a cluster (${names})`
        : `${network.name} is without the nodes that run in a cluster: ${names}`,
    );
    return alone ? [] : [rest];
  });
  const agents = Object.entries(stack.system.agents);
  const outside = agents.filter(([, { selected }]) => selected === undefined);
  if (outside.length < agents.length) {
    const names = agents.filter((each) => !outside.includes(each)).map(([name]) => name);
    notes.push(`agents that run in a cluster are left out: ${names.join(', ')}`);
  }
  const system = { ...stack.system, agents: Object.fromEntries(outside) };
  return { stack: { ...stack, networks, system }, notes };
}

function restOf(network: Network): Network {
  const nodes = Object.entries(network.nodes).map(([component, list]) => [
    component,
    list.filter((node) => !inCluster(node)),
  ]);
  return { ...network, nodes: Object.fromEntries(nodes) };
}

function inCluster({ selected }: Network['nodes'][string][number]): boolean {
  return selected !== undefined;
}
