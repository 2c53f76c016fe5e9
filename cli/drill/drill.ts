/** `chainwatch drill`: plays faults on real programs in compressed time, and sees whether exactly the promised alerts arrive. */
import { simulators } from '../../chains/simulators.ts';
import { allCases, type Case, casesNamed, completeDrill, undrilled } from '../../local/drill/cases.ts';
import { drill, findingsOf } from '../../local/drill/drill.ts';
import { recordProofs } from '../../local/drill/ledger.ts';
import type { Known } from '../../model/knowledge.ts';
import { COMMAND } from '../commandName.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { loadKnown } from '../loadStack.ts';
import { json, paint } from '../output.ts';
import { progressOn } from '../progress.ts';
import { showList } from './list.ts';
import { showResult } from './show.ts';

export interface DrillCommand {
  readonly all: boolean;
  readonly list: boolean;
  /** The highest time scale. */
  readonly scale?: number;
  readonly json: boolean;
}

/** @param known other rules than those that come with the program: for tests */
export async function runDrill(
  names: readonly string[],
  { all, list, scale, json: asJson }: DrillCommand,
  io: Io,
  known: Known = loadKnown(),
): Promise<ExitCode> {
  const cases = allCases(simulators, known);
  const without = undrilled(cases, known);
  if (list) {
    io.out(asJson ? json({ faults: cases.map(forMachines), undrilled: without }) : showList(cases, without, io));
    return exitCodes.ok;
  }
  const chosen = chosenFrom(cases, names, all, known);
  const progress = progressOn(io);
  const { dim } = paint(io);
  const result = await interruptible(async (signal) => {
    try {
      return await drill(chosen, {
        known,
        project: io.cwd,
        scale,
        signal,
        onProgress: progress.show,
        onWave: (what) => {
          progress.clear();
          io.err(`${dim(what)}\n`);
        },
      });
    } finally {
      progress.clear();
    }
  });
  const { proven, disproved } = findingsOf(result, known, new Date());
  recordProofs(io.cwd, proven, disproved);
  const told = all ? without.filter(({ alert }) => !result.rows.some((row) => row.alert === alert)) : [];
  io.out(asJson ? json({ ...result, undrilled: told }) : showResult(result, told, io));
  return result.ok ? exitCodes.ok : exitCodes.failed;
}

function chosenFrom(cases: readonly Case[], names: readonly string[], all: boolean, known: Known): Case[] {
  if (all && names.length > 0) throw new CliError(`either --all or names, not both: ${names.join(', ')}`);
  if (all) return completeDrill(cases, known);
  if (names.length === 0)
    throw new CliError('nothing to play: no name was given', {
      remedy: `name alerts, faults or chains, as in ${COMMAND} drill BatcherDown; or play all: ${COMMAND} drill --all; ${COMMAND} drill --list says what there is`,
    });
  const found = names.flatMap((name) => casesNamed(name, cases, known));
  return [...new Map(found.map((each) => [each.network, each])).values()];
}

function forMachines({ chain, fault, alerts, also, within }: Case): object {
  return { chain, fault: fault.name, summary: fault.summary, alerts, later: also, withinSeconds: within };
}
