/** The part of the plan that only a cluster has: facts for the components, as data. */
import type { Build, Selection } from '../../config/inCluster.ts';
import type { DeepReadonly, EnvironmentKind, Stack } from '../../config/stack.ts';
import type { Dashboard } from '../dashboards/dashboard.ts';
import { dashboardDelivery } from '../dashboards/delivery.ts';
import { addressOf, type SecretRef, type ServiceName } from '../places.ts';
import { hasAggregator } from '../plan/jobs.ts';
import type { Plan } from '../plan/plan.ts';
import { secretsIn } from '../plan/secrets.ts';
import { type PlannedService, resolveSettings } from '../plan/services.ts';
import { type AggregatorPlan, planAggregator, replicaEdges, replicaSecrets, replicaSettings } from './aggregator.ts';
import { aggregatorMounts, aggregatorSecured, healthPort, tlsSettings } from './aggregatorTls.ts';
import type { NameServers } from './dns.ts';
import { type Edge, mergeEdges, type Peer, portOf } from './edges.ts';
import {
  type ExposurePlan,
  exposedUrls,
  gatesBefore,
  type IngestionPlan,
  planExposure,
  planIngestion,
} from './exposure.ts';
import { type GivenObject, givenObjects } from './given.ts';
import type { MountPlan } from './mounts.ts';
import { NATS_SERVERS } from './nats.ts';
import { type ClusterFacts, clusterPlaces } from './places.ts';
import { quotaOf } from './quota.ts';

export interface ClusterPlan {
  /** Which cluster: what a kubeconfig names, the current context where nothing is said. */
  readonly connection: { readonly context?: string; readonly kubeconfig?: string };
  /** Whether the cluster is asked first for what the plan needs. */
  readonly preflight: boolean;
  /** The stack's name. */
  readonly stack: string;
  readonly namespace: string;
  /** For what needs the host's files and network: node-exporter and cAdvisor. */
  readonly nodesNamespace: string;
  /** False: an operator is there already. */
  readonly install: boolean;
  readonly chart: { readonly version: string; readonly path?: string; readonly crdsPath?: string };
  readonly storageClass?: string;
  readonly alertmanagerReplicas: number;
  /** Whether the chart's Grafana is installed. */
  readonly grafana: boolean;
  /** Those that a Grafana of the cluster is handed, as ConfigMaps. */
  readonly dashboards: readonly Dashboard[];
  /** By digest; absent in dev, where it is not built either: our own services are left out. */
  readonly image?: string;
  /** What its registry asks for: the name of a Secret that is there, or of the secret that holds one. */
  readonly imagePullSecret?: ImagePullSecret;
  /** How it is built instead. */
  readonly build?: DeepReadonly<Build>;
  /** Who answers our pods when they look a name up. */
  readonly nameServers: NameServers;
  /** Bounds of all pods together, as a ResourceQuota has them. */
  readonly quota: Readonly<Record<string, string>>;
  /** Absent: nothing is reached from outside. */
  readonly exposure?: ExposurePlan;
  /** Absent: nothing takes pushed metrics. */
  readonly ingestion?: IngestionPlan;
  /** Names of all secrets that something in the cluster reads. Sorted. */
  readonly secrets: readonly string[];
  /** Whether what holds data may not be deleted. */
  readonly protect: boolean;
  readonly facts: ClusterFacts;
  readonly workloads: readonly WorkloadPlan[];
  /** What is named and not made here. */
  readonly given: readonly GivenObject[];
  /** Of our aggregator, where there are several of it. */
  readonly aggregator?: AggregatorPlan;
  /** Other namespaces, in which nodes run that Prometheus scrapes. Sorted. */
  readonly scraped: readonly string[];
  /** Where Prometheus and Alertmanager connect to. */
  readonly egress: Readonly<Record<'prometheus' | 'alertmanager', readonly Edge[]>>;
}

export type ImagePullSecret = string | SecretRef;

/** One of our services as it runs in a cluster. */
export interface WorkloadPlan {
  readonly name: ServiceName;
  readonly port: number;
  /** The settings file. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names of the secrets that it reads. */
  readonly secrets: readonly string[];
  /** Bytes of its claim; absent: nothing that must outlive its pod. */
  readonly storage?: number;
  /** Secrets and claims that are there already. @default none */
  readonly mounts?: readonly MountPlan[];
  /** Its port speaks TLS, and the kubelet asks at another. @default plain HTTP */
  readonly secure?: { readonly healthPort: number };
  /** Who may connect to it. */
  readonly ingress: readonly Peer[];
  /** Other namespaces whose pods may connect to it. */
  readonly from?: readonly string[];
  readonly egress: readonly Edge[];
}

/** The one decision about protection: on mainnet nothing that holds data is deleted by a slip. */
export function isProtected(kind: EnvironmentKind): boolean {
  return kind === 'mainnet';
}

/** @returns nothing where the stack file names no cluster */
export function planCluster(stack: Stack, plan: Plan): ClusterPlan | undefined {
  const { kubernetes, environment, kind } = stack;
  if (kubernetes === undefined) return undefined;
  const { namespace, install, chart, storageClass, alertmanagerReplicas, grafana, image } = kubernetes;
  const facts: ClusterFacts = {
    namespace,
    ports: portsOf(stack),
    exposed: exposedUrls(stack),
    ...securedOf(stack, namespace),
  };
  const exposure = planExposure(stack, facts);
  const ingestion = planIngestion(stack, facts);
  const aggregator = hasAggregator(stack) ? planAggregator(stack.services.aggregator) : undefined;
  return {
    connection: kubernetes.context === undefined ? {} : { context: kubernetes.context },
    preflight: kubernetes.preflight,
    stack: environment,
    namespace,
    nodesNamespace: `${namespace}-nodes`,
    install,
    chart: {
      version: chart.version,
      ...(chart.path === undefined ? {} : { path: chart.path }),
      ...(chart.crdsPath === undefined ? {} : { crdsPath: chart.crdsPath }),
    },
    ...(storageClass === undefined ? {} : { storageClass }),
    alertmanagerReplicas,
    grafana,
    dashboards: dashboardDelivery(stack, plan.dashboards).sidecar,
    ...(image === undefined ? {} : { image }),
    ...(kubernetes.imagePullSecret === undefined ? {} : { imagePullSecret: kubernetes.imagePullSecret }),
    ...(kubernetes.build === undefined ? {} : { build: kubernetes.build }),
    nameServers: kubernetes.dns,
    quota: quotaOf({
      prometheus: plan.prometheus,
      alertmanagerReplicas,
      services: plan.services.length + (aggregator?.replicas ?? 1) - 1,
      nats: aggregator?.nats === undefined ? 0 : NATS_SERVERS,
      gates: [exposure, ingestion].filter((gate) => gate !== undefined).length,
      blackbox: plan.probes.length > 0,
      install,
      grafana,
    }),
    ...(exposure === undefined ? {} : { exposure }),
    ...(ingestion === undefined ? {} : { ingestion }),
    secrets: secretsOf(stack, plan, ingestion),
    protect: isProtected(kind),
    facts,
    workloads: plan.services.map((service) => {
      const own = workload(service, stack, plan, facts);
      return { ...own, ingress: [...own.ingress, ...gatesBefore(own.name, exposure, ingestion)] };
    }),
    given: givenObjects(stack),
    ...(aggregator === undefined ? {} : { aggregator }),
    scraped: scrapedNamespaces(plan, namespace),
    egress: { prometheus: prometheusEgress(plan, facts), alertmanager: alertmanagerEgress(plan, facts) },
  };
}

function secretsOf(stack: Stack, plan: Plan, ingestion: IngestionPlan | undefined) {
  const replicas = hasAggregator(stack) ? replicaSecrets(stack.services.aggregator) : [];
  const own = [...secretsIn(stack.kubernetes), ...(ingestion ? [ingestion.token] : []), ...replicas];
  return [...new Set([...plan.secrets, ...own])].sort();
}

const STANDARD_PORTS = { prometheus: 9090, alertmanager: 9093, blackbox: 9115, grafana: 3000 } as const;

/** Prometheus, Alertmanager, Grafana and the blackbox exporter listen where their images do; our services where the stack file says. */
function portsOf({ services }: Stack): ClusterFacts['ports'] {
  const { receiver, aggregator, exporter, status, simulator } = services;
  const own = { receiver, aggregator, exporter, status, simulator };
  return {
    ...Object.fromEntries(Object.entries(own).map(([name, { port }]) => [name, port])),
    ...STANDARD_PORTS,
  };
}

function securedOf(stack: Stack, namespace: string): Pick<ClusterFacts, 'secured'> {
  const aggregator = hasAggregator(stack) ? aggregatorSecured(stack.services.aggregator, namespace) : undefined;
  return aggregator === undefined ? {} : { secured: { aggregator } };
}

const READERS: Readonly<Partial<Record<ServiceName, readonly ServiceName[]>>> = {
  receiver: ['alertmanager', 'prometheus', 'status'],
  exporter: ['prometheus'],
  simulator: ['prometheus'],
  status: ['prometheus'],
};
/** Bytes. A million alerts of the receiver take about one GiB. */
const RECEIVER_STORAGE = 5 * 2 ** 30;

function workload(service: PlannedService, stack: Stack, plan: Plan, facts: ClusterFacts): WorkloadPlan {
  const { name, port } = service;
  const { aggregator } = stack.services;
  const common = {
    name,
    port,
    settings: resolveSettings(service, clusterPlaces(facts, name)),
    secrets: secretsIn(service.settings),
    ingress: READERS[name] ?? (['prometheus'] as const),
    egress: mergeEdges(egressOf(service, plan, facts)),
  };
  if (name === 'receiver') return { ...common, storage: RECEIVER_STORAGE };
  if (name !== 'aggregator') return common;
  return {
    ...common,
    settings: { ...common.settings, ...tlsSettings(aggregator), ...replicaSettings(aggregator, facts.namespace) },
    secrets: [...common.secrets, ...replicaSecrets(aggregator)].sort(),
    storage: aggregator.storage,
    mounts: aggregatorMounts(aggregator),
    ...(aggregator.tls === undefined ? {} : { secure: { healthPort: healthPort(port) } }),
    ingress: [
      // Replicas ask each other for snapshots.
      ...(aggregator.replicas > 1 ? (['aggregator'] as const) : []),
      'prometheus',
      ...(simulatorPushes(plan) ? (['simulator'] as const) : []),
    ],
    egress: mergeEdges(replicaEdges(aggregator)),
    ...(aggregator.from.length > 0 ? { from: aggregator.from } : {}),
  };
}

/** Whether simulated nodes push to our aggregator. */
function simulatorPushes({ services }: Plan): boolean {
  return services.some(({ name, settings }) => name === 'simulator' && settings.fleet !== undefined);
}

function egressOf({ name }: PlannedService, plan: Plan, { ports }: ClusterFacts): Edge[] {
  const to = (...services: readonly ServiceName[]): Edge[] =>
    services.flatMap((service) => (ports[service] === undefined ? [] : [{ to: service, port: ports[service] }]));
  // Endpoints of nodes may stand in secrets, at any port.
  if (name === 'exporter') return [{ to: 'anywhere', ports: [] }];
  if (name === 'simulator') return simulatorPushes(plan) ? to('aggregator') : [];
  if (name !== 'status') return [];
  const receiver = plan.services.some((service) => service.name === 'receiver') ? to('receiver') : [];
  return [...to('prometheus', 'alertmanager'), ...receiver];
}

function scrapedNamespaces({ scrapeJobs }: Plan, own: string): string[] {
  const all = scrapeJobs.flatMap(({ targets }) =>
    targets.flatMap(({ address }) => ('selected' in address ? [address.selected.namespace] : [])),
  );
  return [...new Set(all)].filter((namespace) => namespace !== own).sort();
}

function prometheusEgress(plan: Plan, facts: ClusterFacts): Edge[] {
  const places = clusterPlaces(facts, 'prometheus');
  const targets = plan.scrapeJobs.flatMap(({ targets: all }) =>
    all.map(({ address }): Edge => {
      if ('selected' in address) return nodeEdge(address.selected);
      const port = portOf(addressOf(address, places));
      if ('service' in address && port !== undefined) return { to: address.service, port };
      return { to: 'anywhere', ports: port === undefined ? [] : [port] };
    }),
  );
  const remote = plan.prometheus.remoteWrite.map(({ url }): Edge => ({ to: 'anywhere', ports: [portOf(url) ?? 443] }));
  const alertmanager: Edge = { to: 'alertmanager', port: STANDARD_PORTS.alertmanager };
  const blackbox: Edge[] = plan.probes.length > 0 ? [{ to: 'blackbox', port: STANDARD_PORTS.blackbox }] : [];
  return mergeEdges([...targets, ...remote, alertmanager, ...blackbox]);
}

/** The pods behind a Service, and their ports, only the Service knows. */
function nodeEdge({ by, namespace, labels, port }: Selection): Edge {
  return by === 'pods' ? { to: 'pods', namespace, labels, port } : { to: 'pods', namespace, labels: {} };
}

/** Chat and paging services answer at 443; mail servers and webhooks at the port of their address. */
function alertmanagerEgress({ alertmanager, services }: Plan, { ports }: ClusterFacts): Edge[] {
  const own: Edge[] = services.some(({ name }) => name === 'receiver')
    ? [{ to: 'receiver', port: ports.receiver ?? 2021 }]
    : [];
  const outside = alertmanager.receivers.flatMap(({ channels }): Edge[] => {
    if (channels === undefined) return [];
    const { email, webhook, ...chats } = channels;
    const mail = email ? [portOf(email.smarthost) ?? 587] : [];
    const hook = webhook ? [typeof webhook.url === 'string' ? (portOf(webhook.url) ?? 443) : 443] : [];
    const chat = Object.values(chats).some((channel) => channel !== undefined) ? [443] : [];
    const all = [...mail, ...hook, ...chat];
    return all.length > 0 ? [{ to: 'anywhere', ports: all }] : [];
  });
  return mergeEdges([...own, ...outside]);
}
