/** `chainwatch config check`: everything that is wrong with stack files, or what they come to. */

import { warningsOf } from '../../config/check/warnings.ts';
import { ConfigError, formatFault, formatPath, type LocatedFault, locateFaults } from '../../config/faults.ts';
import { readStackFile } from '../../config/file.ts';
import type { Known } from '../../model/knowledge.ts';
import { COMMAND } from '../commandName.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { loadKnown, parseStackText, readStackText, stackFileName, stackNames } from '../loadStack.ts';
import { json, type Paint, paint } from '../output.ts';
import { formatSummary, type StackSummary, summarize } from './summary.ts';

export interface CheckOptions {
  readonly stack?: string;
  readonly all: boolean;
  readonly json: boolean;
}

type Outcome = { readonly stack: string; readonly file: string } & (
  | { readonly summary: StackSummary; readonly warnings: readonly LocatedFault[] }
  | { readonly faults: readonly LocatedFault[]; readonly message: string }
);

/** @returns `usage` where any file has a fault */
export async function checkConfig(options: CheckOptions, io: Io): Promise<ExitCode> {
  if (options.all && options.stack !== undefined) throw new CliError('give --stack or --all, not both');
  const names = options.stack === undefined ? stackNames(io.cwd) : [options.stack];
  if (names.length === 0) {
    const remedy = `change to the folder that holds your stack files, or make one: ${COMMAND} init`;
    throw new CliError(`there is no stack file (Pulumi.<stack>.yaml) in ${io.cwd}`, { remedy });
  }
  const known = loadKnown();
  const outcomes = names.map((name) => check(name, known, io));
  const ok = outcomes.every((outcome) => 'summary' in outcome);
  if (options.json) io.out(json({ ok, stacks: outcomes.map(withoutText) }));
  else for (const outcome of outcomes) show(outcome, paint(io), io);
  return ok ? exitCodes.ok : exitCodes.usage;
}

function check(name: string, known: Known, io: Io): Outcome {
  const file = stackFileName(name);
  const text = readStackText(name, io.cwd);
  try {
    const stack = parseStackText(text, name, known);
    const warnings = locateFaults(warningsOf(stack, known.forConfig), readStackFile(text, file).locate);
    return { stack: name, file, summary: summarize(stack, known, io), warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { stack: name, file, faults: error.faults, message: error.message };
  }
}

function withoutText(outcome: Outcome): unknown {
  const { stack, file } = outcome;
  const plain = (faults: readonly LocatedFault[]) =>
    faults.map(({ path, ...fault }) => ({ path: formatPath(path), ...fault }));
  return 'summary' in outcome
    ? { stack, file, ok: true, ...outcome.summary, warnings: plain(outcome.warnings) }
    : { stack, file, ok: false, faults: plain(outcome.faults) };
}

function show(outcome: Outcome, { green, red, yellow }: Paint, io: Io): void {
  if (!('summary' in outcome)) {
    io.out(`${red('✗')} ${outcome.message}\n`);
    return;
  }
  io.out(`${green('ok')} ${outcome.file}\n${formatSummary(outcome.summary)}`);
  for (const warning of outcome.warnings) io.out(`${yellow('warning')}: ${formatFault(warning, outcome.file)}\n`);
}
