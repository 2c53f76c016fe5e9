import { MissingProgramError } from './errors.ts';
import type { ProgramName } from './programs.ts';
import { type ResolveManyOptions, resolveIn } from './resolver.ts';
import { surroundings } from './surroundings.ts';
import type { Program } from './types.ts';

export {
  crdFolder,
  type DataOptions,
  kubernetesVersions,
  kwokStages,
  MissingDataError,
  schemaLocations,
} from './data.ts';
export { MissingProgramError } from './errors.ts';
export { type ProgramName, programNames } from './programs.ts';
export { describeProgress } from './report.ts';
export type { Attempt, Origin, Program, ToolProgress } from './types.ts';

export type ResolveProgramsOptions = ResolveManyOptions<ProgramName>;

export interface ResolveOptions extends Omit<ResolveProgramsOptions, 'explicit'> {
  /** The path of the program; counts before `CHAINWATCH_<PROGRAM>`. */
  readonly explicit?: string;
}

/**
 * An external program at a version that fits, by the first way that works: the one named by `explicit` or `CHAINWATCH_<PROGRAM>`, the one in
 * this clone's packages, on PATH, in the cache, from the official release (checked against its own sums), or built from pinned source.
 * The first time may take minutes; show `onProgress`.
 * @throws MissingProgramError with every way tried and the remedy; the signal's reason when aborted
 */
export async function resolveProgram<N extends ProgramName>(
  name: N,
  { explicit, ...options }: ResolveOptions = {},
): Promise<Program<N>> {
  const named: Partial<Record<ProgramName, string>> = explicit === undefined ? {} : { [name]: explicit };
  const programs = await resolvePrograms([name], { ...options, explicit: named });
  return programs[name];
}

/**
 * Several at once: programs of one family are got together, families beside each other (builds one after another).
 * @throws MissingProgramError that names all that cannot be had
 */
export async function resolvePrograms<N extends ProgramName>(
  names: readonly N[],
  options: ResolveProgramsOptions = {},
): Promise<Readonly<Record<N, Program<N>>>> {
  const found = await resolveIn<N>(surroundings(), names, options);
  const programs: Partial<Record<N, Program<N>>> = {};
  for (const name of names) {
    const program = found.get(name);
    if (program) programs[name] = program;
  }
  if (!hasAll(programs, names)) throw new Error('a program was neither found nor reported as missing');
  return programs;
}

/**
 * The same without downloading or building: for what is welcome but not needed.
 * @returns undefined where there is none
 * @throws MissingProgramError when the user has named one that does not run: that is a mistake, not an absence
 */
export async function locateProgram<N extends ProgramName>(
  name: N,
  options: Omit<ResolveOptions, 'allow' | 'onProgress'> = {},
): Promise<Program<N> | undefined> {
  try {
    return await resolveProgram(name, { ...options, allow: ['explicit', 'package', 'path', 'cache'] });
  } catch (error) {
    if (!(error instanceof MissingProgramError)) throw error;
    if (error.missing.some(({ attempts }) => attempts.some(({ origin }) => origin === 'explicit'))) throw error;
    return undefined;
  }
}

function hasAll<N extends string, T>(record: Partial<Record<N, T>>, names: readonly N[]): record is Record<N, T> {
  return names.every((name) => record[name] !== undefined);
}
