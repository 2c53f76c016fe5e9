/** The programs of ours that a stack needs, each with its settings as data. */
import { formatDuration } from '../../config/duration.ts';
import { AGGREGATOR_TOKEN, RECEIVER_TOKEN } from '../../config/ownTokens.ts';
import type { Stack } from '../../config/stack.ts';
import { RECORD_REPEAT } from '../alertmanager/routes.ts';
import type { Chain } from '../chain.ts';
import type { Places, SecretRef, ServiceName } from '../places.ts';
import { compressDuration } from '../rules/compress.ts';
import { hasAggregator, ownServices, pushesToUs, simulatedTargets } from './jobs.ts';

/** For those that carry out the plan: which of its secrets they may make. */
export { OWN_TOKENS, RECEIVER_TOKEN } from '../../config/ownTokens.ts';

/** Of the aggregator, in its data. */
export const BACKUP_FOLDER = 'backups';

/** A value that only a backend can give. */
export type Ref =
  | { readonly ref: 'secretFile'; readonly secret: string }
  | { readonly ref: 'dataPath'; readonly file: string }
  | { readonly ref: 'address'; readonly service: ServiceName }
  | { readonly ref: 'url'; readonly service: ServiceName }
  | { readonly ref: 'publicUrl'; readonly service: ServiceName };

export type Setting = string | number | boolean | null | Ref | readonly Setting[] | { readonly [key: string]: Setting };

export interface PlannedService {
  readonly name: ServiceName;
  readonly port: number;
  /** What `chainwatch serve <name>` is given, with places still to be filled in. */
  readonly settings: Readonly<Record<string, Setting>>;
}

export function plannedServices(
  stack: Stack,
  chains: ReadonlyMap<string, Chain>,
  runbookPages: readonly string[],
): PlannedService[] {
  const wanted = ownServices(stack);
  const all: PlannedService[] = [
    receiver(stack),
    aggregator(stack),
    exporter(stack, chains),
    status(stack, runbookPages),
    simulator(stack, chains),
  ];
  return all.filter((service) => wanted.includes(service.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function receiver({ services, notifications, prometheus }: Stack): PlannedService {
  const { port, retention, debug } = services.receiver;
  const watchdog = Math.max(1, compressDuration(notifications.watchdog.interval, prometheus.timeScale));
  const settings = {
    tokenFile: { ref: 'secretFile', secret: RECEIVER_TOKEN },
    database: { ref: 'dataPath', file: 'receiver.db' },
    retention: formatDuration(retention),
    debug,
    // Three in a row may be lost before silence is called untrustworthy; a restart of Prometheus takes half a minute.
    watchdogStaleAfter: formatDuration(Math.max(30, 3 * watchdog)),
    quietAfter: formatDuration(Math.max(30, 3 * compressDuration(RECORD_REPEAT, prometheus.timeScale))),
    timeScale: prometheus.timeScale,
  } as const;
  return { name: 'receiver', port, settings };
}

function aggregator({ services, prometheus }: Stack): PlannedService {
  const { port, retention, history, activeWithin, backup } = services.aggregator;
  const settings = {
    tokenFile: { ref: 'secretFile', secret: AGGREGATOR_TOKEN },
    database: { ref: 'dataPath', file: 'aggregator.db' },
    // Compressed time is that of the networks; what is on the disk is for a person.
    retention: formatDuration(retention),
    history,
    activeWithin: formatDuration(Math.max(PUSH_LEAST * 4, compressDuration(activeWithin, prometheus.timeScale))),
    ...(backup === undefined ? {} : { backup: backups(backup) }),
  } as const;
  return { name: 'aggregator', port, settings };
}

function backups({ every, keep, ageRecipients }: NonNullable<Stack['services']['aggregator']['backup']>) {
  return {
    folder: { ref: 'dataPath', file: BACKUP_FOLDER },
    every: formatDuration(every),
    keep,
    ageRecipients,
  } as const;
}

function exporter(stack: Stack, chains: ReadonlyMap<string, Chain>): PlannedService {
  const place = (url: string | SecretRef | { readonly service: ServiceName }): Setting => {
    if (typeof url === 'string') return url;
    if ('service' in url) return { ref: 'url', service: url.service };
    return { ref: 'secretFile', secret: url.secret };
  };
  const networks = stack.networks.map((network) => {
    const chain = chains.get(network.chain);
    const endpoints = (chain?.endpoints(network) ?? []).map(({ layer, url, chainId }) => {
      const where = typeof url === 'object' && 'secret' in url ? { urlFile: place(url) } : { url: place(url) };
      return { layer, chainId, ...where };
    });
    const accounts = (chain?.accounts(network) ?? []).map((account) => ({ ...account }));
    return { network: network.name, chain: network.chain, endpoints, accounts };
  });
  const settings = {
    intervalSeconds: stack.prometheus.scrapeInterval,
    networks: networks.filter(({ endpoints }) => endpoints.length > 0),
  };
  return { name: 'exporter', port: stack.services.exporter.port, settings };
}

function status(
  { services, environment, networks, prometheus, grafana }: Stack,
  runbookPages: readonly string[],
): PlannedService {
  const linked = ['prometheus', 'alertmanager', ...(services.receiver.enabled ? ['receiver'] : [])] as ServiceName[];
  const settings = {
    environment,
    timeScale: prometheus.timeScale,
    // So that a network of which Prometheus knows nothing is shown as unknown and not left out.
    networks: networks.map(({ name, chain, engine, simulated }) => ({ name, chain, engine, simulated })),
    runbooks: [...runbookPages].sort(),
    prometheusUrl: { ref: 'url', service: 'prometheus' },
    alertmanagerUrl: { ref: 'url', service: 'alertmanager' },
    ...(services.receiver.enabled ? { receiverUrl: { ref: 'url', service: 'receiver' } } : {}),
    links: {
      ...Object.fromEntries(linked.map((service) => [service, { ref: 'publicUrl', service } as const])),
      // Where it evaluates a network's rules, it alone can say their limits.
      ...(grafana && networks.some(({ engine }) => engine === 'grafana') ? { grafana: grafana.url } : {}),
    },
  } as const;
  return { name: 'status', port: services.status.port, settings };
}

function simulator(stack: Stack, chains: ReadonlyMap<string, Chain>): PlannedService {
  const { timeScale } = stack.prometheus;
  const networks = stack.networks
    .filter((network) => network.simulated)
    .map((network) => {
      const { name, chain, nodes } = network;
      const targets = (chains.get(chain)?.components ?? []).flatMap((component) =>
        (nodes[component.name] ?? []).filter(isSimulated).map((node, index) => ({
          component: component.name,
          index,
          instance: node.name,
          metricsPath: component.metricsPath,
        })),
      );
      return { network: name, chain, targets, ...(pushesToUs(network) ? { pushes: true } : {}) };
    });
  const environments = Map.groupBy(simulatedTargets(stack, chains), ({ owner }) => owner);
  const others = [...environments].map(([network, kinds]) => {
    const targets = kinds.flatMap(({ component: { name: component, metricsPath }, instances }) =>
      instances.map((instance, index) => ({ component, index, instance, metricsPath })),
    );
    return { network, chain: 'system', targets };
  });
  const pushing = hasAggregator(stack) && networks.some(({ pushes }) => pushes);
  const settings = {
    timeScale,
    state: { ref: 'dataPath', file: 'faults.json' },
    networks: [...networks, ...others],
    ...(pushing ? { fleet: fleet(timeScale) } : {}),
  } as const;
  return { name: 'simulator', port: stack.services.simulator.port, settings };
}

/** Seconds between two pushes of an agent, and the least that keeps what it says of a peer apart. */
const PUSH_EVERY = 15;
const PUSH_LEAST = 2;

/** Where simulated nodes push what they know of their peers. */
function fleet(timeScale: number) {
  return {
    aggregator: { ref: 'url', service: 'aggregator' },
    tokenFile: { ref: 'secretFile', secret: AGGREGATOR_TOKEN },
    queueFolder: { ref: 'dataPath', file: 'fleet' },
    interval: formatDuration(Math.max(PUSH_LEAST, compressDuration(PUSH_EVERY, timeScale))),
  } as const;
}

function isSimulated({ service }: { readonly service?: string | undefined }): boolean {
  return service === undefined;
}

/** The settings with every place filled in: what is written into the service's settings file. */
export function resolveSettings(service: PlannedService, places: Places): Record<string, unknown> {
  const resolve = (value: Setting): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (isList(value)) return value.map(resolve);
    if (isRef(value)) return resolveRef(value, service.name, places);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  };
  const settings = Object.entries(service.settings).map(([key, value]) => [key, resolve(value)]);
  return { listen: places.listen(service.name), ...Object.fromEntries(settings) };
}

function isList(value: Setting): value is readonly Setting[] {
  return Array.isArray(value);
}

function isRef(value: object): value is Ref {
  return 'ref' in value;
}

function resolveRef(ref: Ref, service: ServiceName, places: Places): string {
  switch (ref.ref) {
    case 'secretFile':
      return places.secretFile(ref.secret);
    case 'dataPath':
      return places.dataPath(service, ref.file);
    case 'address':
      return places.address(ref.service);
    case 'url':
      return `http://${places.address(ref.service)}`;
    case 'publicUrl':
      return places.publicUrl(ref.service);
  }
}
