/**
 * NetworkPolicies as rules of nftables, for a cluster of one node: what a network plugin does that enforces them. Pure.
 * Connections from the node itself are always let through, as kubelet's probes must be; addresses are those of IPv4.
 */
import { z } from 'zod';

const labels = z.record(z.string(), z.string()).default({});
const selector = z.object({
  matchLabels: labels,
  matchExpressions: z
    .array(
      z.object({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});
const peer = z.object({
  ipBlock: z.object({ cidr: z.string(), except: z.array(z.string()).default([]) }).optional(),
  namespaceSelector: selector.optional(),
  podSelector: selector.optional(),
});
const port = z.object({
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
  port: z.union([z.int(), z.string()]).optional(),
  endPort: z.int().optional(),
});

export const policySchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.object({
    podSelector: selector.default({ matchLabels: {}, matchExpressions: [] }),
    policyTypes: z.array(z.enum(['Ingress', 'Egress'])).optional(),
    ingress: z.array(z.object({ from: z.array(peer).default([]), ports: z.array(port).default([]) })).default([]),
    egress: z.array(z.object({ to: z.array(peer).default([]), ports: z.array(port).default([]) })).default([]),
  }),
});
export const namespaceSchema = z.object({ metadata: z.object({ name: z.string(), labels }) });
export const podSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), labels }),
  spec: z.object({
    hostNetwork: z.boolean().default(false),
    containers: z.array(
      z.object({
        ports: z
          .array(
            z.object({
              name: z.string().optional(),
              containerPort: z.int(),
              protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
            }),
          )
          .default([]),
      }),
    ),
  }),
  status: z.object({ podIP: z.string().optional(), phase: z.string().optional() }),
});

export type Policy = z.infer<typeof policySchema>;
export type Namespace = z.infer<typeof namespaceSchema>;
export type Pod = z.infer<typeof podSchema>;
export type Selector = z.infer<typeof selector>;
type Peer = z.infer<typeof peer>;
type Port = z.infer<typeof port>;

export interface Seen {
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
  readonly policies: readonly Policy[];
}

type Direction = 'ingress' | 'egress';
const TABLE = 'chainwatch-policies';

/** What `nft -f -` takes; it replaces what was there before, in one step. The same for the same objects in any order. */
export function ruleset({ pods, namespaces, policies }: Seen): string {
  const present = pods.filter(isPresent).sort((a, b) => (called(a) < called(b) ? -1 : 1));
  const sorted = [...policies].sort((a, b) => (called(a) < called(b) ? -1 : 1));
  const chains: string[] = [];
  const jumps: string[] = [];
  for (const [index, pod] of present.entries())
    for (const direction of ['ingress', 'egress'] as const) {
      const applied = sorted.filter((policy) => isIsolated(pod, policy, direction));
      if (applied.length === 0) continue;
      const chain = `${direction}-${index}`;
      const rules = applied.flatMap((policy) => rulesOf(policy, pod, direction, present, namespaces));
      jumps.push(`ip ${direction === 'ingress' ? 'daddr' : 'saddr'} ${addressOf(pod)} jump ${chain}`);
      chains.push(chainOf(chain, [...rules, 'reject with icmpx admin-prohibited'], called(pod)));
    }
  const answers = 'ct state established,related accept';
  const hooked = (hook: string) =>
    chainOf(hook, [`type filter hook ${hook} priority filter; policy accept;`, answers, ...jumps]);
  // The API server is the node's own, so a pod's way to it passes the other hook.
  const own = [...chains, hooked('forward'), hooked('input')].join('');
  return `table inet ${TABLE}\ndelete table inet ${TABLE}\ntable inet ${TABLE} {\n${own}}\n`;
}

function chainOf(name: string, lines: readonly string[], comment?: string): string {
  const heading = comment === undefined ? '' : `    # ${comment}\n`;
  return `  chain ${name} {\n${heading}${lines.map((line) => `    ${line}\n`).join('')}  }\n`;
}

function isIsolated(pod: Pod, { metadata, spec }: Policy, direction: Direction): boolean {
  const types = spec.policyTypes ?? ['Ingress', ...(spec.egress.length > 0 ? ['Egress'] : [])];
  const word = direction === 'ingress' ? 'Ingress' : 'Egress';
  return (
    types.includes(word) &&
    pod.metadata.namespace === metadata.namespace &&
    matches(spec.podSelector, pod.metadata.labels)
  );
}

function rulesOf(
  { metadata, spec }: Policy,
  pod: Pod,
  direction: Direction,
  pods: readonly Pod[],
  namespaces: readonly Namespace[],
): string[] {
  const field = direction === 'ingress' ? 'saddr' : 'daddr';
  const rules =
    direction === 'ingress'
      ? spec.ingress.map(({ from, ports }) => ({ peers: from, ports }))
      : spec.egress.map(({ to, ports }) => ({ peers: to, ports }));
  return rules.flatMap(({ peers, ports }) => {
    const named = ports.some((each) => typeof each.port === 'string');
    const selected = peers.flatMap((each) => chosen(each, metadata.namespace, pods, namespaces));
    const line = (where: string, target: Pod | undefined) =>
      portMatches(ports, target).map((what) => [where, what, 'return'].filter((word) => word !== '').join(' '));
    const blocks = peers.flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : blockMatch(ipBlock, field)));
    // Which port a name means is for the pod to say that is connected to.
    const receiver = direction === 'ingress' ? pod : undefined;
    const everywhere = peers.length === 0 ? [''] : [];
    const together = [...everywhere, ...blocks].flatMap((where) => line(where, receiver));
    if (direction === 'egress' && named)
      return [...together, ...selected.flatMap((each) => line(`ip ${field} ${addressOf(each)}`, each))];
    const addresses = [...new Set(selected.map(addressOf))].sort();
    return addresses.length === 0
      ? together
      : [...together, ...line(`ip ${field} { ${addresses.join(', ')} }`, receiver)];
  });
}

/** In the policy's own namespace, unless it selects namespaces. */
function chosen(
  { ipBlock, namespaceSelector, podSelector }: Peer,
  namespace: string,
  pods: readonly Pod[],
  namespaces: readonly Namespace[],
): Pod[] {
  if (ipBlock !== undefined) return [];
  const spaces =
    namespaceSelector === undefined
      ? [namespace]
      : namespaces
          .filter(({ metadata }) => matches(namespaceSelector, metadata.labels))
          .map(({ metadata }) => metadata.name);
  return pods.filter(
    ({ metadata }) =>
      spaces.includes(metadata.namespace) && (podSelector === undefined || matches(podSelector, metadata.labels)),
  );
}

function blockMatch({ cidr, except }: NonNullable<Peer['ipBlock']>, field: string): string[] {
  if (cidr.includes(':')) return [];
  const without = except.length === 0 ? '' : ` ip ${field} != { ${except.join(', ')} }`;
  return [`ip ${field} ${cidr}${without}`];
}

/** One match each; an empty one where every port is meant, none where no port of that name is known. */
function portMatches(ports: readonly Port[], target: Pod | undefined): string[] {
  if (ports.length === 0) return [''];
  return ports.flatMap(({ protocol, port: wanted, endPort }) => {
    const word = protocol.toLowerCase();
    if (wanted === undefined) return [`meta l4proto ${word}`];
    if (typeof wanted === 'number') return [`${word} dport ${wanted}${endPort === undefined ? '' : `-${endPort}`}`];
    const known = target?.spec.containers.flatMap((container) => container.ports) ?? [];
    return known
      .filter(({ name, protocol: own }) => name === wanted && own === protocol)
      .map(({ containerPort }) => `${word} dport ${containerPort}`);
  });
}

export function matches({ matchLabels, matchExpressions }: Selector, found: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => found[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = found[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const listed = value !== undefined && values.includes(value);
      return operator === 'In' ? listed : !listed;
    })
  );
}

/** With an address of its own, and not at its end: then another may have its address already. */
function isPresent({ spec, status }: Pod): boolean {
  const over = status.phase === 'Succeeded' || status.phase === 'Failed';
  return !spec.hostNetwork && !over && status.podIP !== undefined;
}

function addressOf({ status }: Pod): string {
  return status.podIP ?? '';
}

function called({ metadata }: Pod | Policy): string {
  return `${metadata.namespace}/${metadata.name}`;
}
