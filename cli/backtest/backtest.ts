/** `chainwatch backtest`: how often each rule would have fired over recorded history, before and after a change. */

import { together } from '../../model/backtest/outcome.ts';
import type { Side } from '../../model/backtest/rules.ts';
import { commitOf, repositoryOf } from '../diff/git.ts';
import { bothPlans, type Plans } from '../diff/plans.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { loadStack, readStackText, uncompressed } from '../loadStack.ts';
import { iso } from '../moment.ts';
import { json, paint } from '../output.ts';
import { emptyDocument, makeDocument } from '../plan/document.ts';
import { progressOn } from '../progress.ts';
import { prometheusAt } from './prometheus.ts';
import { type Backtest, backtest } from './run.ts';
import { formatMarkdown, formatText } from './show.ts';
import { sideOf, sideOfFile } from './sides.ts';
import { stackFor } from './stack.ts';
import { stepOf, stretchOf } from './times.ts';

export interface HistoryOptions {
  readonly prometheus: string;
  readonly from: string;
  readonly to: string;
  readonly step?: string;
  readonly jobs?: number;
  readonly maxQueries?: number;
}

/** Prometheus answers twenty at a time, and has rules of its own to evaluate. */
const JOBS = 4;
const MOST_QUERIES = 2000;

export interface BacktestOptions extends HistoryOptions {
  /** The first that runs in real time where it is absent. */
  readonly stack?: string;
  readonly base: string;
  readonly all: boolean;
  readonly alert?: string;
  readonly json: boolean;
  readonly markdown: boolean;
}

export async function runBacktest(asked: BacktestOptions, io: Io): Promise<ExitCode> {
  checkHistory(asked, io);
  const options = { ...asked, stack: stackFor(asked.stack, io.cwd) };
  if (asked.stack === undefined)
    io.err(`${paint(io).dim(`stack ${options.stack}, the first that runs in real time; --stack names another`)}\n`);
  const result = await interruptible(async (signal) => {
    const { before, after } = await sidesOf(options, io, signal);
    return backtestOf(before, after, { ...options, ...historyOf(options, io, signal) }, io, signal);
  });
  if (options.json) io.out(json(documentOf(result, options)));
  else if (options.markdown)
    io.out(
      `### Backtest: stack \`${options.stack}\`, \`${options.base}\` → this change\n\n${formatMarkdown(result)}\n`,
    );
  else io.out(formatText(result, paint(io)));
  return exitCodes.ok;
}

/** What is wrong with the call is told before plans are made. @throws CliError */
export function checkHistory(options: HistoryOptions, io: Io): void {
  historyOf(options, io, new AbortController().signal);
}

/** The stretch and step that were asked for. @throws CliError for what makes no sense */
function historyOf({ from, to, step, prometheus }: HistoryOptions, { env }: Io, signal: AbortSignal) {
  const now = Date.now() / 1000;
  prometheusAt(prometheus, env, signal);
  return { stretch: stretchOf(from, to, now), seconds: step === undefined ? undefined : stepOf(step), now };
}

type Named = BacktestOptions & { readonly stack: string };

interface Sides {
  readonly before: Side;
  readonly after: Side;
}

async function sidesOf({ base, stack }: Named, io: Io, signal: AbortSignal): Promise<Sides> {
  const head = () => {
    const loaded = loadStack(stack, io.cwd);
    return sideOf(makeDocument(uncompressed(loaded), loaded.stack.prometheus.timeScale));
  };
  const file = sideOfFile(base, io.cwd, stack, head);
  if (file) return { before: file, after: head() };
  readStackText(stack, io.cwd);
  const repository = repositoryOf(io.cwd, io.env);
  const commit = commitOf(base, repository, io.env);
  return sidesOfPlans(await bothPlans({ stack, base }, repository, commit, io, signal));
}

function sidesOfPlans({ before, after }: Plans): Sides {
  return { before: sideOf(before ?? emptyDocument(after)), after: sideOf(after ?? emptyDocument(before)) };
}

/** The same for two plans that are there already. */
export function backtestOfPlans(plans: Plans, options: HistoryOptions, io: Io, signal: AbortSignal): Promise<Backtest> {
  const { before, after } = sidesOfPlans(plans);
  return backtestOf(before, after, { ...options, ...historyOf(options, io, signal), all: false }, io, signal);
}

type Ready = HistoryOptions & ReturnType<typeof historyOf> & Pick<BacktestOptions, 'all' | 'alert'>;

async function backtestOf(before: Side, after: Side, ready: Ready, io: Io, signal: AbortSignal): Promise<Backtest> {
  const { all, alert, jobs = JOBS, maxQueries = MOST_QUERIES, stretch, seconds, now } = ready;
  const progress = progressOn(io);
  try {
    return await backtest(before, after, {
      ...{ ...stretch, step: seconds, all, alert, jobs, maxQueries, now },
      prometheus: prometheusAt(ready.prometheus, io.env, signal),
      onProgress: progress.show,
    });
  } finally {
    progress.clear();
  }
}

export function documentOf(result: Backtest, { base }: { readonly base: string }) {
  const { from, to, since, rows, ...rest } = result;
  const total = (side: 'before' | 'after') => together(rows.flatMap((row) => row[side] ?? []));
  return {
    format: 1,
    base,
    ...rest,
    from: iso(from),
    to: iso(to),
    since: iso(since),
    totals: { before: total('before'), after: total('after') },
    rules: rows.map(({ before = null, after = null, ...row }) => ({ ...row, before, after })),
  };
}
