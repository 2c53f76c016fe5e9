/** The operator as the chart runs it, with what it may do. Pure. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { containerSecurity, podSecurity } from '../../model/kubernetes/security.ts';
import { crdFolder } from '../../tools/index.ts';
import { type KubernetesObject, kubernetesObject } from '../cluster/client.ts';
import { OPERATOR_IMAGE, RELOADER_IMAGE } from './images.ts';

const NAME = 'kube-prometheus-stack-operator';
/** By which the stack's policies know it. */
const LABELS = { 'app.kubernetes.io/name': 'kube-prometheus-stack-prometheus-operator' };
const RBAC = 'rbac.authorization.k8s.io';
const EVERYTHING = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

export async function operatorKinds(): Promise<KubernetesObject[]> {
  const folder = await crdFolder();
  return readdirSync(folder).map((file) => kubernetesObject.parse(parse(readFileSync(join(folder, file), 'utf8'))));
}

export function operatorObjects(namespace: string): KubernetesObject[] {
  const metadata = { name: NAME, namespace };
  const wide = { name: `${NAME}-${namespace}` };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: wide, rules: RULES },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: wide,
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: wide.name },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, labels: LABELS },
      spec: {
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS },
          spec: {
            serviceAccountName: NAME,
            securityContext: podSecurity,
            containers: [
              {
                name: 'operator',
                image: OPERATOR_IMAGE,
                args: [`--prometheus-config-reloader=${RELOADER_IMAGE}`],
                ports: [{ name: 'http', containerPort: 8080 }],
                readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1 },
                resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
                securityContext: containerSecurity(),
              },
            ],
          },
        },
      },
    },
  ];
}

const RULES = [
  { apiGroups: ['monitoring.coreos.com'], resources: ['*'], verbs: EVERYTHING },
  { apiGroups: ['apps'], resources: ['statefulsets', 'daemonsets'], verbs: EVERYTHING },
  {
    apiGroups: [''],
    resources: ['configmaps', 'secrets', 'services', 'services/finalizers', 'endpoints', 'pods'],
    verbs: EVERYTHING,
  },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: EVERYTHING },
  { apiGroups: [''], resources: ['nodes', 'namespaces'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get'] },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: EVERYTHING },
];
