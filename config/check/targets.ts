/** No target may be scraped twice: its series would count double in every sum. */
import type { Fault, Path } from '../faults.ts';
import type { Stack } from '../stack.ts';

export function checkTargets(stack: Stack): Fault[] {
  return [...duplicates(stack), ...emptyNetworks(stack)];
}

interface Place {
  readonly key: string;
  readonly path: Path;
  readonly what: string;
}

function duplicates(stack: Stack): Fault[] {
  const seen = new Map<string, string>();
  const faults: Fault[] = [];
  for (const { key, path, what } of places(stack)) {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, what);
    else faults.push({ path, message: `${key.replace(/^\w+ /, '')} is already a target: ${first}` });
  }
  return faults;
}

function places({ networks, system }: Stack): Place[] {
  const nodes = networks.flatMap(({ name, nodes: byComponent, simulated }) =>
    Object.entries(byComponent).flatMap(([component, list]) =>
      list.flatMap((node, index) => {
        const path = ['chainwatch:networks', name, 'nodes', component, index];
        const what = `${component} of ${name}`;
        // Addresses of simulated nodes are names only; two networks may both have an "op-geth:6060".
        const address = {
          key: simulated ? `simulated ${name} ${node.address}` : `address ${node.address}`,
          path,
          what,
        };
        const instance = { key: `instance ${name}/${component}/${node.name}`, path, what };
        return [address, instance];
      }),
    ),
  );
  const hosts = (['hosts', 'containers'] as const).flatMap((kind) =>
    Object.entries(system[kind]).map(([host, address]) => ({
      key: `address ${address}`,
      path: ['chainwatch:system', kind, host],
      what: `${kind} ${host}`,
    })),
  );
  return [...nodes, ...hosts];
}

function emptyNetworks({ networks }: Stack): Fault[] {
  return networks
    .filter(({ nodes, matchers }) => matchers === undefined && Object.values(nodes).every((list) => list.length === 0))
    .map(({ name }) => ({
      path: ['chainwatch:networks', name, 'nodes'],
      message: 'has no target; list at least one node, or say with "matchers" how to find series that others scrape',
    }));
}
