/** Who may connect to whom: nobody but along named edges, and along each of them from both sides. */
import type { Recorded } from '../../../cli/render/record.ts';
import { connections } from './connections.ts';
import { type Pod, pods, selected } from './pods.ts';
import { at, type Entity, entities, fields, list, selects, text, texts } from './read.ts';
import type { Found, Policy } from './types.ts';

const defaultDeny: Policy = {
  name: 'every namespace denies what no policy names',
  *find(resources): Generator<Found> {
    const objects = entities(resources);
    for (const { resource, name, labels } of objects.filter(({ kind }) => kind === 'Namespace')) {
      // There live programs of the host's network only, at which no policy is enforced.
      if (labels['pod-security.kubernetes.io/enforce'] === 'privileged') continue;
      if (labels['pod-security.kubernetes.io/enforce'] !== 'restricted')
        yield [resource, 'enforces neither restricted nor, for programs of the host, privileged'];
      const deny = objects.some(
        ({ kind, namespace, spec }) =>
          kind === 'NetworkPolicy' && namespace === name && isOfAll(spec) && deniesAll(spec),
      );
      if (!deny) yield [resource, 'has no policy that denies all connections by default'];
    }
  },
};

function isOfAll(spec: unknown): boolean {
  return Object.keys(fields(at(spec, 'podSelector'))).length === 0;
}

function deniesAll(spec: unknown): boolean {
  const types = texts(at(spec, 'policyTypes'));
  const none = (side: string) => list(at(spec, side)).length === 0;
  return types.includes('Ingress') && types.includes('Egress') && none('ingress') && none('egress');
}

/** What pods of a whole namespace may do: look names up, and no more. */
const narrow: Policy = {
  name: 'what holds for all pods opens nothing but the looking up of names',
  *find(resources): Generator<Found> {
    for (const { resource, spec } of policiesOf(resources)) {
      if (!isOfAll(spec)) continue;
      if (list(spec.ingress).length > 0) yield [resource, 'lets somebody connect to every pod'];
      const ports = list(spec.egress).map((rule) => list(at(rule, 'ports')).map((port) => Number(at(port, 'port'))));
      if (ports.some((rule) => rule.length === 0 || rule.some((port) => port !== 53)))
        yield [resource, 'lets every pod connect to more than port 53'];
    }
  },
};

function policiesOf(resources: readonly Recorded[]): Entity[] {
  return entities(resources).filter(({ kind }) => kind === 'NetworkPolicy');
}

const named: Policy = {
  name: 'every pod has a policy of its own',
  *find(resources): Generator<Found> {
    const policies = policiesOf(resources).filter(({ spec }) => !isOfAll(spec));
    for (const { resource, program, namespace, labels } of inPolicedNamespaces(resources)) {
      const own = policies.filter(
        (policy) => policy.namespace === namespace && selects(policy.spec.podSelector, labels),
      );
      if (own.length === 0) yield [resource, `no policy names the pods of ${program}`];
    }
    const all = pods(resources);
    for (const { resource, namespace, spec } of policies)
      if (selected(all, namespace, spec.podSelector).length === 0) yield [resource, 'selects no pod'];
  },
};

function inPolicedNamespaces(resources: readonly Recorded[]): Pod[] {
  const free = entities(resources)
    .filter(({ kind, labels }) => kind === 'Namespace' && labels['pod-security.kubernetes.io/enforce'] === 'privileged')
    .map(({ name }) => name);
  return pods(resources).filter(({ namespace }) => !free.includes(namespace));
}

const bothSides: Policy = {
  name: 'every connection is allowed on both sides',
  *find(resources): Generator<Found> {
    const policies = policiesOf(resources);
    for (const { from, to, port, protocol = 'TCP', why } of [...connections(resources), ...edges(resources)])
      for (const side of to === 'anywhere' ? ['egress'] : ['egress', 'ingress'])
        if (!allowed(policies, side, from, to, port, protocol)) {
          const target = to === 'anywhere' ? 'addresses outside' : to.program;
          const offender = side === 'egress' || to === 'anywhere' ? from : to;
          yield [
            policyOf(policies, offender) ?? offender.resource,
            `${side} lacks ${from.program} → ${target} at ${protocol} ${port} (${why})`,
          ];
        }
  },
};

/** Every edge that a policy itself names, in either direction: what one side opens, the other must not refuse. */
function edges(resources: readonly Recorded[]) {
  const all = pods(resources);
  return policiesOf(resources).flatMap(({ name, namespace, spec }) =>
    (['egress', 'ingress'] as const).flatMap((side) =>
      list(spec[side]).flatMap((rule) =>
        list(at(rule, side === 'egress' ? 'to' : 'from')).flatMap((peer) => {
          if (at(peer, 'podSelector') === undefined || at(peer, 'namespaceSelector') !== undefined) return [];
          const here = isOfAll(spec) ? [] : selected(all, namespace, spec.podSelector);
          const there = selected(all, namespace, at(peer, 'podSelector'));
          return here.flatMap((own) =>
            there.flatMap((other) =>
              list(at(rule, 'ports')).map((port) => ({
                from: side === 'egress' ? own : other,
                to: side === 'egress' ? other : own,
                port: Number(at(port, 'port')),
                protocol: text(at(port, 'protocol')) || 'TCP',
                why: `${side} of policy ${name}`,
              })),
            ),
          );
        }),
      ),
    ),
  );
}

function policyOf(policies: readonly Entity[], pod: Pod): Recorded | undefined {
  return policies.find(
    ({ namespace, spec }) => !isOfAll(spec) && namespace === pod.namespace && selects(spec.podSelector, pod.labels),
  )?.resource;
}

function allowed(
  policies: readonly Entity[],
  side: string,
  from: Pod,
  to: Pod | 'anywhere',
  port: number,
  protocol: string,
): boolean {
  const own = side === 'egress' || to === 'anywhere' ? from : to;
  const other = side === 'egress' ? to : from;
  return policies
    .filter(({ namespace, spec }) => namespace === own.namespace && selects(spec.podSelector, own.labels))
    .flatMap(({ spec }) => list(spec[side]))
    .some((rule) => {
      const peers = list(at(rule, side === 'egress' ? 'to' : 'from'));
      const ports = list(at(rule, 'ports'));
      const atPort = ports.some(
        (one) => Number(at(one, 'port')) === port && (at(one, 'protocol') ?? 'TCP') === protocol,
      );
      return (ports.length === 0 || atPort) && (peers.length === 0 || peers.some((peer) => isPeer(peer, other)));
    });
}

function isPeer(peer: unknown, pod: Pod | 'anywhere'): boolean {
  const block = text(at(peer, 'ipBlock', 'cidr'));
  if (pod === 'anywhere') return block === '0.0.0.0/0';
  return at(peer, 'podSelector') !== undefined && selects(at(peer, 'podSelector'), pod.labels);
}

/** Where clouds hand out credentials to whoever asks: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html */
const METADATA: Readonly<Record<string, string>> = { '0.0.0.0/0': '169.254.169.254/32', '::/0': 'fd00:ec2::254/128' };

const metadata: Policy = {
  name: "nobody reaches the cloud's metadata service",
  *find(resources): Generator<Found> {
    for (const { resource, spec } of policiesOf(resources))
      for (const rule of list(spec.egress)) {
        if (list(at(rule, 'to')).length === 0) yield [resource, 'egress to anywhere, without an exception'];
        for (const peer of list(at(rule, 'to'))) {
          const closed = METADATA[text(at(peer, 'ipBlock', 'cidr'))];
          if (closed !== undefined && !texts(at(peer, 'ipBlock', 'except')).includes(closed))
            yield [resource, `egress to ${at(peer, 'ipBlock', 'cidr')} is open to ${closed}`];
        }
      }
  },
};

export const networkPolicies: readonly Policy[] = [defaultDeny, narrow, named, bothSides, metadata];
