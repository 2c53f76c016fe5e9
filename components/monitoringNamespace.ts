/** The namespaces of a stack, with what keeps its pods within bounds. */
import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { stackLabels } from '../model/kubernetes/names.ts';
import { child, guarded, metadata } from './base.ts';

export interface MonitoringNamespaceArgs {
  readonly stack: string;
  /** Enforces Pod Security `restricted`. */
  readonly namespace: string;
  /** Enforces nothing: for node-exporter, which reads the host. */
  readonly nodesNamespace: string;
  /** Whether the namespaces may not be deleted; everything in them would go with them. @default false */
  readonly protect?: boolean;
  /** Bounds of all pods together. @default 60 pods, 16 CPUs and 48Gi requested, 96Gi at most, 30 claims */
  readonly quota?: Readonly<Record<string, string>>;
}

const QUOTA = {
  pods: '60',
  'requests.cpu': '16',
  'requests.memory': '48Gi',
  'limits.memory': '96Gi',
  persistentvolumeclaims: '30',
} as const;

export class MonitoringNamespace extends pulumi.ComponentResource {
  readonly namespace: k8s.core.v1.Namespace;
  readonly nodesNamespace: k8s.core.v1.Namespace;

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
    return new k8s.core.v1.Namespace(name, { metadata: { name: called, labels } }, child(this, guarded(protect)));
  }

  /** Nothing connects, and nothing is connected to, but along named edges; names may be looked up by all. */
  #denyByDefault(name: string, { stack, namespace }: MonitoringNamespaceArgs) {
    const place = { stack, namespace };
    const options = child(this, { dependsOn: [this.namespace] });
    new k8s.networking.v1.NetworkPolicy(
      `${name}-default-deny`,
      {
        metadata: metadata(place, 'default-deny'),
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      },
      options,
    );
    const ports = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 }));
    new k8s.networking.v1.NetworkPolicy(
      `${name}-dns`,
      {
        metadata: metadata(place, 'dns'),
        spec: {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }], ports }],
        },
      },
      options,
    );
  }

  #bounds(name: string, { stack, namespace, quota = QUOTA }: MonitoringNamespaceArgs) {
    const place = { stack, namespace };
    const options = child(this, { dependsOn: [this.namespace] });
    new k8s.core.v1.ResourceQuota(
      `${name}-quota`,
      { metadata: metadata(place, 'quota'), spec: { hard: { ...quota } } },
      options,
    );
    new k8s.core.v1.LimitRange(
      `${name}-limits`,
      {
        metadata: metadata(place, 'limits'),
        // For containers that say nothing, such as those that the operator puts beside Prometheus.
        spec: {
          limits: [
            {
              type: 'Container',
              default: { memory: '256Mi' },
              defaultRequest: { cpu: '10m', memory: '32Mi' },
            },
          ],
        },
      },
      options,
    );
  }
}
