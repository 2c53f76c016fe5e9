/** The remaining keys: how Prometheus, our services, Kubernetes and Grafana are set up. */
import { z } from 'zod';
import { aggregator } from './aggregator.ts';
import { bytes, duration, hostPort, labels, name, port, secretRef, strict, url } from './fields.ts';
import { build, exposure, ingestion, nameServers, objectName, selection, selectionText } from './inCluster.ts';
import { tunings } from './networks.ts';

const remoteWrite = strict({
  name,
  url: url(),
  token: secretRef.optional(),
  headers: z.record(z.string(), z.string()).default({}),
});

export const prometheus = strict({
  // 15 s is what the field's dashboards assume; 30 s evaluation halves the load and costs no alert more than half a minute.
  scrapeInterval: duration({ min: 1 }).prefault('15s'),
  scrapeTimeout: duration({ min: 1 }).optional().describe('default: two thirds of the interval, at most 10s'),
  evaluationInterval: duration({ min: 1 }).prefault('30s'),
  retention: duration({ min: 3600 }).prefault('15d'),
  retentionSize: bytes().optional(),
  timeScale: z.number().min(1).max(1000).default(1).describe('compresses time; dev and tests only'),
  externalLabels: labels.default({}),
  remoteWrite: z.array(remoteWrite).default([]),
  replicas: z.number().int().min(1).max(5).default(1),
  shards: z.number().int().min(1).max(50).default(1),
  storage: bytes().prefault('50GiB'),
  sampleLimit: z.number().int().min(0).default(0).describe('samples a target may send per scrape, 0: any number'),
});
export type Prometheus = z.infer<typeof prometheus>;

/** Where each program listens. The same ports on one machine and in a cluster, so that what is known of one holds in the other. */
const listening = (standard: number) => strict({ port: port.default(standard) }).prefault({});
const optional = (standard: number, enabled = true) =>
  strict({ port: port.default(standard), enabled: z.boolean().default(enabled) }).prefault({});

export const services = strict({
  prometheus: listening(9090),
  alertmanager: listening(9093),
  receiver: strict({
    port: port.default(2021),
    enabled: z.boolean().default(true),
    retention: duration({ min: 3600 }).prefault('90d').describe('how long resolved alerts are kept'),
    debug: z.boolean().default(false),
  }).prefault({}),
  aggregator: aggregator.prefault({}),
  exporter: optional(9310),
  status: optional(8080),
  simulator: listening(9350),
  anvil: optional(8545),
  geth: optional(6060),
  grafana: optional(3000),
});
export type Services = z.infer<typeof services>;

/** A name or an address without a port, since a ping has none. */
const host = z.string().regex(/^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/, {
  error: (issue) => `"${issue.input}" is not a host, such as node-1.example.org or 10.0.0.5 (no http://, no port)`,
});
/** What each kind of probe takes: a URL is no address to connect to, and none to ping. */
const asked = { http_2xx: url(), json_rpc: url(), tcp_connect: hostPort, icmp: host } as const;

const probe = strict({
  name,
  url: z
    .string()
    .describe('what is asked: a URL; of tcp_connect host:port, of icmp a host')
    .meta({ examples: ['https://rpc.example.org', '10.0.0.5:30303', '10.0.0.5'] }),
  module: z.enum(['http_2xx', 'json_rpc', 'tcp_connect', 'icmp']).default('http_2xx'),
  interval: duration({ min: 1 }).optional(),
}).superRefine(({ url: target, module }, context) => {
  const message = asked[module].safeParse(target).error?.issues[0]?.message;
  if (message !== undefined) context.addIssue({ code: 'custom', path: ['url'], message });
});

/** Those in a cluster are pods, each of which is one of its own, called as the pod is. */
const agent = z.union([
  hostPort.transform((address) => ({ address, selected: undefined })),
  strict({ pods: selection.describe('of the cluster') }).transform(({ pods }) => {
    const selected = { ...pods, by: 'pods' as const, each: true };
    return { address: selectionText(selected), selected };
  }),
]);

export const system = strict({
  hosts: z.record(name, hostPort).default({}).describe('node_exporter of each host outside the cluster'),
  containers: z.record(name, hostPort).default({}).describe('cAdvisor of each host outside the cluster'),
  agents: z.record(name, agent).default({}).describe('chainwatch serve agent beside nodes'),
  probes: z.array(probe).default([]),
  simulated: z
    .record(name, z.record(z.string(), z.array(hostPort)))
    .default({})
    .describe('environments that our simulator plays, each by its name: the targets of each kind of program; dev only'),
  alerts: tunings,
});
export type System = z.infer<typeof system>;

export const kubernetes = strict({
  context: z.string().min(1).optional().describe('of the kubeconfig; default: the current one'),
  namespace: name.default('chainwatch'),
  install: z.boolean().default(true).describe('false adopts a Prometheus operator that is there'),
  chart: strict({
    version: z.string().default('88.5.3'),
    path: z.string().optional().describe('a local chart folder instead of the registry'),
    crdsPath: z.string().optional().describe('the same of the chart prometheus-operator-crds'),
  }).prefault({}),
  storageClass: z.string().optional(),
  alertmanagerReplicas: z.number().int().min(1).max(5).default(1),
  grafana: z.boolean().default(false).describe("install the chart's Grafana too"),
  image: z
    .string()
    .regex(/@sha256:[0-9a-f]{64}$/, 'must be pinned by digest: registry/name@sha256:…')
    .optional(),
  build: build.optional().describe('instead of an image by digest: pulumi up builds ours and pushes it'),
  imagePullSecret: z
    .union([secretRef, objectName])
    .optional()
    .describe('of a private registry: the name of a Secret in our namespace, or { secret } of its .dockerconfigjson'),
  dns: nameServers
    .prefault({})
    .describe('who answers our pods when they look a name up; the default fits kind, k3s, EKS, GKE and AKS'),
  exposure: exposure.optional().describe('what may be reached from outside the cluster; default: nothing'),
  ingestion: ingestion.optional().describe('for nodes that push their metrics'),
  preflight: z.boolean().default(true).describe('ask the cluster first whether all that is needed is there'),
});
export type Kubernetes = z.infer<typeof kubernetes>;

const grafanaUid = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be a UID: at most 40 letters, digits, "-" and "_"');
/** Of a network, or of `system`. */
const owned = z.string().regex(/^[^/]+\/[^/]+$/, 'must be <network>/<name>, or system/<name>');

/** What is there already, by UID: it becomes ours instead of getting a second copy beside it. */
const adopt = strict({
  folders: z.record(name, grafanaUid).default({}).describe('network, or system → the folder; its title stays'),
  dashboards: z.record(owned, grafanaUid).default({}).describe('<network>/<dashboard> → the dashboard to replace'),
  rules: z.record(owned, grafanaUid).default({}).describe('<network>/<alert> → the rule to replace, history kept'),
  ruleGroups: z
    .array(owned)
    .default([])
    .describe('<network>/<group> that a folder holds under this very name; left as it is while it is listed'),
});

export const grafana = strict({
  url: url(),
  auth: secretRef.optional().describe('the token of a service account'),
  dataSourceUid: z.string().min(1).default('prometheus'),
  folderPrefix: z.string().default('Chainwatch'),
  groupNames: z
    .record(owned, z.string().min(1).max(190))
    .default({})
    .describe('<network>/<group> → what the group is called there; default: as in the pack'),
  routing: z
    .enum(['rules', 'tree'])
    .default('rules')
    .describe('tree owns the whole notification policy of the Grafana'),
  contactPoints: z
    .record(name, z.string().min(1))
    .default({})
    .describe('receiver → a contact point that is there already, used as it is'),
  receiverUrl: url().optional().describe('where this Grafana reaches our receiver; default: it tells it nothing'),
  dashboards: z
    .enum(['provider', 'sidecar', 'both', 'engine'])
    .optional()
    .describe(
      "sidecar: ConfigMaps for a Grafana in the cluster; engine: provider for networks whose alerts Grafana evaluates, sidecar for others; default: provider, but sidecar with the chart's own Grafana",
    ),
  adopt: adopt.prefault({}),
  preflight: z.boolean().default(true).describe('ask the Grafana first whether all that is needed is there'),
});
export type Grafana = z.infer<typeof grafana>;
