/** What the NetworkPolicies of a cluster let pass, by Kubernetes' own words: a pod that one selects may do what one of them names, and no more. */
import { at, list, selects, text, texts } from '../pulumi/policies/read.ts';
import type { KubernetesObject } from './client.ts';

/** Whether a TCP connection between pods of one namespace may come about. Ranges of addresses are none of pods'. */
export function allows(
  policies: readonly KubernetesObject[],
  from: KubernetesObject,
  to: KubernetesObject,
  port: number,
): boolean {
  return side(policies, 'egress', from, to, port) && side(policies, 'ingress', to, from, port);
}

function side(
  policies: readonly KubernetesObject[],
  way: 'egress' | 'ingress',
  own: KubernetesObject,
  other: KubernetesObject,
  port: number,
): boolean {
  const type = way === 'egress' ? 'Egress' : 'Ingress';
  const ours = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === own.metadata.namespace &&
      texts(at(spec, 'policyTypes')).includes(type) &&
      selects(at(spec, 'podSelector'), own.metadata.labels ?? {}),
  );
  if (ours.length === 0) return true;
  return ours
    .flatMap(({ spec }) => list(at(spec, way)))
    .some((rule) => {
      const [peers, ports] = [list(at(rule, way === 'egress' ? 'to' : 'from')), list(at(rule, 'ports'))];
      const named = peers.length === 0 || peers.some((peer) => isPeer(peer, other));
      return named && (ports.length === 0 || ports.some((each) => isAt(each, port)));
    });
}

function isPeer(peer: unknown, { metadata }: KubernetesObject): boolean {
  const [pods, spaces] = [at(peer, 'podSelector'), at(peer, 'namespaceSelector')];
  return pods !== undefined && spaces === undefined && selects(pods, metadata.labels ?? {});
}

function isAt(port: unknown, number: number): boolean {
  return (text(at(port, 'protocol')) || 'TCP') === 'TCP' && at(port, 'port') === number;
}
