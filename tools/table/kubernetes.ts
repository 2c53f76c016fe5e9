/** A Kubernetes control plane as child processes, what pretends its nodes, and what is installed in it. */
import type { FamilySpec, ProgramSpec } from '../spec.ts';

const KUBERNETES = 'v1.36.3';
const version = { gitVersion: KUBERNETES, gitMajor: '1', gitMinor: '36', gitTreeState: 'clean' };
const stampOf = (folder: string) =>
  Object.fromEntries(Object.entries(version).map(([name, value]) => [`${folder}.${name}`, value]));

export const families = {
  etcd: {
    version: '3.6.14',
    release: {
      repository: 'etcd-io/etcd',
      tag: 'v3.6.14',
      archive: 'etcd-v{version}-{os}-{arch}.tar.gz',
      sums: 'SHA256SUMS',
      member: 'etcd-v{version}-{os}-{arch}/{program}',
    },
    go: { module: 'go.etcd.io/etcd/server/v3', moduleVersion: 'v3.6.14', coldSeconds: 60 },
  },
  kube: {
    // No release: its files lie on a host of their own, each with a sum beside it, and not on GitHub.
    version: '1.36.3',
    go: {
      module: 'k8s.io/kubernetes',
      moduleVersion: KUBERNETES,
      stamp: {
        ...stampOf('k8s.io/component-base/version'),
        ...stampOf('k8s.io/client-go/pkg/version'),
        // Of `pause`, which has no module of its own.
        'main.version': KUBERNETES,
      },
      coldSeconds: 400,
    },
  },
  kwok: {
    // No release: single files, without sums.
    version: '0.8.0',
    go: { module: 'sigs.k8s.io/kwok', moduleVersion: 'v0.8.0', coldSeconds: 120 },
  },
  'prometheus-operator': {
    version: '0.93.1',
    go: {
      module: 'github.com/prometheus-operator/prometheus-operator',
      moduleVersion: 'v0.93.1',
      stamp: { 'github.com/prometheus/common/version.Version': '0.93.1' },
      coldSeconds: 180,
    },
  },
  helm: {
    // No release: its archives lie on a host of their own.
    version: '4.3.1',
    go: {
      module: 'helm.sh/helm/v4',
      moduleVersion: 'v4.3.1',
      stamp: { 'helm.sh/helm/v4/internal/version.version': 'v4.3.1' },
      coldSeconds: 240,
    },
  },
} as const satisfies Record<string, FamilySpec>;

const KUBERNETES_PROBE = { args: ['--version'], pattern: /Kubernetes (v\S+)/ } as const;
// The parts of one cluster must not differ by more than a minor version, and some of ours may come from PATH, others from the cache.
const KUBERNETES_RANGE = { from: '1.36.0', below: '1.37.0' } as const;
const KUBERNETES_PART = {
  family: 'kube',
  probe: KUBERNETES_PROBE,
  accepts: KUBERNETES_RANGE,
  goPackage: 'chainwatch/tools/kube',
} as const;

export const programs = {
  etcd: {
    family: 'etcd',
    probe: { args: ['--version'], pattern: /etcd Version: (\S+)/ },
    accepts: { from: '3.6.0', below: '4.0.0' },
    goPackage: 'go.etcd.io/etcd/server/v3',
  },
  'kube-apiserver': KUBERNETES_PART,
  'kube-controller-manager': KUBERNETES_PART,
  'kube-scheduler': KUBERNETES_PART,
  'kube-proxy': KUBERNETES_PART,
  kubelet: KUBERNETES_PART,
  kubectl: {
    ...KUBERNETES_PART,
    probe: { args: ['version', '--client'], pattern: /Client Version: (v\S+)/ },
    // Kubernetes promises one minor version to either side.
    accepts: { from: '1.35.0', below: '1.38.0' },
  },
  pause: {
    family: 'kube',
    probe: { args: ['--version'], pattern: /^pause (v\S+)/ },
    accepts: KUBERNETES_RANGE,
    goPackage: 'chainwatch/tools/kube/pause',
  },
  kwok: {
    family: 'kwok',
    probe: { args: ['--version'], pattern: /version (v\S+)/ },
    accepts: { from: '0.7.0', below: '1.0.0' },
    goPackage: 'sigs.k8s.io/kwok/cmd/kwok',
  },
  'prometheus-operator': {
    family: 'prometheus-operator',
    probe: { args: ['--version'], pattern: /, version (\S+) \(/ },
    // It must know every field of the CRDs, which are those of the pinned version.
    accepts: { from: '0.93.0', below: '0.94.0' },
    goPackage: 'github.com/prometheus-operator/prometheus-operator/cmd/operator',
  },
  'prometheus-config-reloader': {
    family: 'prometheus-operator',
    probe: { args: ['--version'], pattern: /, version (\S+) \(/ },
    // The operator gives it flags of its own version.
    accepts: { from: '0.93.0', below: '0.94.0' },
    goPackage: 'github.com/prometheus-operator/prometheus-operator/cmd/prometheus-config-reloader',
  },
  helm: {
    family: 'helm',
    probe: { args: ['version', '--short'], pattern: /^(v[^\s+]+)/m },
    accepts: { from: '3.14.0', below: '5.0.0' },
    goPackage: 'helm.sh/helm/v4/cmd/helm',
  },
} as const satisfies Record<string, ProgramSpec>;
