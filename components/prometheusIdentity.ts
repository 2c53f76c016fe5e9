/** Who Prometheus is in the cluster, and what it may read: what it scrapes, by name, and nothing else. */
import type * as pulumi from '@pulumi/pulumi';
import { metadata, type Placement } from './base.ts';
import * as k8s from './kubernetesKinds.ts';

export interface IdentityFacts extends Placement {
  /** Whether it scrapes kubelets and services of other namespaces. */
  readonly wholeCluster: boolean;
  /** Other namespaces whose pods it scrapes. @default none */
  readonly namespaces?: readonly string[];
}

const READ = ['get', 'list', 'watch'];
const DISCOVERY = [
  { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs: READ },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
];
const NODES = [
  { apiGroups: [''], resources: ['nodes'], verbs: READ },
  { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
  { nonResourceURLs: ['/metrics', '/metrics/cadvisor', '/metrics/slis'], verbs: ['get'] },
];

export function prometheusIdentity(
  name: string,
  facts: IdentityFacts,
  options: pulumi.CustomResourceOptions,
): { readonly account: string } {
  const account = 'prometheus';
  new k8s.ServiceAccount(`${name}-account`, { metadata: metadata(facts, account) }, options);
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace: facts.namespace }];
  const apiGroup = 'rbac.authorization.k8s.io';
  if (facts.wholeCluster) {
    // Of the whole cluster, so the name carries the namespace.
    const { labels } = metadata(facts, account);
    const called = { name: `${facts.namespace}-prometheus`, labels };
    new k8s.ClusterRole(`${name}-role`, { metadata: called, rules: [...DISCOVERY, ...NODES] }, options);
    const roleRef = { apiGroup, kind: 'ClusterRole', name: called.name };
    new k8s.ClusterRoleBinding(`${name}-binding`, { metadata: called, roleRef, subjects }, options);
  } else {
    new k8s.Role(`${name}-role`, { metadata: metadata(facts, account), rules: DISCOVERY }, options);
    const roleRef = { apiGroup, kind: 'Role', name: account };
    new k8s.RoleBinding(`${name}-binding`, { metadata: metadata(facts, account), roleRef, subjects }, options);
    // Where nodes run, in a namespace that is somebody else's: the name says whose Prometheus reads there.
    for (const namespace of facts.namespaces ?? []) {
      const called = metadata({ ...facts, namespace }, `${facts.namespace}-prometheus`);
      new k8s.Role(`${name}-${namespace}-role`, { metadata: called, rules: DISCOVERY }, options);
      new k8s.RoleBinding(
        `${name}-${namespace}-binding`,
        { metadata: called, roleRef: { apiGroup, kind: 'Role', name: called.name }, subjects },
        options,
      );
    }
  }
  return { account };
}
