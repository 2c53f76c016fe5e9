/** What the aggregator's replicas share: the log that each of them reads. */
import type { FamilySpec, ProgramSpec } from '../spec.ts';

export const families = {
  nats: {
    version: '2.15.2',
    release: {
      repository: 'nats-io/nats-server',
      tag: 'v2.15.2',
      archive: 'nats-server-v{version}-{os}-{arch}.tar.gz',
      sums: 'SHA256SUMS',
      member: 'nats-server-v{version}-{os}-{arch}/{program}',
    },
    go: { module: 'github.com/nats-io/nats-server/v2', moduleVersion: 'v2.15.2', coldSeconds: 40 },
  },
} as const satisfies Record<string, FamilySpec>;

export const programs = {
  'nats-server': {
    family: 'nats',
    probe: { args: ['--version'], pattern: /nats-server: (v\S+)/ },
    // 2.10 is the first that can sync each write (`sync_interval: always`).
    accepts: { from: '2.10.0', below: '3.0.0' },
    goPackage: 'github.com/nats-io/nats-server/v2',
  },
} as const satisfies Record<string, ProgramSpec>;
