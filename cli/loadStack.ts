/** From a stack's name to what it says, and to the plan that follows. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chains } from '../chains/index.ts';
import { nearest } from '../config/faults.ts';
import { readStackFile } from '../config/file.ts';
import { parseStack } from '../config/parse.ts';
import type { Stack } from '../config/stack.ts';
import { type Known, makeKnown } from '../model/knowledge.ts';
import { makePlan, type Plan } from '../model/plan/plan.ts';
import { loadPackFiles } from '../rules/load.ts';
import { COMMAND } from './commandName.ts';
import { CliError } from './errors.ts';

export interface LoadedStack {
  readonly stack: Stack;
  readonly known: Known;
  /** `Pulumi.dev.yaml` */
  readonly file: string;
}

export interface LoadedPlan extends LoadedStack {
  readonly plan: Plan;
}

export function stackFileName(name: string): string {
  return `Pulumi.${name}.yaml`;
}

/** The names of the stacks that have a file in a folder, sorted. */
export function stackNames(folder: string): string[] {
  return readdirSync(folder)
    .flatMap((entry) => /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/.exec(entry)?.[1] ?? [])
    .sort();
}

/** @throws CliError where there is no such stack, naming those that there are */
export function readStackText(name: string, folder: string): string {
  const file = stackFileName(name);
  if (!/^[A-Za-z0-9_.-]+$/.test(name)) throw new CliError(`"${name}" is not the name of a stack: it stands in ${file}`);
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw noSuchStack(name, folder);
  }
}

function noSuchStack(name: string, folder: string): CliError {
  const known = stackNames(folder);
  if (known.length === 0) {
    const remedy = `change to the folder that holds your stack files, or make one: ${COMMAND} init`;
    return new CliError(`there is no stack file (Pulumi.<stack>.yaml) in ${folder}`, { remedy });
  }
  const near = nearest(name, known);
  const help = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`;
  const remedy = `choose one of ${known.join(', ')}, or make it: ${COMMAND} init --stack ${name}`;
  return new CliError(`there is no ${stackFileName(name)} in ${folder}; ${help}`, { remedy });
}

let shipped: Known | undefined;

/** What the program knows of chains and rules. It comes with the program, so it is read once. @throws RuleFileError */
export function loadKnown(): Known {
  shipped ??= makeKnown(chains, loadPackFiles());
  return shipped;
}

/** @throws ConfigError with all faults */
export function parseStackText(text: string, name: string, known: Known): Stack {
  const file = stackFileName(name);
  const { config, locate } = readStackFile(text, file);
  return parseStack(config, { environment: name, knowledge: known.forConfig, file, locate });
}

/** @throws CliError, ConfigError, RuleFileError */
export function loadStack(name: string, folder: string): LoadedStack {
  const text = readStackText(name, folder);
  const known = loadKnown();
  return { stack: parseStackText(text, name, known), known, file: stackFileName(name) };
}

/** @throws CliError, ConfigError, RuleFileError */
export function loadPlan(name: string, folder: string): LoadedPlan {
  const loaded = loadStack(name, folder);
  return { ...loaded, plan: makePlan(loaded.stack, loaded.known) };
}

/** The plan in the time of the chain, as a person reads and tunes it: what `timeScale` makes of it is for the programs that run. */
export function uncompressed({ stack, known }: LoadedStack): Plan {
  return makePlan({ ...stack, prometheus: { ...stack.prometheus, timeScale: 1 } }, known);
}
