/** A NetworkPolicy from named edges; what no edge names is refused by the namespace's default. */
import * as pulumi from '@pulumi/pulumi';
import type { Edge, Peer, Source } from '../model/kubernetes/edges.ts';
import { podLabels } from '../model/kubernetes/names.ts';
import { compact } from '../model/yaml.ts';
import { metadata, type Placement } from './base.ts';
import * as k8s from './kubernetesKinds.ts';

export interface PolicyFacts extends Placement {
  /** Whose connections these are: the policy has its name. */
  readonly of: Peer;
  /** Who may connect, and where. */
  readonly ingress: readonly { readonly from: Source; readonly port: number; readonly protocol?: 'UDP' }[];
  readonly egress: readonly Edge[];
}

/** @throws RunError where a port is for nobody: Kubernetes reads an empty list as everybody */
export function networkPolicy(
  name: string,
  facts: PolicyFacts,
  options: pulumi.CustomResourceOptions,
): k8s.NetworkPolicy {
  const { of, ingress, egress } = facts;
  for (const { from, port } of ingress)
    if (isNobody(from))
      throw new pulumi.RunError(
        `NetworkPolicy ${of}: says of nobody that it may connect to port ${port}; name who may, or leave the port out`,
      );
  return new k8s.NetworkPolicy(
    name,
    {
      metadata: metadata(facts, of),
      spec: {
        podSelector: selectorOf(of),
        policyTypes: ['Ingress', 'Egress'],
        // The server keeps no empty list: one that is applied is a change each time.
        ...compact({ ingress: ingress.map(ingressRule), egress: egress.map(egressRule) }),
      },
    },
    options,
  );
}

function isNobody(from: Source): boolean {
  if (from === 'anywhere') return false;
  return ('namespaces' in from ? from.namespaces : from).length === 0;
}

/** The metadata service of clouds hands out credentials to whoever asks: no program of ours has business there. */
const METADATA_SERVICE = { v4: '169.254.169.254/32', v6: 'fd00:ec2::254/128' } as const;

function ingressRule({ from, port, protocol }: PolicyFacts['ingress'][number]) {
  return { ...(from === 'anywhere' ? {} : { from: peersOf(from) }), ports: [{ protocol: protocol ?? 'TCP', port }] };
}

function egressRule(edge: Edge) {
  if (edge.to === 'pods') {
    const { namespace, labels, port } = edge;
    const podSelector = Object.keys(labels).length > 0 ? { podSelector: { matchLabels: { ...labels } } } : {};
    return {
      to: [{ ...inNamespace(namespace), ...podSelector }],
      ...(port === undefined ? {} : { ports: [{ protocol: 'TCP', port }] }),
    };
  }
  if (edge.to !== 'anywhere')
    return {
      to: [{ podSelector: selectorOf(edge.to) }],
      ports: [{ protocol: edge.protocol ?? 'TCP', port: edge.port }],
    };
  return {
    to: [
      { ipBlock: { cidr: '0.0.0.0/0', except: [METADATA_SERVICE.v4] } },
      { ipBlock: { cidr: '::/0', except: [METADATA_SERVICE.v6] } },
    ],
    ...(edge.ports.length > 0 ? { ports: edge.ports.map((port) => ({ protocol: 'TCP', port })) } : {}),
  };
}

function peersOf(from: Exclude<Source, 'anywhere'>) {
  if ('namespaces' in from) return from.namespaces.map(inNamespace);
  return from.map((peer) => ({ podSelector: selectorOf(peer) }));
}

/** Kubernetes itself puts the name of each namespace on it as a label. */
function inNamespace(namespace: string) {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

function selectorOf(peer: Peer): { matchLabels: Record<string, string> } {
  if (peer === 'operator')
    return { matchLabels: { 'app.kubernetes.io/name': 'kube-prometheus-stack-prometheus-operator' } };
  if (peer === 'kube-state-metrics') return { matchLabels: { 'app.kubernetes.io/name': 'kube-state-metrics' } };
  if (peer === 'node-exporter') return { matchLabels: { 'app.kubernetes.io/name': 'prometheus-node-exporter' } };
  return { matchLabels: podLabels(peer) };
}
