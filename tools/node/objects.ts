/** What is in the cluster from the start: disks for claims, and the name service. Pure. */
import { addresses, NODE } from './settings.ts';

export interface ApiObject {
  /** Where it is created. */
  readonly path: string;
  readonly body: object;
}

export const DNS_IMAGE = 'localhost/chainwatch/coredns:1';
const CLASS = 'node-folder';
const SYSTEM = 'kube-system';
const DNS = { 'k8s-app': 'kube-dns' };

/** @param volumes a folder, in which `0`, `1`, … are the disks */
export function nodeObjects(volumes: string, count: number): ApiObject[] {
  return [
    { path: '/apis/storage.k8s.io/v1/storageclasses', body: storageClass },
    ...Array.from({ length: count }, (_, index) => ({
      path: '/api/v1/persistentvolumes',
      body: disk(index, `${volumes}/${index}`),
    })),
    ...nameService,
  ];
}

const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: CLASS, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kubernetes.io/no-provisioner',
  reclaimPolicy: 'Retain',
  volumeBindingMode: 'WaitForFirstConsumer',
};

/** Of the kind `local` and not `hostPath`: kubelet then gives it to the pod's group, as it does with a real disk. */
function disk(index: number, path: string): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `disk-${index}` },
    spec: {
      capacity: { storage: '1Ti' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: CLASS,
      local: { path },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [NODE] }] },
          ],
        },
      },
    },
  };
}

const COREFILE = `.:53 {
  errors
  ready
  kubernetes cluster.local in-addr.arpa ip6.arpa
  cache 5
}
`;

const named = { name: 'coredns', namespace: SYSTEM };
const nameService: readonly ApiObject[] = [
  {
    path: `/api/v1/namespaces/${SYSTEM}/serviceaccounts`,
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: named },
  },
  {
    path: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    body: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'coredns' },
      rules: [
        { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    },
  },
  {
    path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    body: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'coredns' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'coredns' },
      subjects: [{ kind: 'ServiceAccount', ...named }],
    },
  },
  {
    path: `/api/v1/namespaces/${SYSTEM}/configmaps`,
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: named, data: { Corefile: COREFILE } },
  },
  {
    path: `/api/v1/namespaces/${SYSTEM}/services`,
    body: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: SYSTEM, labels: DNS },
      spec: {
        clusterIP: addresses.dns,
        selector: DNS,
        ports: ['UDP', 'TCP'].map((protocol) => ({ name: protocol.toLowerCase(), port: 53, protocol })),
      },
    },
  },
  {
    path: `/apis/apps/v1/namespaces/${SYSTEM}/deployments`,
    body: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: named,
      spec: {
        selector: { matchLabels: DNS },
        template: {
          metadata: { labels: DNS },
          spec: {
            serviceAccountName: 'coredns',
            // Its own names come from nowhere else.
            dnsPolicy: 'Default',
            containers: [
              {
                name: 'coredns',
                image: DNS_IMAGE,
                imagePullPolicy: 'Never',
                args: ['-conf', '/etc/coredns/Corefile'],
                readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
                },
                volumeMounts: [{ name: 'settings', mountPath: '/etc/coredns', readOnly: true }],
              },
            ],
            volumes: [{ name: 'settings', configMap: { name: 'coredns' } }],
          },
        },
      },
    },
  },
];
