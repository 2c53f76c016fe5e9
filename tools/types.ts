import type { ProgramName } from './programs.ts';

/** Where a program was found. `cache`: what an earlier `release` or `build` left; `package`: from an npm package of this clone. */
export type Origin = 'explicit' | 'path' | 'cache' | 'release' | 'build' | 'package';

/** An external program that can be run. */
export interface Program<N extends string = ProgramName> {
  readonly name: N;
  /** Absolute path of the executable. */
  readonly path: string;
  /** As the program itself states it, without a leading `v`, e.g. `3.15.0`. */
  readonly version: string;
  readonly origin: Origin;
}

/** What is being done to get a program; sent often, so whoever shows it decides how often to draw. */
export interface ToolProgress<N extends string = ProgramName> {
  /** The first of those that this step brings: a release or a build brings a whole family. */
  readonly program: N;
  readonly step: 'wait' | 'download' | 'verify' | 'unpack' | 'build';
  /** One line for a person, e.g. `812 of 1515 packages`. */
  readonly detail: string;
  /** Done part of this step, 0 to 1, where it can be known. */
  readonly fraction?: number;
}

/** A way that was tried, and why it did not lead to a program. */
export interface Attempt {
  readonly origin: Origin;
  readonly reason: string;
}
