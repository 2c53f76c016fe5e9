/** What a stack file may say of a cluster beyond the monitoring itself: nodes that run in it, who reaches what from outside, which image. */
import { z } from 'zod';
import { bytes, port, secretRef, strict, url } from './fields.ts';

const labelKey = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'is no label of Kubernetes, such as app or app.kubernetes.io/name',
  );
const labelValue = z
  .string({ error: 'must be text: quote numbers and true or false' })
  .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, 'is no value of a label of Kubernetes');
/** Kubernetes takes names of namespaces up to 63 letters, and those of others may start with a digit. */
export const namespace = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a namespace: lower-case letters, digits, dashes');
export const objectName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'must be the name of an object: lower-case letters, digits, dashes');
const portName = z
  .string()
  .regex(
    /^(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/,
    'must be the name of a port, such as metrics, or its number',
  );

const podLabels = z
  .record(labelKey, labelValue)
  .refine((labels) => Object.keys(labels).length > 0, 'must name at least one: none would select everything');

/** Pods or Services of a namespace, and the port at which they serve metrics. */
export const selection = strict({
  namespace,
  labels: podLabels,
  port: z.union([portName, port]).default('metrics'),
});

/** Nodes that run in the cluster themselves. */
export interface Selection {
  readonly by: 'pods' | 'service';
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its name, or its number. */
  readonly port: string | number;
  /** Each pod is a node of its own, called as the pod is; otherwise there is one, called as the stack file says. */
  readonly each: boolean;
}

/** What a selection is called where an address would stand. */
export function selectionText({ by, namespace: where, labels, port: at }: Omit<Selection, 'each'>): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
  return `${by}/${where}/${pairs.join(',')}:${at}`;
}

const host = z
  .string()
  .max(253)
  .regex(
    /^(?=.*\.)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/,
    'must be a host name such as status.example.org (no https://, no path, no capitals)',
  );

const addresses = z
  .string()
  .refine(isRange, 'must be a range of addresses, such as 198.51.100.0/24 or 2001:db8::/32')
  .meta({ examples: ['198.51.100.0/24'] });

function isRange(input: string): boolean {
  const [address = '', bits = '', ...rest] = input.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address))
    return Number(bits) <= 32 && address.split('.').every((part) => Number(part) <= 255);
  return address.includes(':') && URL.canParse(`http://[${address}]`) && Number(bits) <= 128;
}

/** Who answers the pods when they look a name up, as kind, k3s, EKS, GKE and AKS have it. */
export const usualNameServers = {
  pods: ['kube-dns', 'node-local-dns'].map((app) => ({ namespace: 'kube-system', labels: { 'k8s-app': app } })),
  // NodeLocal DNSCache, on the node itself; and Cloud DNS of GKE, which answers at the address of the metadata service.
  addresses: ['169.254.20.10/32', '169.254.169.254/32'],
  ports: [53],
};

export const nameServers = strict({
  pods: z
    .array(strict({ namespace: namespace.default('kube-system'), labels: podLabels }))
    .default(usualNameServers.pods),
  addresses: z
    .array(addresses)
    .default(usualNameServers.addresses)
    .describe('of name servers that are no pods, such as a cache on each node'),
  ports: z.array(port).min(1).default(usualNameServers.ports).describe('of the pods; OpenShift has 5353'),
}).refine(
  // To a NetworkPolicy an empty list means everybody.
  ({ pods, addresses: ranges }) => pods.length + ranges.length > 0,
  'names nobody: say pods, addresses or both',
);

const authentication = strict({
  basic: secretRef.optional().describe('a secret of lines "name:hash", as `htpasswd -nB name` prints them'),
  forward: strict({
    url: url().describe('is asked about each request: 2xx lets it pass, 401 and 403 do not'),
    signIn: url(['https:']).optional().describe('where somebody who is not signed in is sent'),
  })
    .optional()
    .describe('such as oauth2-proxy'),
  addresses: z.array(addresses).default([]).describe('only from these; besides what else is asked'),
});
export type Authentication = z.infer<typeof authentication>;

const exposed = strict({
  host,
  certificate: objectName
    .optional()
    .describe('a TLS Secret in our namespace; default: of the issuer, or the controller’s'),
  authentication: z
    .union([authentication, z.literal('none')])
    .optional()
    .describe('default: that of all'),
});

/** What may be reached from outside. */
export const EXPOSABLE = [
  'status',
  'receiver',
  'grafana',
  'prometheus',
  'alertmanager',
  'ingestion',
  'aggregator',
] as const;
export type Exposable = (typeof EXPOSABLE)[number];

const common = {
  controllerNamespace: namespace.describe('where the pods of the ingress controller or of the gateway run'),
  authentication: authentication.optional().describe('of every service that says nothing of its own'),
  services: strict({
    status: exposed.optional(),
    receiver: exposed.optional(),
    grafana: exposed.optional(),
    prometheus: exposed.optional(),
    alertmanager: exposed.optional(),
    ingestion: exposed.omit({ authentication: true }).optional(),
    aggregator: exposed.omit({ authentication: true }).optional().describe('for nodes that push; nothing else of it'),
  }),
};

const ingress = strict({
  class: objectName.describe('ingressClassName: nginx, traefik, …'),
  issuer: objectName.optional().describe('a ClusterIssuer of cert-manager'),
  annotations: z.record(z.string(), z.string()).default({}).describe('on each Ingress, for the controller'),
});

const gateway = strict({
  name: objectName,
  namespace,
  listener: objectName.default('https').describe('sectionName of the listener that holds the certificates'),
});

export const exposure = strict({ ingress: ingress.optional(), gateway: gateway.optional(), ...common });
export type Exposure = z.infer<typeof exposure>;

const attribute = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]*$/, 'is no attribute of OpenTelemetry, such as deployment.environment.name');

export const ingestion = strict({
  otlp: z.boolean().default(false).describe('takes metrics by OTLP over HTTP at /api/v1/otlp/v1/metrics'),
  remoteWrite: z.boolean().default(false).describe('takes remote write at /api/v1/write'),
  from: z.array(namespace).default([]).describe('namespaces of this cluster whose pods push'),
  // Ten times what Prometheus and collectors send at once by default.
  maxBody: bytes().prefault('20MiB').describe('of one request; a larger one is refused'),
  attributes: z
    .array(attribute)
    .default([])
    .describe('of the resource, that become labels, besides network, chain and component'),
});
export type Ingestion = z.infer<typeof ingestion>;

/** JetStream, in which replicas of the aggregator have their common log. */
export const natsLog = strict({
  servers: z
    .array(url(['nats:', 'tls:']))
    .min(1)
    .optional()
    .describe('of a NATS that is there, with JetStream on three servers'),
  token: secretRef.optional().describe('what those servers ask for'),
  install: z.boolean().default(false).describe('brings NATS along by its own chart'),
  path: z.string().optional().describe('a local folder with that chart instead of its registry'),
  storage: bytes().prefault('20GiB').describe('of each server that is brought along'),
}).refine(({ servers, install }) => (servers === undefined) === install, 'needs either servers or install: true');

const repository = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/,
    'must be a repository without a tag, such as ghcr.io/acme/chainwatch',
  );

export const build = strict({
  registry: repository.describe('where the image is pushed: ghcr.io/acme/chainwatch'),
  platforms: z
    .array(z.enum(['linux/amd64', 'linux/arm64']))
    .min(1)
    .default(['linux/amd64', 'linux/arm64']),
  username: z.string().min(1).optional(),
  password: secretRef.optional().describe('default: what docker login has stored'),
});
export type Build = z.infer<typeof build>;
