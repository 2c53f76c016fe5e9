import type { ProgramName } from './programs.ts';
import type { Attempt } from './types.ts';

/** One program that could not be had. */
export interface MissingProgram<N extends string = ProgramName> {
  readonly name: N;
  readonly attempts: readonly Attempt[];
  readonly remedy: string;
}

/** Programs that cannot be had here: every way tried, why it failed, and what the user can do. */
export class MissingProgramError<N extends string = ProgramName> extends Error {
  readonly missing: readonly MissingProgram<N>[];

  constructor(missing: readonly MissingProgram<N>[]) {
    super(missing.map(describe).join('\n'));
    this.name = 'MissingProgramError';
    this.missing = missing;
  }
}

function describe({ name, attempts, remedy }: MissingProgram<string>): string {
  const width = Math.max(...attempts.map(({ origin }) => origin.length));
  const tried = attempts.map(({ origin, reason }) => `  ${origin.padEnd(width)}  ${reason.replaceAll('\n', '\n    ')}`);
  return [`${name} cannot be had on this machine:`, ...tried, `Remedy: ${remedy}`].join('\n');
}
