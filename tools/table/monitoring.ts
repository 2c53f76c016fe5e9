/** What watches: Prometheus, Alertmanager, their tools, Grafana. */
import type { FamilySpec, ProgramSpec } from '../spec.ts';

const PROMETHEUS_ARCHIVE = '{version}.{os}-{arch}';

const PROMETHEUS_PROBE = { args: ['--version'], pattern: /, version (\S+) \(/ } as const;
// Within a major version Prometheus keeps its settings and its rule language; 3.5 is the oldest of 3 that had long-term support.
const PROMETHEUS_RANGE = { from: '3.5.0', below: '4.0.0' } as const;
// 0.28 is the first whose server and amtool read UTF-8 matchers alike by default.
const ALERTMANAGER_RANGE = { from: '0.28.0', below: '1.0.0' } as const;

export const families = {
  prometheus: {
    // Module v0.315.0 is release v3.15.0: Go's module rules forbid v3 without a /v3 path.
    version: '3.15.0',
    release: {
      repository: 'prometheus/prometheus',
      tag: 'v3.15.0',
      archive: `prometheus-${PROMETHEUS_ARCHIVE}.tar.gz`,
      sums: 'sha256sums.txt',
      member: `prometheus-${PROMETHEUS_ARCHIVE}/{program}`,
    },
    go: {
      module: 'github.com/prometheus/prometheus',
      moduleVersion: 'v0.315.0',
      stamp: { 'github.com/prometheus/common/version.Version': '3.15.0' },
      coldSeconds: 450,
    },
  },
  alertmanager: {
    version: '0.31.1',
    release: {
      repository: 'prometheus/alertmanager',
      tag: 'v0.31.1',
      archive: `alertmanager-${PROMETHEUS_ARCHIVE}.tar.gz`,
      sums: 'sha256sums.txt',
      member: `alertmanager-${PROMETHEUS_ARCHIVE}/{program}`,
    },
    go: {
      module: 'github.com/prometheus/alertmanager',
      moduleVersion: 'v0.31.1',
      stamp: { 'github.com/prometheus/common/version.Version': '0.31.1' },
      coldSeconds: 60,
    },
  },
  'node-exporter': {
    version: '1.12.1',
    release: {
      repository: 'prometheus/node_exporter',
      tag: 'v1.12.1',
      archive: `node_exporter-${PROMETHEUS_ARCHIVE}.tar.gz`,
      sums: 'sha256sums.txt',
      member: `node_exporter-${PROMETHEUS_ARCHIVE}/{program}`,
    },
    go: {
      module: 'github.com/prometheus/node_exporter',
      moduleVersion: 'v1.12.1',
      stamp: { 'github.com/prometheus/common/version.Version': '1.12.1' },
      coldSeconds: 30,
    },
  },
  // Needs its whole folder, not one executable: the user's own.
  grafana: { version: '12.0.0' },
} as const satisfies Record<string, FamilySpec>;

export const programs = {
  prometheus: {
    family: 'prometheus',
    probe: PROMETHEUS_PROBE,
    accepts: PROMETHEUS_RANGE,
    goPackage: 'github.com/prometheus/prometheus/cmd/prometheus',
  },
  promtool: {
    family: 'prometheus',
    probe: PROMETHEUS_PROBE,
    accepts: PROMETHEUS_RANGE,
    goPackage: 'github.com/prometheus/prometheus/cmd/promtool',
  },
  alertmanager: {
    family: 'alertmanager',
    probe: PROMETHEUS_PROBE,
    accepts: ALERTMANAGER_RANGE,
    goPackage: 'github.com/prometheus/alertmanager/cmd/alertmanager',
  },
  amtool: {
    family: 'alertmanager',
    probe: PROMETHEUS_PROBE,
    accepts: ALERTMANAGER_RANGE,
    goPackage: 'github.com/prometheus/alertmanager/cmd/amtool',
  },
  node_exporter: {
    family: 'node-exporter',
    probe: PROMETHEUS_PROBE,
    accepts: { from: '1.8.0', below: '2.0.0' },
    goPackage: 'github.com/prometheus/node_exporter',
  },
  grafana: {
    family: 'grafana',
    probe: { args: ['--version'], pattern: /version (\d\S*)/i },
    accepts: { from: '11.0.0', below: '14.0.0' },
  },
} as const satisfies Record<string, ProgramSpec>;
