/** What a real node needs besides kubelet and kube-proxy: a container runtime and a name service. */
import type { FamilySpec, ProgramSpec } from '../spec.ts';

export const families = {
  containerd: {
    version: '2.4.2',
    release: {
      repository: 'containerd/containerd',
      tag: 'v2.4.2',
      archive: 'containerd-static-{version}-{os}-{arch}.tar.gz',
      sums: 'containerd-static-{version}-{os}-{arch}.tar.gz.sha256sum',
      member: 'bin/{program}',
    },
    go: {
      module: 'github.com/containerd/containerd/v2',
      moduleVersion: 'v2.4.2',
      // Storage drivers that need C libraries or volumes of their own.
      tags: ['no_btrfs', 'no_zfs', 'no_devmapper'],
      stamp: { 'github.com/containerd/containerd/v2/version.Version': '2.4.2' },
      coldSeconds: 120,
    },
  },
  coredns: {
    version: '1.15.0',
    release: {
      repository: 'coredns/coredns',
      tag: 'v1.15.0',
      archive: 'coredns_{version}_{os}_{arch}.tgz',
      sums: 'coredns_{version}_{os}_{arch}.tgz.sha256',
      member: '{program}',
    },
    go: { module: 'github.com/coredns/coredns', moduleVersion: 'v1.15.0', coldSeconds: 200 },
  },
} as const satisfies Record<string, FamilySpec>;

const CONTAINERD_PROBE = { args: ['--version'], pattern: /containerd\/v2 v?(\d\S*)/ } as const;
// 2.0 is the first with version 3 of the configuration file, which ours is.
const CONTAINERD_RANGE = { from: '2.0.0', below: '3.0.0' } as const;

export const programs = {
  containerd: {
    family: 'containerd',
    probe: CONTAINERD_PROBE,
    accepts: CONTAINERD_RANGE,
    goPackage: 'github.com/containerd/containerd/v2/cmd/containerd',
  },
  'containerd-shim-runc-v2': {
    family: 'containerd',
    probe: { args: ['-v'], pattern: /Version:\s+v?(\d\S*)/ },
    accepts: CONTAINERD_RANGE,
    goPackage: 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2',
  },
  ctr: {
    family: 'containerd',
    probe: CONTAINERD_PROBE,
    accepts: CONTAINERD_RANGE,
    goPackage: 'github.com/containerd/containerd/v2/cmd/ctr',
  },
  coredns: {
    family: 'coredns',
    probe: { args: ['-version'], pattern: /CoreDNS-(\d\S*)/ },
    accepts: { from: '1.11.0', below: '2.0.0' },
    goPackage: 'github.com/coredns/coredns',
  },
} as const satisfies Record<string, ProgramSpec>;
