/** What may be reached from outside, and what takes pushed metrics: facts for the components, as data. */
import { type Authentication, EXPOSABLE, type Exposable } from '../../config/inCluster.ts';
import { INGESTION_TOKEN } from '../../config/ownTokens.ts';
import type { DeepReadonly, Stack } from '../../config/stack.ts';
import { type Edge, mergeEdges, type Peer, type Source } from './edges.ts';
import type { GateAuthentication, GateRoute, IngestionRoute } from './gate.ts';
import type { MountPlan } from './mounts.ts';
import type { ClusterFacts } from './places.ts';

/** How requests come into the cluster. */
export type Via =
  | {
      readonly kind: 'ingress';
      readonly class: string;
      /** A ClusterIssuer of cert-manager. */
      readonly issuer?: string;
      readonly annotations: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'gateway'; readonly name: string; readonly namespace: string; readonly listener: string };

export interface ExposedService {
  /** Of the Ingress or HTTPRoute. */
  readonly name: string;
  readonly host: string;
  /** The gate that asks who comes. */
  readonly backend: 'gate' | 'ingestion';
  /** Name of the Secret with the certificate; absent: the controller's own. */
  readonly certificate?: string;
}

export interface ExposurePlan {
  readonly via: Via;
  readonly services: readonly ExposedService[];
  readonly gate: GatePlan;
}

export interface IngestionPlan {
  readonly receivers: ReceiversPlan;
  readonly route: IngestionRoute;
  readonly from: Source;
  /** Name of the secret that holds the bearer tokens. */
  readonly token: string;
}

/** Prometheus' own receivers. */
export interface ReceiversPlan {
  readonly otlp: boolean;
  readonly remoteWrite: boolean;
  /** Attributes of a resource that become labels. */
  readonly attributes: readonly string[];
}

export interface GatePlan {
  readonly routes: readonly GateRoute[];
  readonly from: Source;
  readonly egress: readonly Edge[];
  /** File in the gate's Secret → name of the secret that holds it. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Certificates to trust. @default none */
  readonly mounts?: readonly MountPlan[];
}

/** Labels of ours that a node that pushes says as attributes of its resource. */
const OUR_ATTRIBUTES = ['network', 'chain', 'component'] as const;

/** Where the service itself asks who comes. */
const OWN: Readonly<Partial<Record<Exposable, readonly string[]>>> = { receiver: ['/webhook'] };
/** Readings and switches of the programs themselves. */
const CLOSED: Readonly<Record<Exclude<Exposable, 'ingestion'>, readonly string[]>> = {
  aggregator: [],
  status: ['/metrics', '/healthz', '/readyz'],
  receiver: ['/metrics', '/healthz', '/readyz'],
  grafana: ['/metrics'],
  prometheus: ['/metrics', '/-/', '/api/v1/write', '/api/v1/otlp/', '/api/v1/admin/'],
  alertmanager: ['/metrics', '/-/'],
};
/** What nodes do from outside. A token of theirs that is stolen reads nothing, prunes nothing and takes no backup. */
const PUSHES: Readonly<Partial<Record<Exposable, readonly string[]>>> = { aggregator: ['/ingest', '/telemetry'] };
/** They have a login, or a token, of their own. */
const HAS_OWN: readonly Exposable[] = ['aggregator', 'grafana', 'ingestion'];
/** Where the gate finds whom to trust of a program that speaks TLS. */
const AUTHORITIES = '/etc/chainwatch/authorities';

type Section = NonNullable<NonNullable<Stack['kubernetes']>['exposure']>;

/** What is asked of whoever comes to a service; nothing where the service does it itself, or nobody wants it. */
export function authenticationOf(exposure: Section, name: Exposable): DeepReadonly<Authentication> | undefined {
  const said = exposure.services[name];
  const own = said !== undefined && 'authentication' in said ? said.authentication : undefined;
  if (own === 'none') return undefined;
  return own ?? (HAS_OWN.includes(name) ? undefined : exposure.authentication);
}

/** Addresses from outside, by service. */
export function exposedUrls({ kubernetes }: Stack): NonNullable<ClusterFacts['exposed']> {
  const entries = exposedOf(kubernetes?.exposure).map(([name, { host }]) => [name, `https://${host}`]);
  return Object.fromEntries(entries.filter(([name]) => name !== 'ingestion'));
}

function exposedOf(exposure: Section | undefined) {
  const services = exposure?.services ?? {};
  const names = [...EXPOSABLE].sort();
  return names.flatMap((name) => (services[name] === undefined ? [] : [[name, services[name]] as const]));
}

/** @param facts where each program is */
export function planExposure(
  { kubernetes }: Stack,
  { namespace, ports, secured = {} }: ClusterFacts,
): ExposurePlan | undefined {
  const exposure = kubernetes?.exposure;
  if (exposure === undefined) return undefined;
  const exposed = exposedOf(exposure);
  const issuer = exposure.ingress?.issuer;
  const services = exposed.map(([name, { host, certificate = issuer && `${name}-tls` }]): ExposedService => {
    const backend = name === 'ingestion' ? 'ingestion' : 'gate';
    return { name, host, backend, ...(certificate === undefined ? {} : { certificate }) };
  });
  const secrets: Record<string, string> = {};
  const egress: Edge[] = [];
  const mounts: MountPlan[] = [];
  const routes = exposed.flatMap(([name, { host }]): GateRoute[] => {
    if (name === 'ingestion') return [];
    const port = ports[name] ?? 80;
    const asked = authenticationOf(exposure, name);
    if (asked?.basic) secrets[`${name}.users`] = asked.basic.secret;
    egress.push({ to: name, port }, ...(asked?.forward ? [edgeTo(asked.forward.url)] : []));
    const { [name]: pushes } = PUSHES;
    const { [name]: tls } = secured;
    const path = `${AUTHORITIES}/${name}`;
    // Its key, which is in the same Secret, is nothing that the gate has to see.
    if (tls) mounts.push({ name: `${name}-authority`, path, secret: tls.authority, keys: ['ca.crt'] });
    return [
      {
        host,
        upstream: `${name}.${namespace}.svc:${port}`,
        ...(asked ? { authentication: gateAuthentication(name, asked) } : {}),
        own: OWN[name] ?? [],
        closed: CLOSED[name],
        ...(pushes ? { pushes } : {}),
        ...(tls ? { secure: { name: tls.name, authority: `${path}/ca.crt` } } : {}),
      },
    ];
  });
  const from: Source = { namespaces: [exposure.controllerNamespace] };
  const gate = { routes, from, egress: mergeEdges(egress), secrets, ...(mounts.length > 0 ? { mounts } : {}) };
  return { via: viaOf(exposure), services, gate };
}

function viaOf({ ingress, gateway }: Section): Via {
  if (gateway) return { kind: 'gateway', ...gateway };
  if (!ingress) throw new Error('an exposure without ingress and gateway passed the checks');
  const { class: of, issuer, annotations } = ingress;
  return { kind: 'ingress', class: of, ...(issuer === undefined ? {} : { issuer }), annotations };
}

function gateAuthentication(name: Exposable, asked: DeepReadonly<Authentication>): GateAuthentication {
  const { basic, forward, addresses } = asked;
  return { ...(basic ? { users: `${name}.users` } : {}), ...(forward ? { forward } : {}), addresses };
}

/** The service that is asked is in the cluster: `http://name.namespace.svc…`. */
function edgeTo(url: string): Edge {
  const [, namespace = ''] = new URL(url).hostname.split('.');
  // The port of a Service says nothing of the port of its pods.
  return { to: 'pods', namespace, labels: {} };
}

export function planIngestion(stack: Stack, { namespace }: ClusterFacts): IngestionPlan | undefined {
  const { kubernetes, prometheus } = stack;
  const ingestion = kubernetes?.ingestion;
  if (ingestion === undefined) return undefined;
  const { otlp, remoteWrite, attributes, maxBody } = ingestion;
  const controller = kubernetes?.exposure?.services.ingestion && kubernetes.exposure.controllerNamespace;
  const { replicas, shards } = prometheus;
  // Of several shards the first takes it all: a series must not come to one now and to another then.
  const names = replicas === 1 && shards === 1 ? ['prometheus'] : replicaServices(replicas);
  return {
    receivers: { otlp, remoteWrite, attributes: [...new Set([...OUR_ATTRIBUTES, ...attributes])] },
    route: {
      upstreams: names.map((name) => `${name}.${namespace}.svc:9090`),
      paths: [...(otlp ? ['/api/v1/otlp/v1/metrics'] : []), ...(remoteWrite ? ['/api/v1/write'] : [])],
      maxBody,
    },
    from: { namespaces: [...new Set([...ingestion.from, ...(controller === undefined ? [] : [controller])])].sort() },
    token: INGESTION_TOKEN,
  };
}

/** A Service for each replica: what is pushed to one of them only, the others would not know. */
export function replicaServices(replicas: number): string[] {
  return Array.from({ length: replicas }, (_, index) => `prometheus-${index}`);
}

/** Who else may connect to a program, since it is exposed or takes what is pushed. */
export function gatesBefore(
  name: string,
  exposure: ExposurePlan | undefined,
  ingestion: IngestionPlan | undefined,
): Peer[] {
  const exposed = exposure?.services.some((service) => service.backend === 'gate' && service.name === name);
  return [...(exposed ? ['gate' as const] : []), ...(ingestion && name === 'prometheus' ? ['ingestion' as const] : [])];
}
