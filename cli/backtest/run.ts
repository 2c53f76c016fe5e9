/** Both sides' rules over recorded history. */
import { NOTHING, type Outcome, outcomeOf } from '../../model/backtest/outcome.ts';
import { type Change, type Side, type Trial, trialsOf } from '../../model/backtest/rules.ts';
import { CliError } from '../errors.ts';
import { parallel } from '../rules/promtool.ts';
import { dataSince, isSteady, seen, selectorTexts } from './coverage.ts';
import { chunksOf, firingOf, type ValuedSeries, valuesOf } from './evaluate.ts';
import { type Prometheus, RefusedQuery } from './prometheus.ts';
import type { Stretch } from './times.ts';
import { type Attempt, aheadOf, attemptOf, recordedFor } from './trial.ts';

export interface Asked extends Stretch {
  readonly prometheus: Prometheus;
  /** Seconds; the interval of each rule where absent. */
  readonly step: number | undefined;
  /** Also rules that are what they were. */
  readonly all: boolean;
  /** Only this alert. */
  readonly alert: string | undefined;
  readonly jobs: number;
  readonly maxQueries: number;
  /** Seconds since 1970. */
  readonly now: number;
  readonly onProgress: (what: string) => void;
}

/** A rule of a network, on both sides. */
export interface Row {
  readonly alert: string;
  /** The network, or `system`; empty where the series of a plain rule have none. */
  readonly network: string;
  /** Whose rule it is: a chain, or `system`; empty for a rule of a plain file that does not say. */
  readonly chain: string;
  readonly severity: string;
  readonly change: Change;
  /** Absent where the side has no such rule, or it cannot be told. */
  readonly before?: Outcome;
  readonly after?: Outcome;
  /** Why it cannot be told, by side. */
  readonly reasons: readonly string[];
  /** Selectors that find nothing at all in this stretch. */
  readonly unseen: readonly string[];
  /** Whether all of them do. */
  readonly blind: boolean;
}

export interface Backtest extends Stretch {
  readonly url: string;
  /** Where data begin; that of the stretch where they were there before. */
  readonly since: number;
  /** How many rules were tried, and how many were left out because they are what they were. */
  readonly tried: number;
  readonly untouched: number;
  readonly queries: number;
  readonly rows: readonly Row[];
}

/** @throws CliError where Prometheus does not answer, has no data, or would be asked too much */
export async function backtest(before: Side, after: Side, asked: Asked): Promise<Backtest> {
  const { prometheus, from, to, all, alert, jobs, onProgress } = asked;
  const known = trialsOf(before, after).filter((trial) => alert === undefined || trial.alert === alert);
  if (alert !== undefined && known.length === 0)
    throw new CliError(`neither side has an alert ${alert}`, { remedy: 'npx chainwatch rules list names them' });
  const trials = known.filter(({ change }) => all || alert !== undefined || change !== 'same');
  const counts = { tried: trials.length, untouched: known.length - trials.length };
  const empty = { url: prometheus.url, from, to, since: from, queries: 0, rows: [], ...counts };
  if (trials.length === 0) return empty;

  const stretch = { from, to };
  const rules = trials.flatMap((trial) => [...trial.before, ...trial.after]);
  const some = [...new Set(rules.flatMap(({ expr }) => selectorTexts(expr)))];
  const since = await dataSince(prometheus, stretch, some, asked.now);

  const recorded = [...recordedFor(trials, before, after)];
  const steady = await parallel(
    recorded,
    async ([name, selector]) => ((await isSteady(prometheus, selector, { from: since, to })) ? name : ''),
    jobs,
  );
  const circumstances = { from, to, step: asked.step, present: new Set(steady) };
  const attempts = trials.map((trial) => ({
    trial,
    before: trial.before.map((rule) => attemptOf(rule, before, aheadOf(trial), circumstances)),
    after: trial.after.map((rule) => attemptOf(rule, after, aheadOf(trial), circumstances)),
  }));

  const values = await askAll(
    attempts.flatMap((each) => [...each.before, ...each.after]),
    asked,
  );
  const unseen = await unseenAmong(
    attempts.flatMap((each) => each.after),
    asked,
  );
  onProgress('');
  const rows = attempts.flatMap((each) => rowsOf(each, values, unseen)).sort(byNoise);
  return { ...empty, since, queries: values.queries, rows };
}

interface Answers {
  readonly queries: number;
  readonly series: (attempt: Attempt) => readonly ValuedSeries[] | string;
}

/** Each question once: where only `for` differs, both sides ask the same. */
async function askAll(attempts: readonly Attempt[], asked: Asked): Promise<Answers> {
  const { prometheus, jobs, maxQueries, onProgress } = asked;
  const unique = new Map<string, Attempt>();
  for (const attempt of attempts) if (attempt.expr !== undefined) unique.set(keyOf(attempt), attempt);
  const queries = [...unique.values()].reduce((sum, { grid }) => sum + chunksOf(grid).length, 0);
  if (queries > maxQueries)
    throw new CliError(
      `this would take ${queries} queries of up to 11,000 points each; the most is ${maxQueries} (--max-queries)`,
      { remedy: 'choose a later --from, a longer --step, one --alert, or raise --max-queries' },
    );
  let done = 0;
  const said = () => onProgress(`asking ${prometheus.url}: ${done} of ${queries} queries`);
  const onAsked = () => {
    done += 1;
    said();
  };
  said();
  const answers = new Map(
    await parallel(
      [...unique],
      async ([key, { expr = '', grid }]): Promise<[string, readonly ValuedSeries[] | string]> => {
        try {
          return [key, await valuesOf(prometheus, expr, grid, onAsked)];
        } catch (error) {
          if (!(error instanceof RefusedQuery)) throw error;
          return [key, `Prometheus cannot evaluate it: ${error.message}`];
        }
      },
      jobs,
    ),
  );
  return { queries, series: (attempt) => attempt.reason ?? answers.get(keyOf(attempt)) ?? [] };
}

function keyOf({ expr = '', grid }: Attempt): string {
  return JSON.stringify([expr, grid]);
}

/** Those of the selectors that are asked which find nothing. */
async function unseenAmong(attempts: readonly Attempt[], { prometheus, from, to, jobs }: Asked): Promise<Set<string>> {
  const selectors = [...new Set(attempts.flatMap(({ expr }) => (expr === undefined ? [] : selectorTexts(expr))))];
  const found = await parallel(
    selectors,
    async (selector) => ((await seen(prometheus, selector, { from, to })).length === 0 ? selector : ''),
    jobs,
  );
  return new Set(found.filter((selector) => selector !== ''));
}

interface Tried {
  readonly trial: Trial;
  readonly before: readonly Attempt[];
  readonly after: readonly Attempt[];
}

function rowsOf({ trial, before, after }: Tried, answers: Answers, unseen: ReadonlySet<string>): Row[] {
  const sides = [before, after].map((attempts) => sideRows(attempts, answers));
  const networks = [...new Set(sides.flatMap((side) => [...side.outcomes.keys(), ...side.reasons.keys()]))];
  const reads = after.flatMap(({ expr }) => (expr === undefined ? [] : selectorTexts(expr)));
  const missing = reads.filter((selector) => unseen.has(selector));
  const { severity = '', labels } = trial.after[0] ?? trial.before[0] ?? {};
  const chain = labels?.chain ?? '';
  return (networks.length === 0 ? [''] : networks).map((network) => {
    const [was, is] = sides.map((side, index) => {
      if ((index === 0 ? before : after).length === 0 || side.reasons.size > 0) return undefined;
      return side.outcomes.get(network) ?? NOTHING;
    });
    const reasons = [...new Set(sides.flatMap((side) => side.reasons.get(network) ?? []))];
    return {
      ...{ alert: trial.alert, network, chain, severity, change: trial.change, reasons },
      ...(was ? { before: was } : {}),
      ...(is ? { after: is } : {}),
      unseen: missing,
      blind: reads.length > 0 && missing.length === reads.length,
    };
  });
}

/** A rule with an owner is about that; of another, the series say what they are about. */
function sideRows(attempts: readonly Attempt[], answers: Answers) {
  const firing = new Map<string, { attempt: Attempt; series: ValuedSeries[] }>();
  const reasons = new Map<string, string>();
  for (const attempt of attempts) {
    const { rule, grid } = attempt;
    const found = answers.series(attempt);
    if (typeof found === 'string') {
      reasons.set(rule.owner ?? '', found);
      continue;
    }
    const alerts = firingOf(found, rule, grid);
    if (rule.owner !== undefined && !firing.has(rule.owner)) firing.set(rule.owner, { attempt, series: [] });
    for (const alert of alerts) {
      const network = rule.owner ?? alert.labels.network ?? '';
      const known = firing.get(network) ?? { attempt, series: [] };
      firing.set(network, known);
      known.series.push(alert);
    }
  }
  const outcomes = new Map(
    [...firing].map(([network, { attempt, series }]): [string, Outcome] => [
      network,
      outcomeOf(
        series.map(({ runs }) => runs),
        attempt.grid.first,
        attempt.grid.step,
      ),
    ]),
  );
  return { outcomes, reasons };
}

/** New noise first; what cannot be told last. */
function byNoise(a: Row, b: Row): number {
  const unknown = (row: Row) => (row.reasons.length > 0 ? 1 : 0);
  const more = (row: Row, what: 'fired' | 'seconds') => (row.after?.[what] ?? 0) - (row.before?.[what] ?? 0);
  const name = (row: Row) => `${row.alert} ${row.network}`;
  return (
    unknown(a) - unknown(b) ||
    more(b, 'fired') - more(a, 'fired') ||
    more(b, 'seconds') - more(a, 'seconds') ||
    (name(a) < name(b) ? -1 : 1)
  );
}
