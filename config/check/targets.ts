/** No target may be scraped twice: its series would count double in every sum. */
import type { Fault, Path } from '../faults.ts';
import type { Stack } from '../stack.ts';

export function checkTargets(stack: Stack): Fault[] {
  return [
    ...duplicates(stack),
    ...emptyNetworks(stack),
    ...withoutCluster(stack),
    ...misplaced(stack),
    ...names(stack),
  ];
}

interface Place {
  /** What must be unique: the address, and the name within its component. */
  readonly keys: readonly string[];
  readonly path: Path;
  readonly what: string;
}

function duplicates(stack: Stack): Fault[] {
  const seen = new Map<string, string>();
  const faults: Fault[] = [];
  for (const { keys, path, what } of places(stack)) {
    const taken = keys.find((key) => seen.has(key));
    for (const key of keys) if (!seen.has(key)) seen.set(key, what);
    if (taken !== undefined)
      faults.push({ path, message: `${taken.replace(/^.* /, '')} is already a target: ${seen.get(taken)}` });
  }
  return faults;
}

function places({ networks, system }: Stack): Place[] {
  const nodes = networks.flatMap(({ name, nodes: byComponent, simulated }) =>
    Object.entries(byComponent).flatMap(([component, list]) =>
      list.map((node, index) => {
        const path = ['chainwatch:networks', name, 'nodes', component, index];
        const what = `${component} of ${name}`;
        // Addresses of simulated nodes are names only; two networks may both have an "op-geth:6060".
        const address = simulated ? `simulated ${name} ${node.address}` : `address ${node.address}`;
        const instance = `instance ${name}/${component}/${node.name}`;
        // Our own aggregator serves any number of networks, and is scraped once for all of them.
        return { keys: node.service === 'aggregator' ? [instance] : [address, instance], path, what };
      }),
    ),
  );
  const { hosts, containers, agents } = system;
  const ofAgents = Object.entries(agents).map(([agent, { address }]): [string, string] => [agent, address]);
  const beside = Object.entries({ hosts, containers, agents: Object.fromEntries(ofAgents) }).flatMap(
    ([kind, entries]) =>
      Object.entries(entries).map(([host, address]) => ({
        keys: [`address ${address}`],
        path: ['chainwatch:system', kind, host],
        what: `${kind} ${host}`,
      })),
  );
  return [...nodes, ...beside];
}

function emptyNetworks({ networks }: Stack): Fault[] {
  return networks
    .filter(({ nodes, matchers }) => matchers === undefined && Object.values(nodes).every((list) => list.length === 0))
    .map(({ name }) => ({
      path: ['chainwatch:networks', name, 'nodes'],
      message: 'has no target; list at least one node, or say with "matchers" how to find series that others scrape',
    }));
}

function withoutCluster({ networks, system, kubernetes }: Stack): Fault[] {
  if (kubernetes !== undefined) return [];
  const message = 'runs in a cluster, and the stack file names none: set chainwatch:kubernetes, or give its address';
  const nodes = networks.flatMap(({ name, nodes: byComponent }) =>
    Object.entries(byComponent).flatMap(([component, list]) =>
      list.flatMap(({ selected }, index) =>
        selected === undefined ? [] : [{ path: ['chainwatch:networks', name, 'nodes', component, index], message }],
      ),
    ),
  );
  const agents = Object.entries(system.agents).flatMap(([name, { selected }]) =>
    selected === undefined ? [] : [{ path: ['chainwatch:system', 'agents', name], message }],
  );
  return [...nodes, ...agents];
}

/** Our aggregator is no node of any other kind. */
function misplaced({ networks, services }: Stack): Fault[] {
  return networks.flatMap(({ name, nodes }) =>
    Object.entries(nodes).flatMap(([component, list]) =>
      list.flatMap(({ service }, index) => {
        if (service !== 'aggregator') return [];
        const path = ['chainwatch:networks', name, 'nodes', component, index];
        if (component !== 'aggregator') return [{ path, message: `the aggregator is no ${component}` }];
        if (services.aggregator.enabled !== false) return [];
        return [{ path, message: 'the aggregator is switched off: chainwatch:services.aggregator.enabled is false' }];
      }),
    ),
  );
}

/** Names of scrape jobs and of remote writes, of which Prometheus takes each only once. */
function names({ networks, system, prometheus }: Stack): Fault[] {
  const own = networks
    .filter(({ name }) => name === 'system' || name === 'probe')
    .map(({ name }) => ({
      path: ['chainwatch:networks', name],
      message: `"${name}" is the name of scrapes of our own; call the network otherwise`,
    }));
  return [
    ...own,
    ...repeated(system.probes, ['chainwatch:system', 'probes']),
    ...repeated(prometheus.remoteWrite, ['chainwatch:prometheus', 'remoteWrite']),
  ];
}

function repeated(list: readonly { readonly name: string }[], path: Path): Fault[] {
  return list.flatMap(({ name }, index) =>
    list.findIndex((other) => other.name === name) === index
      ? []
      : [{ path: [...path, index, 'name'], message: `"${name}" is the name of another one already` }],
  );
}
