import { MissingProgramError } from './errors.ts';
import { obtain } from './obtain.ts';
import type { Platform } from './platform.ts';
import { findPresent, variableOf } from './present.ts';
import type { ProgramSpec, ProgramTable } from './spec.ts';
import type { Attempt, Origin, Program, ToolProgress } from './types.ts';
import { describeRange } from './version.ts';

/** Everything that a resolver takes from its surroundings. */
export interface Surroundings {
  readonly table: ProgramTable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: Platform;
  readonly cache: string;
  readonly goFolder: string;
  readonly releaseHost: string;
  readonly packagesFrom: string;
}

export interface ResolveManyOptions<N extends string> {
  /** Paths of programs, by name; each counts before its `CHAINWATCH_<PROGRAM>`. */
  readonly explicit?: Readonly<Partial<Record<N, string>>>;
  readonly onProgress?: (progress: ToolProgress<N>) => void;
  /** Aborting ends downloads and builds, leaves nothing half made, and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The ways that may be gone; all of them if not given. */
  readonly allow?: readonly Origin[];
}

/**
 * Resolves programs, each by the first way that works: explicit, package, path, cache, release, build.
 * @throws MissingProgramError that names every program that cannot be had, after all that can be had have been got
 */
export async function resolveIn<N extends string>(
  surroundings: Surroundings,
  names: readonly N[],
  { explicit, onProgress, signal, allow }: ResolveManyOptions<N> = {},
): Promise<ReadonlyMap<N, Program<N>>> {
  signal?.throwIfAborted();
  const { table } = surroundings;
  const allows = (origin: Origin) => allow === undefined || allow.includes(origin);
  const specs = new Map([...new Set(names)].sort().map((name) => [name, specOf(table, name)]));

  const found = new Map<N, Program<N>>();
  const attempts = new Map<N, readonly Attempt[]>();
  const groups = new Map<string, N[]>();
  await Promise.all(
    [...specs].map(async ([name, spec]) => {
      const present = await findPresent({ ...surroundings, name, spec, explicit: explicit?.[name], allows, signal });
      if ('found' in present) found.set(name, { name, ...present.found });
      else attempts.set(name, present.attempts);
    }),
  );
  for (const [name, { family }] of specs) {
    if (found.has(name) || attempts.get(name)?.some(({ origin }) => origin === 'explicit')) continue;
    groups.set(family, [...(groups.get(family) ?? []), name]);
  }

  await Promise.all(
    [...groups].map(async ([family, programs]) => {
      const [program] = programs;
      const report = (step: ToolProgress['step'], detail: string, fraction?: number): void => {
        if (program !== undefined) onProgress?.({ program, step, detail, ...(fraction !== undefined && { fraction }) });
      };
      const got = await obtain({ ...surroundings, family, programs, allows, report, signal });
      for (const name of programs) {
        const path = 'paths' in got ? got.paths[name] : undefined;
        if ('paths' in got && path !== undefined)
          found.set(name, { name, path, version: got.version, origin: got.origin });
        else if ('attempts' in got) attempts.set(name, [...(attempts.get(name) ?? []), ...got.attempts]);
      }
    }),
  );

  const missing = [...specs].flatMap(([name, spec]) => {
    const tried = attempts.get(name) ?? [];
    return found.has(name) ? [] : [{ name, attempts: tried, remedy: remedyFor(name, spec, tried, surroundings) }];
  });
  if (missing.length > 0) throw new MissingProgramError(missing);
  return found;
}

function specOf(table: ProgramTable, name: string): ProgramSpec {
  const spec = table.programs[name];
  if (!spec) throw new Error(`tools/programs.ts: no program ${name}`);
  return spec;
}

function remedyFor(
  name: string,
  spec: ProgramSpec,
  attempts: readonly Attempt[],
  { cache, table }: Surroundings,
): string {
  const variable = variableOf(name);
  if (attempts.some(({ origin }) => origin === 'explicit'))
    return `name a ${name} that runs, or unset ${variable} to let Chainwatch find one.`;
  const reasons = attempts.map(({ reason }) => reason).join('\n');
  if (/ENOSPC|no space left/i.test(reasons))
    return `free some space for ${cache}, or set CHAINWATCH_CACHE to a folder on another disk.`;
  if (/EACCES|EROFS|EPERM/.test(reasons))
    return `make ${cache} writable for you, or set CHAINWATCH_CACHE to a folder that is.`;
  const ways = [`put ${name} (${describeRange(spec.accepts)}) on PATH`, `set ${variable} to its path`];
  if (/go is not on PATH/.test(reasons))
    ways.push('install Go (https://go.dev/dl), with which it is built from source');
  else if (table.families[spec.family]?.release)
    ways.push('let this machine reach the release, or set CHAINWATCH_RELEASES to a mirror of it');
  if (spec.npmFile) ways.unshift('run `npm ci`');
  return `${ways.join(', or ')}.`;
}
