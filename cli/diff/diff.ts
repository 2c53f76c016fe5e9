/** `chainwatch diff`: what a change of stack files, rules or code means for who is told of what. */

import { backtestOfPlans, checkHistory, documentOf, type HistoryOptions } from '../backtest/backtest.ts';
import type { Backtest } from '../backtest/run.ts';
import { formatMarkdown as backtestMarkdown, formatText as backtestText } from '../backtest/show.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { readStackText } from '../loadStack.ts';
import { json, paint } from '../output.ts';
import { emptyDocument } from '../plan/document.ts';
import { compare, type Difference, isEmpty } from './compare.ts';
import { commitOf, repositoryOf } from './git.ts';
import { formatMarkdown } from './markdown.ts';
import { bothPlans, type Plans } from './plans.ts';
import { formatText } from './text.ts';
import { view } from './view.ts';

export interface DiffOptions {
  readonly stack: string;
  readonly base: string;
  readonly format: 'text' | 'json' | 'markdown';
  readonly exitCode: boolean;
  /** Whose history is looked at besides. */
  readonly prometheus?: string;
  readonly from: string;
  readonly to: string;
  readonly step?: string;
}

export async function diff(options: DiffOptions, io: Io): Promise<ExitCode> {
  const repository = repositoryOf(io.cwd, io.env);
  const commit = commitOf(options.base, repository, io.env);
  const { prometheus } = options;
  const history = prometheus === undefined ? undefined : { ...options, prometheus };
  if (history) checkHistory(history, io);
  const { before, after, backtest } = await interruptible(async (signal) => {
    const plans = await bothPlans(options, repository, commit, io, signal);
    return { ...plans, backtest: history && (await tried(plans, history, io, signal)) };
  });
  if (!before && !after) readStackText(options.stack, io.cwd);
  const difference = compare(before ?? emptyDocument(after), after ?? emptyDocument(before));
  const notes = [...(before ? [] : ['The stack is new.']), ...(after ? [] : ['The stack is removed.'])];
  show({ difference, notes, backtest }, options, commit, io);
  // The difference stands, whatever became of the history.
  if (backtest instanceof CliError) throw backtest;
  return options.exitCode && !isEmpty(difference) ? exitCodes.failed : exitCodes.ok;
}

/** What history says, or why it says nothing. */
async function tried(
  plans: Plans,
  history: HistoryOptions,
  io: Io,
  signal: AbortSignal,
): Promise<Backtest | CliError | undefined> {
  if (!plans.before && !plans.after) return undefined;
  try {
    return await backtestOfPlans(plans, history, io, signal);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
}

interface Shown {
  readonly difference: Difference;
  readonly notes: readonly string[];
  readonly backtest: Backtest | CliError | undefined;
}

function show(
  { difference, notes, backtest }: Shown,
  { stack, base, format }: DiffOptions,
  commit: string,
  io: Io,
): void {
  const short = commit.slice(0, 10);
  const failed = backtest instanceof CliError;
  if (format === 'json') {
    const tested =
      backtest === undefined ? {} : { backtest: failed ? { error: backtest.message } : documentOf(backtest, { base }) };
    const empty = isEmpty(difference);
    io.out(json({ format: 1, stack, base: { revision: base, commit }, empty, ...difference, ...tested }));
    return;
  }
  const empty = isEmpty(difference) && notes.length === 0;
  if (format === 'markdown') {
    const body = empty ? 'Nothing changes for it.' : formatMarkdown(view(difference));
    const words = backtest && (failed ? `Not possible: ${backtest.message}` : backtestMarkdown(backtest));
    const tested = words === undefined ? [] : [`#### Backtest\n\n${words}`];
    const head = `### Chainwatch: stack \`${stack}\`, \`${short}\` → this change`;
    io.out([head, ...notes, body, ...tested, ''].join('\n\n'));
    return;
  }
  const colours = paint(io);
  if (empty) io.out(`Nothing changes for stack ${stack}: the plan is that of ${base} (${short}).\n`);
  else {
    const head = colours.dim(`Stack ${stack}: ${base} (${short}) → the files here`);
    io.out(`${[head, ...notes, '', formatText(view(difference), colours)].join('\n')}`);
  }
  if (backtest && !failed) io.out(`\n${colours.bold('Backtest')}\n${backtestText(backtest, colours)}`);
}
