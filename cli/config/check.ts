/** `chainwatch config check`: everything that is wrong with stack files, or what they come to. */
import { ConfigError, type Fault, formatPath } from '../../config/faults.ts';
import type { Known } from '../../model/knowledge.ts';
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
  try {
    return { stack: name, file, summary: summarize(parseStackText(text, name, known), known, io) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      stack: name,
      file,
      faults: error.faults.map((fault) => located(fault, error.message)),
      message: error.message,
    };
  }
}

/** The error says the places only in its message, one fault a line: `  Pulumi.dev.yaml:5:7  <path>: <message>`. */
function located({ path, message }: Fault, text: string): LocatedFault {
  const fault = { path: formatPath(path), message };
  const end = `  ${fault.path === '' ? '' : `${fault.path}: `}${message}`;
  const line = text.split('\n').find((each) => each.endsWith(end));
  const [, row, column] = /:(\d+):(\d+)$/.exec(line?.slice(0, -end.length) ?? '') ?? [];
  return row === undefined ? fault : { ...fault, line: Number(row), column: Number(column) };
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
