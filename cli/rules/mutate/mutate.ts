/** `chainwatch rules mutate`: do the tests of a pack notice when a rule is changed? */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { unknownName } from '../../../config/faults.ts';
import { EQUIVALENT_FILE, readEquivalent } from '../../../model/mutation/equivalent.ts';
import { type Mutant, mutantsOf } from '../../../model/mutation/mutants.ts';
import { readSuite } from '../../../model/mutation/suite.ts';
import type { PackFiles } from '../../../model/rules/pack.ts';
import { loadPackFiles } from '../../../rules/load.ts';
import { resolveProgram } from '../../../tools/index.ts';
import { CliError } from '../../errors.ts';
import { type ExitCode, exitCodes } from '../../exitCodes.ts';
import { interruptible } from '../../interrupt.ts';
import type { Io } from '../../io.ts';
import { json } from '../../output.ts';
import { progressOn } from '../../progress.ts';
import { toolProgress } from '../../toolProgress.ts';
import { type Score, scoreOf, WANTED } from './score.ts';
import { showScores } from './show.ts';
import { type Surroundings, tryMutants } from './trials.ts';

export interface MutateOptions {
  /** Only this alert, or recording rule. */
  readonly alert?: string;
  /** How many programs at a time; default: as many as there are processors. */
  readonly jobs?: number;
  readonly json: boolean;
  readonly showCaught: boolean;
}

export async function mutateRules(
  chains: readonly string[],
  { alert, jobs = availableParallelism(), json: asJson, showCaught }: MutateOptions,
  io: Io,
  packs: readonly PackFiles[] = loadPackFiles(),
): Promise<ExitCode> {
  const chosen = choose(chains, packs);
  const rules = alert === undefined ? undefined : ruleNamed(alert, chosen);
  const scores = await interruptible(async (signal) => {
    const progress = progressOn(io);
    const folder = mkdtempSync(join(tmpdir(), 'chainwatch-mutants-'));
    try {
      const { path: promtool } = await resolveProgram('promtool', { signal, onProgress: toolProgress(progress) });
      const around = { promtool, folder, jobs, env: io.env, signal, onProgress: progress.show };
      const found: Score[] = [];
      for (const pack of chosen) found.push(await scorePack(pack, around, rules));
      return found.filter((score) => rules === undefined || score.mutants + score.equivalent.length > 0);
    } finally {
      progress.clear();
      rmSync(folder, { recursive: true, force: true });
    }
  });
  const ok = scores.every((score) => score.ok);
  if (asJson) io.out(json({ ok, wanted: WANTED, packs: scores.map((score) => forMachines(score, showCaught)) }));
  else showScores(scores, showCaught, io);
  return ok ? exitCodes.ok : exitCodes.failed;
}

/**
 * @param wanted which of the mutants are tried; default: all
 * @throws RuleFileError for a pack that cannot be read; CliError where its tests fail without a mutant
 */
export async function scorePack(
  pack: PackFiles,
  around: Surroundings,
  wanted: (mutant: Mutant, index: number) => boolean = () => true,
): Promise<Score> {
  const started = performance.now();
  const suite = readSuite(pack);
  const all = suite.rules.flatMap(({ rule }) => mutantsOf(rule));
  const equivalent = readEquivalent(pack.files.get(EQUIVALENT_FILE), `rules/${pack.chain}/${EQUIVALENT_FILE}`, all);
  const tried = all.filter(wanted);
  const outcome = await tryMutants(suite, tried, around);
  return scoreOf(pack, tried, outcome, equivalent, (performance.now() - started) / 1000);
}

function choose(chains: readonly string[], packs: readonly PackFiles[]): PackFiles[] {
  const known = packs.map(({ chain }) => chain);
  const unknown = chains.find((chain) => !known.includes(chain));
  if (unknown !== undefined) throw new CliError(unknownName('chain', unknown, known));
  return packs.filter(({ chain }) => chains.length === 0 || chains.includes(chain));
}

function ruleNamed(name: string, packs: readonly PackFiles[]): (mutant: Mutant) => boolean {
  const known = packs.flatMap((pack) => readSuite(pack).rules.map(({ rule }) => rule.name));
  if (!known.includes(name)) throw new CliError(unknownName('alert', name, known));
  return ({ original }) => original.name === name;
}

function forMachines({ caughtMutants, seconds, ...score }: Score, showCaught: boolean): object {
  return { ...score, ...(showCaught ? { caughtMutants } : {}), seconds: Number(seconds.toFixed(1)) };
}
