import type { VersionRange } from './version.ts';

/** How a program tells its version. The pattern's first group is the version. */
export interface VersionProbe {
  readonly args: readonly string[];
  readonly pattern: RegExp;
}

/** One executable. */
export interface ProgramSpec {
  readonly family: string;
  readonly probe: VersionProbe;
  /** What is good enough when the user has it on PATH. Wider than what we pin: a person's own program is rarely the very same. */
  readonly accepts: VersionRange;
  /** The `main` package to build it from; several programs may share one that goes by its own name. */
  readonly goPackage?: string;
  /** The file in an npm package of this clone. `{os}` and `{arch}` are Go's words: linux, darwin; amd64, arm64. */
  readonly npmFile?: { readonly package: string; readonly file: string };
}

/** Programs of one version that come together: one archive, or one build. */
export interface FamilySpec {
  /** What the programs themselves print. */
  readonly version: string;
  readonly release?: ReleaseSpec;
  readonly go?: GoSpec;
}

/** An archive (.tar.gz) of the project's own release. In the texts `{version}`, `{os}`, `{arch}` (Go's words) and `{program}` are filled in. */
export interface ReleaseSpec {
  /** `owner/name` on GitHub. */
  readonly repository: string;
  readonly tag: string;
  readonly archive: string;
  /** The file of the release that holds the archives' SHA-256 sums, as `sha256sum` prints them. */
  readonly sums: string;
  /** The program inside the archive. */
  readonly member: string;
}

/** A build from source. `tools/go/<family>/go.mod` and `go.sum` pin the module and everything that it needs. */
export interface GoSpec {
  readonly module: string;
  readonly moduleVersion: string;
  readonly tags?: readonly string[];
  /** String variables to set (`-X`): a module that is built as a dependency does not know its version. */
  readonly stamp?: Readonly<Record<string, string>>;
  /** With empty caches on two cores, measured: for the word to the user that this takes a while. */
  readonly coldSeconds: number;
}

export interface ProgramTable {
  readonly families: Readonly<Record<string, FamilySpec>>;
  readonly programs: Readonly<Record<string, ProgramSpec>>;
}

const PROMETHEUS_ARCHIVE = '{version}.{os}-{arch}';

/** To add a family: its line here, its programs below, and `tools/go/<family>/` with `go mod tidy` run in it. */
const families = {
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
  geth: {
    // No release: its archives lie outside GitHub and come with PGP signatures only, no sums file.
    version: '1.16.7',
    go: { module: 'github.com/ethereum/go-ethereum', moduleVersion: 'v1.16.7', coldSeconds: 90 },
  },
  anvil: { version: '1.7.1' },
  // Needs its whole folder, not one executable: the user's own.
  grafana: { version: '12.0.0' },
} as const satisfies Record<string, FamilySpec>;

const PROMETHEUS_PROBE = { args: ['--version'], pattern: /, version (\S+) \(/ } as const;
// Within a major version Prometheus keeps its settings and its rule language; 3.5 is the oldest of 3 that had long-term support.
const PROMETHEUS_RANGE = { from: '3.5.0', below: '4.0.0' } as const;
// 0.28 is the first whose server and amtool read UTF-8 matchers alike by default.
const ALERTMANAGER_RANGE = { from: '0.28.0', below: '1.0.0' } as const;

const programs = {
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
  geth: {
    family: 'geth',
    probe: { args: ['--version'], pattern: /geth version (\S+)/ },
    accepts: { from: '1.14.0', below: '2.0.0' },
    goPackage: 'github.com/ethereum/go-ethereum/cmd/geth',
  },
  anvil: {
    family: 'anvil',
    probe: { args: ['--version'], pattern: /anvil (?:Version: )?(\d\S*)/ },
    accepts: { from: '1.0.0', below: '2.0.0' },
    npmFile: { package: '@foundry-rs/anvil-{os}-{arch}', file: 'bin/anvil' },
  },
  grafana: {
    family: 'grafana',
    probe: { args: ['--version'], pattern: /version (\d\S*)/i },
    accepts: { from: '11.0.0', below: '14.0.0' },
  },
} as const satisfies Record<string, ProgramSpec>;

/** The name is that of the executable on PATH. */
export type ProgramName = keyof typeof programs;

export const programTable: ProgramTable = { families, programs };

export const programNames: readonly ProgramName[] = keysOf(programs);

function keysOf<T extends object>(object: T): readonly (keyof T & string)[] {
  const isKey = (key: string): key is keyof T & string => key in object;
  return Object.keys(object).filter(isKey).sort();
}
