/** What is scraped: the nodes of every network, hosts and containers, Prometheus, Alertmanager and our own services. */
import { hasAggregator } from '../../config/aggregator.ts';
import type { Network } from '../../config/networks.ts';
import type { Stack } from '../../config/stack.ts';
import type { Chain, Component } from '../chain.ts';
import type { Address, ServiceName } from '../places.ts';

export { hasAggregator, pushesToUs } from '../../config/aggregator.ts';

export interface Target {
  readonly address: Address;
  /** Where it differs from the job's. */
  readonly path?: string;
  /** `instance` is always among them, but where each pod that is found is a target called as it is. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ScrapeJob {
  /** `<network>/<component>`: unique, and the `job` label. */
  readonly name: string;
  /** The network, or `system`. */
  readonly owner: string;
  readonly path: string;
  /** Seconds. */
  readonly interval: number;
  /** Seconds. */
  readonly timeout: number;
  /** Samples that one scrape may bring, 0: any number. */
  readonly sampleLimit: number;
  /** Our exporter and our aggregator say themselves which network a reading is of: their labels win over the target's. */
  readonly honorLabels?: boolean;
  /** Besides `instance` it has the name of each target. */
  readonly nameLabel?: string;
  /** Set on all its targets. */
  readonly labels: Readonly<Record<string, string>>;
  readonly targets: readonly Target[];
}

export interface Probe {
  /** `<name>`, or `<network>/<component>/<name>` of a network's own. Unique; after `probe/` the `job` label. */
  readonly name: string;
  /** The network, or `system`. */
  readonly owner: string;
  /** On its series, `instance` among them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly url: string;
  /** Of the blackbox exporter. */
  readonly module: string;
  /** Seconds. */
  readonly interval: number;
}

/** Seconds: two thirds of the interval, so that a slow target is late but not lost, and never more than ten. */
function defaultTimeout(interval: number): number {
  return Math.min(10, Math.round(interval * (2 / 3) * 1000) / 1000);
}

export function scrapeJobs(stack: Stack, chains: ReadonlyMap<string, Chain>): ScrapeJob[] {
  const networks = stack.networks.flatMap((network) => {
    const components = chains.get(network.chain)?.components ?? [];
    return components.flatMap((component) => nodeJob(stack, network, component) ?? []);
  });
  return [...networks, ...systemJobs(stack), ...simulatedJobs(stack, chains)].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function nodeJob(stack: Stack, network: Network, component: Component): ScrapeJob | undefined {
  // Our own aggregator is scraped once, and says itself which network a reading is of.
  const nodes = (network.nodes[component.name] ?? []).filter(({ service }) => service !== 'aggregator');
  const { nameLabel } = component;
  // What is simulated has a page to be read; nobody has to ask from outside.
  if (nodes.length === 0 || (component.probe !== undefined && !network.simulated)) return undefined;
  const labels = { ...network.labels, network: network.name, chain: network.chain, component: component.name };
  const targets = nodes.map((node): Target => {
    const instance = { instance: node.name, ...(nameLabel === undefined ? {} : { [nameLabel]: node.name }) };
    if (node.service) return { address: { service: node.service }, labels: instance };
    if (node.selected && !network.simulated)
      return { address: { selected: node.selected }, labels: node.selected.each ? {} : instance };
    if (!network.simulated) return { address: { host: node.address }, labels: instance };
    // Prometheus encodes the path itself.
    const path = `/${network.name}/${component.name}/${node.name}${component.metricsPath}`;
    return { address: { service: 'simulator' }, path, labels: instance };
  });
  const name = `${network.name}/${component.name}`;
  return {
    ...job(stack, name, network.name, labels, targets, network.scrape),
    path: component.metricsPath,
    ...(nameLabel === undefined ? {} : { nameLabel }),
  };
}

function job(
  { prometheus }: Stack,
  name: string,
  owner: string,
  labels: Readonly<Record<string, string>>,
  targets: readonly Target[],
  scrape: Network['scrape'] = {},
): ScrapeJob {
  const interval = scrape.interval ?? prometheus.scrapeInterval;
  const timeout = scrape.timeout ?? prometheus.scrapeTimeout ?? defaultTimeout(interval);
  return { name, owner, path: '/metrics', interval, timeout, sampleLimit: prometheus.sampleLimit, labels, targets };
}

/** Services whose readings are of several networks. */
const SPEAKERS: readonly string[] = ['aggregator', 'exporter'];

/** Our own programs, and what serves the hosts. Series carry `chain="system"` and no network. */
function systemJobs(stack: Stack): ScrapeJob[] {
  const make = (component: string, targets: readonly Target[]) =>
    targets.length === 0 ? [] : [job(stack, `system/${component}`, 'system', { chain: 'system', component }, targets)];
  const own = ownServices(stack)
    .flatMap((service) => make(service, [{ address: { service }, labels: { instance: service } }]))
    .map((each) => (SPEAKERS.includes(each.labels.component ?? '') ? { ...each, honorLabels: true } : each));
  const listed = (entries: Readonly<Record<string, string>>): Target[] =>
    Object.entries(entries).map(([name, host]) => ({ address: { host }, labels: { instance: name } }));
  return [
    ...own,
    ...make('node-exporter', listed(stack.system.hosts)),
    ...make('cadvisor', listed(stack.system.containers)),
    ...make('agent', agentTargets(stack.system)),
  ];
}

function agentTargets({ agents }: Stack['system']): Target[] {
  return Object.entries(agents).map(([name, { address, selected }]) =>
    selected === undefined
      ? { address: { host: address }, labels: { instance: name } }
      : { address: { selected }, labels: {} },
  );
}

/** Of environments that the simulator plays. They carry their name as their network, which tells them from what watches them. */
function simulatedJobs(stack: Stack, chains: ReadonlyMap<string, Chain>): ScrapeJob[] {
  return simulatedTargets(stack, chains).map(({ owner, component: { name: component, metricsPath }, instances }) => {
    const labels = { network: owner, chain: 'system', component };
    const targets = instances.map((instance): Target => {
      const path = `/${owner}/${component}/${instance}${metricsPath}`;
      return { address: { service: 'simulator' }, path, labels: { instance } };
    });
    return { ...job(stack, `${owner}/${component}`, owner, labels, targets), path: metricsPath };
  });
}

export interface SimulatedTargets {
  /** The name of the environment. */
  readonly owner: string;
  readonly component: Component;
  readonly instances: readonly string[];
}

/** Of each environment that the simulator plays, and of each kind of program in it. */
export function simulatedTargets(
  { system }: Pick<Stack, 'system'>,
  chains: ReadonlyMap<string, Chain>,
): SimulatedTargets[] {
  return Object.entries(system.simulated).flatMap(([owner, targets]) =>
    (chains.get('system')?.components ?? []).flatMap((component) => {
      const instances = targets[component.name] ?? [];
      return instances.length === 0 ? [] : [{ owner, component, instances }];
    }),
  );
}

/** The programs of this stack that have metrics, by the name that is their `component`. */
export function ownServices(stack: Stack): ServiceName[] {
  const { services, networks, system } = stack;
  const optional = (['exporter', 'receiver', 'status'] as const).filter((name) => services[name].enabled);
  const simulates = networks.some((network) => network.simulated) || Object.keys(system.simulated).length > 0;
  const simulator = simulates ? (['simulator'] as const) : [];
  const aggregator = hasAggregator(stack) ? (['aggregator'] as const) : [];
  return (['alertmanager', 'prometheus', ...optional, ...simulator, ...aggregator] as ServiceName[]).sort();
}

/** Components that alerts of `system` may be about in this stack. */
export function systemComponents(stack: Stack, chains: ReadonlyMap<string, Chain>): ReadonlySet<string> {
  const simulated = simulatedTargets(stack, chains).map(({ component }) => component.name);
  return new Set([...realComponents(stack, chains), ...simulated]);
}

/** Of those, what only the simulator serves. */
export function simulatedComponents(stack: Stack, chains: ReadonlyMap<string, Chain>): ReadonlySet<string> {
  const real = realComponents(stack, chains);
  return new Set([...systemComponents(stack, chains)].filter((component) => !real.has(component)));
}

function realComponents(stack: Stack, chains: ReadonlyMap<string, Chain>): Set<string> {
  const { hosts, containers, agents } = stack.system;
  return new Set([
    ...ownServices(stack),
    'target',
    'watchdog',
    ...(Object.keys(hosts).length > 0 ? ['node-exporter'] : []),
    ...(Object.keys(containers).length > 0 ? ['cadvisor'] : []),
    ...(Object.keys(agents).length > 0 ? ['agent'] : []),
    ...(probes(stack, chains).length > 0 ? ['blackbox'] : []),
  ]);
}

/** Those that the stack file lists, and what a network depends on that has no metrics of its own. */
export function probes(stack: Stack, chains: ReadonlyMap<string, Chain>): Probe[] {
  const { system, prometheus, networks } = stack;
  const usual = Math.max(prometheus.scrapeInterval, 15);
  const listed = system.probes.map(({ interval, ...probe }) => ({
    ...probe,
    owner: 'system',
    labels: { chain: 'system', component: 'blackbox', instance: probe.name },
    interval: interval ?? usual,
  }));
  const own = networks.flatMap((network) =>
    (chains.get(network.chain)?.components ?? []).flatMap((component) => nodeProbes(network, component, usual)),
  );
  return [...listed, ...own].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function nodeProbes(network: Network, { name: component, probe: module }: Component, usual: number): Probe[] {
  if (module === undefined || network.simulated) return [];
  return (network.nodes[component] ?? []).map(({ name: instance, address: url }) => ({
    name: `${network.name}/${component}/${instance}`,
    owner: network.name,
    labels: { ...network.labels, network: network.name, chain: network.chain, component, instance },
    url,
    module,
    interval: network.scrape.interval ?? usual,
  }));
}
