/** The scores of packs, for a terminal. */
import type { Io } from '../../io.ts';
import { count, indent, paint, table } from '../../output.ts';
import { type ListedMutant, type Score, WANTED } from './score.ts';

export function showScores(scores: readonly Score[], showCaught: boolean, io: Io): void {
  const colours = paint(io);
  const { green, red, dim, bold } = colours;
  const list = (title: string, mutants: readonly ListedMutant[], more: (mutant: ListedMutant) => string) => {
    if (mutants.length === 0) return;
    io.out(`${bold(title)}\n`);
    for (const [rule, own] of Map.groupBy(mutants, (mutant) => mutant.rule)) {
      io.out(`  ${rule}: ${dim(own[0]?.before ?? '')}\n`);
      for (const mutant of own) {
        io.out(`    ${mutant.place}  ${mutant.mutant}\n`);
        const text = more(mutant);
        if (text !== '') io.out(`${indent(dim(text), 6)}\n`);
      }
    }
    io.out('\n');
  };
  const change = ({ before, after }: ListedMutant) => (before === after ? '' : after);
  for (const { chain, survivors, equivalent, stale, caughtMutants } of scores) {
    list(`${chain}: ${count(survivors.length, 'survivor')}, which no test notices`, survivors, change);
    list(`${chain}: called equivalent in rules/${chain}/mutants.yaml, and yet caught: take them out`, stale, () => '');
    if (!showCaught) continue;
    const reasons = new Map<ListedMutant, string>(equivalent.map((each) => [each, each.reason]));
    list(`${chain}: equivalent`, equivalent, (mutant) => reasons.get(mutant) ?? '');
    list(`${chain}: caught`, caughtMutants, () => '');
  }
  const rows = scores.map(({ ok, chain, score, mutants, caught, survivors, equivalent, seconds }) => [
    ok ? green('ok') : red('✗'),
    chain,
    (ok ? green : red)(`${percent(score)} %`),
    `${caught} of ${mutants}`,
    String(survivors.length),
    String(equivalent.length),
    `${seconds.toFixed(0)} s`,
  ]);
  io.out(table(['', 'chain', 'score', 'caught', 'survivors', 'equivalent', 'took'], rows, colours));
  const bad = scores.filter(({ score }) => score < WANTED);
  if (bad.length > 0)
    io.out(`\nWanted: ${WANTED} %. Add to the tests what tells a survivor from the rule; what nothing can tell apart belongs
into mutants.yaml, with the reason (docs/add-a-rule.md).\n`);
}

/** Rounded down: 94.97 is not 95. */
function percent(score: number): string {
  return (Math.floor(score * 10) / 10).toFixed(1);
}
