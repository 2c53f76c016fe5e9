/** What others have made for a like purpose: a benchmark sets ours beside them. Nothing else needs them. */
import type { FamilySpec, ProgramSpec } from '../spec.ts';

export const families = {
  pushgateway: {
    version: '1.11.1',
    release: {
      repository: 'prometheus/pushgateway',
      tag: 'v1.11.1',
      archive: 'pushgateway-{version}.{os}-{arch}.tar.gz',
      sums: 'sha256sums.txt',
      member: 'pushgateway-{version}.{os}-{arch}/{program}',
    },
    go: {
      module: 'github.com/prometheus/pushgateway',
      moduleVersion: 'v1.11.1',
      stamp: { 'github.com/prometheus/common/version.Version': '1.11.1' },
      coldSeconds: 30,
    },
  },
  // No release: the program in its archives has another name.
  'victoria-metrics': {
    version: '1.122.0',
    go: {
      module: 'github.com/VictoriaMetrics/VictoriaMetrics',
      moduleVersion: 'v1.122.0',
      stamp: { 'github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version': 'victoria-metrics-v1.122.0' },
      coldSeconds: 120,
    },
  },
} as const satisfies Record<string, FamilySpec>;

export const programs = {
  pushgateway: {
    family: 'pushgateway',
    probe: { args: ['--version'], pattern: /, version (\S+) \(/ },
    accepts: { from: '1.4.0', below: '2.0.0' },
    goPackage: 'github.com/prometheus/pushgateway',
  },
  'victoria-metrics': {
    family: 'victoria-metrics',
    probe: { args: ['-version'], pattern: /victoria-metrics\S*-(v\d\S*)/ },
    accepts: { from: '1.90.0', below: '2.0.0' },
    goPackage: 'github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics',
  },
} as const satisfies Record<string, ProgramSpec>;
