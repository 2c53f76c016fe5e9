/** The namespaces of a stack, with what keeps its pods within bounds. */
import * as pulumi from '@pulumi/pulumi';
import { NAME_SERVERS, type NameServers } from '../model/kubernetes/dns.ts';
import { stackLabels } from '../model/kubernetes/names.ts';
import { quotaOf } from '../model/kubernetes/quota.ts';
import { needs } from '../model/kubernetes/resources.ts';
import { child, guarded, metadata } from './base.ts';
import * as k8s from './kubernetesKinds.ts';

export interface MonitoringNamespaceArgs {
  readonly stack: string;
  /** Enforces Pod Security `restricted`. */
  readonly namespace: string;
  /** Enforces nothing: for node-exporter, which reads the host. */
  readonly nodesNamespace: string;
  /** Whether the namespaces may not be deleted; everything in them would go with them. @default false */
  readonly protect?: boolean;
  /** Bounds of all pods together. @default 60 pods, 16 processors and 48Gi requested, 96Gi at most */
  readonly quota?: Readonly<Record<string, string>>;
  /** Who answers when pods look a name up. @default those of kind, k3s, EKS, GKE and AKS */
  readonly nameServers?: NameServers;
}

export class MonitoringNamespace extends pulumi.ComponentResource {
  readonly namespace: k8s.Namespace;
  readonly nodesNamespace: k8s.Namespace;

  constructor(name: string, args: MonitoringNamespaceArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:MonitoringNamespace', name, {}, options);
    this.namespace = this.#namespace(name, args, args.namespace, 'restricted');
    this.nodesNamespace = this.#namespace(`${name}-nodes`, args, args.nodesNamespace, 'privileged');
    this.#denyByDefault(name, args);
    this.#bounds(name, args);
    this.registerOutputs({ namespace: args.namespace, nodesNamespace: args.nodesNamespace });
  }

  #namespace(name: string, { stack, protect = false }: MonitoringNamespaceArgs, called: string, level: string) {
    const levels = ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, level]);
    const labels = { ...stackLabels(stack), ...Object.fromEntries(levels) };
    return new k8s.Namespace(name, { metadata: { name: called, labels } }, child(this, guarded(protect)));
  }

  /** Nothing connects, and nothing is connected to, but along named edges; names may be looked up by all. */
  #denyByDefault(name: string, { stack, namespace, nameServers = NAME_SERVERS }: MonitoringNamespaceArgs) {
    const place = { stack, namespace };
    const options = child(this, { dependsOn: [this.namespace] });
    new k8s.NetworkPolicy(
      `${name}-default-deny`,
      {
        metadata: metadata(place, 'default-deny'),
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      },
      options,
    );
    new k8s.NetworkPolicy(
      `${name}-dns`,
      {
        metadata: metadata(place, 'dns'),
        spec: {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [lookUps(nameServers)],
        },
      },
      options,
    );
  }

  #bounds(name: string, { stack, namespace, quota = quotaOf() }: MonitoringNamespaceArgs) {
    const place = { stack, namespace };
    const options = child(this, { dependsOn: [this.namespace] });
    new k8s.ResourceQuota(
      `${name}-quota`,
      { metadata: metadata(place, 'quota'), spec: { hard: { ...quota } } },
      options,
    );
    new k8s.LimitRange(
      `${name}-limits`,
      {
        metadata: metadata(place, 'limits'),
        // For containers that say nothing, such as those that the operator puts beside Prometheus.
        spec: {
          limits: [
            {
              type: 'Container',
              default: { ...needs.unsaid.limits },
              defaultRequest: { ...needs.unsaid.requests },
            },
          ],
        },
      },
      options,
    );
  }
}

/** The port is the only thing of theirs that is reached: at the address of Cloud DNS a cloud hands out credentials too, elsewhere. */
function lookUps({ pods, addresses, ports }: NameServers) {
  return {
    to: [
      ...pods.map(({ namespace, labels }) => ({
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        podSelector: { matchLabels: { ...labels } },
      })),
      ...addresses.map((cidr) => ({ ipBlock: { cidr } })),
    ],
    ports: ports.flatMap((port) => ['UDP', 'TCP'].map((protocol) => ({ protocol, port }))),
  };
}
