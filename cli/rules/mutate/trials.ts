/** Trying mutants: many in one run of promtool, several runs at a time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDuration } from '../../../config/duration.ts';
import { alone, besideEachOther, type JobFiles, RULES_FILE, type Trial } from '../../../model/mutation/job.ts';
import type { Mutant } from '../../../model/mutation/mutants.ts';
import {
  alertsIn,
  expectedAmongAll,
  looksAt,
  readersOf,
  type Suite,
  type SuiteTest,
} from '../../../model/mutation/suite.ts';
import { readVerdict } from '../../../model/mutation/verdict.ts';
import { type Ran, run } from '../../child.ts';
import { COMMAND } from '../../commandName.ts';
import { CliError } from '../../errors.ts';
import { exitCodes } from '../../exitCodes.ts';
import { complaint, parallel } from '../promtool.ts';

export interface Surroundings {
  readonly promtool: string;
  /** For what is written; whoever made it removes it. */
  readonly folder: string;
  /** How many programs at a time. */
  readonly jobs: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onProgress: (what: string) => void;
}

export interface Outcome {
  readonly caught: ReadonlySet<Mutant>;
  /** Prometheus does not load them. */
  readonly refused: ReadonlySet<Mutant>;
}

/** So many in one run: a program's start is shared, and one that stops a run is found soon. */
const BESIDE = 120;

/** @throws CliError where the tests fail on the pack as it is */
export async function tryMutants(suite: Suite, mutants: readonly Mutant[], around: Surroundings): Promise<Outcome> {
  const found = { caught: new Set<Mutant>(), refused: new Set<Mutant>() };
  const together = mutants.filter((mutant) => !seesOthers(mutant));
  await tryTogether(suite, together, around, found);
  await tryAlone(suite, undecided(mutants, found), around, found);
  return found;
}

/** Several at a time. What one finds wrong the others need not find too. */
async function eachOf<Item>(
  items: readonly Item[],
  around: Surroundings,
  work: (item: Item, around: Surroundings) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const stoppable = { ...around, signal: AbortSignal.any([around.signal, failed.signal]) };
  const one = (item: Item) =>
    work(item, stoppable).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    });
  await parallel(items, one, around.jobs);
}

function undecided(mutants: readonly Mutant[], { caught, refused }: Outcome): Mutant[] {
  return mutants.filter((mutant) => !caught.has(mutant) && !refused.has(mutant));
}

interface Found {
  readonly caught: Set<Mutant>;
  readonly refused: Set<Mutant>;
}

function seesOthers({ rule }: Mutant): boolean {
  return alertsIn(rule.expr).open;
}

async function tryTogether(
  suite: Suite,
  mutants: readonly Mutant[],
  around: Surroundings,
  found: Found,
): Promise<void> {
  const chunks = [...suite.tests]
    .sort((a, b) => stepsOf(a) - stepsOf(b))
    .flatMap((test) => {
      const own = mutants.filter(({ original }) => concerns(test, original.name));
      return Array.from({ length: Math.ceil(own.length / BESIDE) }, (_, index) => ({
        test,
        mutants: own.slice(index * BESIDE, (index + 1) * BESIDE),
      }));
    });
  let done = 0;
  await eachOf(chunks, around, async (chunk, stoppable) => {
    const left = undecided(chunk.mutants, found);
    if (left.length > 0) await tryChunk(suite, chunk.test, left, stoppable, found);
    done += 1;
    around.onProgress(
      `${suite.chain}: ${done} of ${chunks.length} runs, ${found.caught.size} of ${mutants.length} mutants caught`,
    );
  });
}

async function tryChunk(
  suite: Suite,
  test: SuiteTest,
  mutants: readonly Mutant[],
  around: Surroundings,
  found: Found,
): Promise<void> {
  const originals = [...new Set(mutants.map(({ original }) => original))];
  const asIs = originals.map((original) => ({ original, rule: original }));
  const trials = new Map([...asIs, ...mutants].map((mutant, id) => [id, { id, mutant }]));
  const mutantOf = (id: number) => mutants[id - asIs.length];
  for (;;) {
    const files = besideEachOther(test, [...trials.values()]);
    const ran = await runTest(files, around);
    if (ran.code === 0) return;
    const { failed, stopped, refused } = readVerdict(`${ran.stdout}\n${ran.stderr}`);
    const told = [...failed, ...stopped, ...refused];
    const broken = told.find((id) => id < asIs.length);
    if (told.length === 0 || broken !== undefined)
      throw failsAsItIs(suite, test, asIs[broken ?? -1]?.original.name, ran);
    for (const id of told) {
      const mutant = mutantOf(id);
      if (mutant) (refused.has(id) ? found.refused : found.caught).add(mutant);
      trials.delete(id);
    }
    // What stops a run hides what comes after it.
    if ((stopped.size === 0 && refused.size === 0) || trials.size === asIs.length) return;
  }
}

/** What a test expects among all alerts shows only in the whole pack; so does what a mutant makes of the alerts of others. */
async function tryAlone(suite: Suite, mutants: readonly Mutant[], around: Surroundings, found: Found): Promise<void> {
  const pairs = mutants.flatMap((mutant) => {
    const names = readersOf(mutant.original.name, suite.rules);
    const tests = suite.tests.filter(
      (test) =>
        [...expectedAmongAll(test.test)].some((alert) => names.has(alert)) ||
        (seesOthers(mutant) && concerns(test, mutant.original.name)),
    );
    return tests.length === 0 ? [] : [{ mutant, tests }];
  });
  const tests = new Set(pairs.flatMap((pair) => pair.tests));
  let done = 0;
  await eachOf([...tests], around, async (test, stoppable) => {
    const [first] = test.rules;
    if (!first) return;
    const asIs: Trial = { id: 0, mutant: { original: first.rule, rule: first.rule } };
    const ran = await runTest(alone(test, asIs), stoppable);
    if (ran.code !== 0) throw failsAsItIs(suite, test, undefined, ran);
  });
  await eachOf(pairs, around, async ({ mutant, tests }, stoppable) => {
    for (const test of tests) {
      const ran = await runTest(alone(test, { id: 0, mutant }), stoppable);
      if (ran.code !== 0) found.caught.add(mutant);
      if (ran.code !== 0) break;
    }
    done += 1;
    around.onProgress(`${suite.chain}: ${done} of ${pairs.length} mutants, each in the whole pack`);
  });
}

function concerns({ test, rules }: SuiteTest, name: string): boolean {
  return rules.some(({ rule }) => rule.name === name) && looksAt(test, readersOf(name, rules));
}

async function runTest(files: JobFiles, { folder: below, promtool, env, signal }: Surroundings): Promise<Ran> {
  const folder = mkdtempSync(join(below, 'run-'));
  try {
    writeFileSync(join(folder, RULES_FILE), files.rules);
    writeFileSync(join(folder, 'test.yaml'), files.test);
    return await run(promtool, ['test', 'rules', 'test.yaml'], {
      cwd: folder,
      env: { ...env, TMPDIR: folder },
      signal,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param rule of which promtool says it; without, it says something else, which is worth reading */
function failsAsItIs(suite: Suite, { file, test }: SuiteTest, rule: string | undefined, ran: Ran): CliError {
  const what = `rules/${suite.chain}/${file}: the test "${test.name}"`;
  const message =
    rule === undefined
      ? `${what} fails without any mutant: ${complaint(ran).trim().slice(0, 2000)}`
      : `${what} of ${rule} fails without any mutant`;
  const remedy = `mend it first; ${COMMAND} rules test ${suite.chain} shows what is expected`;
  return new CliError(message, { exitCode: exitCodes.failed, remedy });
}

/** How long a test is, so that the short ones come first: what they catch the long ones need not try. */
function stepsOf({ content, test }: SuiteTest): number {
  const seconds = (text: unknown) => (typeof text === 'string' ? parseDuration(text.replace(/^0\w+$/, '0')) : 60);
  const last = Math.max(
    0,
    ...[...test.alert_rule_test, ...test.promql_expr_test].map(({ eval_time }) => seconds(eval_time)),
  );
  return last / (seconds(content.evaluation_interval) || 60);
}
