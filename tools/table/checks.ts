/** What reads files that others will act on, or that we wrote for others: manifests, workflows, encrypted exports. */
import type { FamilySpec, ProgramSpec } from '../spec.ts';

export const families = {
  kubeconform: {
    version: '0.8.0',
    release: {
      repository: 'yannh/kubeconform',
      tag: 'v0.8.0',
      archive: 'kubeconform-{os}-{arch}.tar.gz',
      sums: 'CHECKSUMS',
      member: '{program}',
    },
    go: {
      module: 'github.com/yannh/kubeconform',
      moduleVersion: 'v0.8.0',
      stamp: { 'main.version': 'v0.8.0' },
      coldSeconds: 20,
    },
  },
  actionlint: {
    version: '1.7.12',
    release: {
      repository: 'rhysd/actionlint',
      tag: 'v1.7.12',
      archive: 'actionlint_{version}_{os}_{arch}.tar.gz',
      sums: 'actionlint_{version}_checksums.txt',
      member: '{program}',
    },
    go: {
      module: 'github.com/rhysd/actionlint',
      moduleVersion: 'v1.7.12',
      stamp: { 'github.com/rhysd/actionlint.version': '1.7.12' },
      coldSeconds: 30,
    },
  },
  // Its releases carry no file of sums.
  age: {
    version: '1.3.2',
    go: {
      module: 'filippo.io/age',
      moduleVersion: 'v1.3.2',
      stamp: { 'main.Version': 'v1.3.2' },
      coldSeconds: 3,
    },
  },
} as const satisfies Record<string, FamilySpec>;

export const programs = {
  kubeconform: {
    family: 'kubeconform',
    probe: { args: ['-v'], pattern: /^(v?\d\S*)/m },
    accepts: { from: '0.6.0', below: '1.0.0' },
    goPackage: 'github.com/yannh/kubeconform/cmd/kubeconform',
  },
  actionlint: {
    family: 'actionlint',
    probe: { args: ['--version'], pattern: /^(v?\d\S*)/m },
    accepts: { from: '1.7.0', below: '2.0.0' },
    goPackage: 'github.com/rhysd/actionlint/cmd/actionlint',
  },
  age: {
    family: 'age',
    probe: { args: ['--version'], pattern: /^(v?\d\S*)/m },
    accepts: { from: '1.1.0', below: '2.0.0' },
    goPackage: 'filippo.io/age/cmd/age',
  },
  'age-keygen': {
    family: 'age',
    probe: { args: ['--version'], pattern: /^(v?\d\S*)/m },
    accepts: { from: '1.1.0', below: '2.0.0' },
    goPackage: 'filippo.io/age/cmd/age-keygen',
  },
} as const satisfies Record<string, ProgramSpec>;
