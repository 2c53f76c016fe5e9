/** `chainwatch config check`: everything that is wrong with stack files, or what they come to. */
import { ConfigError, type Fault, formatPath, type Locate } from '../../config/faults.ts';
import { readStackFile } from '../../config/file.ts';
import type { Known } from '../../model/knowledge.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { loadKnown, parseConfig, readStackText, stackFileName, stackNames } from '../loadStack.ts';
import { json, type Paint, paint } from '../output.ts';
import { formatSummary, type StackSummary, summarize } from './summary.ts';

export interface CheckOptions {
  readonly stack?: string;
  readonly all: boolean;
  readonly json: boolean;
}

interface LocatedFault {
  readonly path: string;
  readonly message: string;
  /** Counted from 1; absent where the fault has no place in the file. */
  readonly line?: number;
  readonly column?: number;
}

type Outcome = { readonly stack: string; readonly file: string } & (
  | { readonly summary: StackSummary }
  | { readonly faults: readonly LocatedFault[]; readonly message: string }
);

/** @returns `usage` where any file has a fault */
export async function checkConfig(options: CheckOptions, io: Io): Promise<ExitCode> {
  if (options.all && options.stack !== undefined) throw new CliError('give --stack or --all, not both');
  const names = options.stack === undefined ? stackNames(io.cwd) : [options.stack];
  if (names.length === 0) {
    const remedy = 'change to the folder that holds your stack files, or make one: chainwatch init';
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
  let locate: Locate | undefined;
  try {
    const source = readStackFile(text, file);
    locate = source.locate;
    return { stack: name, file, summary: summarize(parseConfig(source, name, known), known, io) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const faults = error.faults.map((fault) => located(fault, locate));
    return { stack: name, file, faults, message: error.message };
  }
}

/** Where the text is no YAML at all, the line is all there is. */
function located({ path, message }: Fault, locate: Locate | undefined): LocatedFault {
  const line = /^line (\d+)$/.exec(String(path[0]))?.[1];
  return { path: formatPath(path), message, ...(line === undefined ? locate?.(path) : { line: Number(line) }) };
}

function withoutText(outcome: Outcome): unknown {
  const { stack, file } = outcome;
  return 'summary' in outcome
    ? { stack, file, ok: true, ...outcome.summary }
    : { stack, file, ok: false, faults: outcome.faults };
}

function show(outcome: Outcome, { green, red }: Paint, io: Io): void {
  if ('summary' in outcome) io.out(`${green('ok')} ${outcome.file}\n${formatSummary(outcome.summary)}`);
  else io.out(`${red('✗')} ${outcome.message}\n`);
}
