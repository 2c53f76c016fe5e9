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
  /** The file of the release that holds the SHA-256 sums, of all archives or of this one, as `sha256sum` prints them. */
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
