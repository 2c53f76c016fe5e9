/** What became of the mutants of a pack, for people and machines. */
import type { Equivalent } from '../../../model/mutation/equivalent.ts';
import type { Mutant } from '../../../model/mutation/mutants.ts';
import { applyEdits, findAll, oneLine, parsePromql } from '../../../model/promql/syntax.ts';
import { linesOf } from '../../../model/rules/lines.ts';
import type { PackFiles } from '../../../model/rules/pack.ts';
import type { Outcome } from './trials.ts';

/** Percent of the mutants that the tests of a pack must catch. */
export const WANTED = 95;

export interface ListedMutant {
  readonly rule: string;
  readonly mutant: string;
  /** `rules/op-stack/alerts.yaml:12` */
  readonly place: string;
  readonly before: string;
  readonly after: string;
}

export interface Score {
  readonly chain: string;
  readonly ok: boolean;
  /** Without the equivalent ones. */
  readonly mutants: number;
  readonly caught: number;
  /** Percent; 100 where there is no mutant. */
  readonly score: number;
  readonly survivors: readonly ListedMutant[];
  readonly equivalent: readonly (ListedMutant & { readonly reason: string })[];
  /** Called equivalent, and yet caught: the entry is wrong. */
  readonly stale: readonly ListedMutant[];
  readonly caughtMutants: readonly ListedMutant[];
  readonly seconds: number;
}

/** @param tried those that were tried: all, or a sample */
export function scoreOf(
  pack: PackFiles,
  tried: readonly Mutant[],
  { caught, refused }: Outcome,
  equivalent: Equivalent,
  seconds: number,
): Score {
  const list = lister(pack);
  const real = tried.filter((mutant) => !refused.has(mutant));
  const counted = real.filter((mutant) => !equivalent.has(mutant));
  const survivors = counted.filter((mutant) => !caught.has(mutant));
  const stale = real.filter((mutant) => equivalent.has(mutant) && caught.has(mutant));
  const score = counted.length === 0 ? 100 : (100 * (counted.length - survivors.length)) / counted.length;
  return {
    chain: pack.chain,
    ok: score >= WANTED && stale.length === 0,
    mutants: counted.length,
    caught: counted.length - survivors.length,
    score,
    survivors: survivors.map(list),
    equivalent: real.flatMap((mutant) => {
      const reason = equivalent.get(mutant);
      return reason === undefined || caught.has(mutant) ? [] : [{ ...list(mutant), reason }];
    }),
    stale: stale.map(list),
    caughtMutants: counted.filter((mutant) => caught.has(mutant)).map(list),
    seconds,
  };
}

function lister({ chain, files }: PackFiles): (mutant: Mutant) => ListedMutant {
  const lines = new Map<string, ReturnType<typeof linesOf>>();
  return ({ original, rule, name, key, offset }) => {
    const file = original.kind === 'alert' ? 'alerts.yaml' : 'recording.yaml';
    const at = lines.get(file) ?? linesOf(files.get(file) ?? '');
    lines.set(file, at);
    const path = at.rule(original.name) ?? [];
    const line = key === 'expr' ? at.within([...path, 'expr'], offset) : at.key(path, key);
    const before = shown(original.expr);
    const after = key === 'expr' ? shown(rule.expr) : before;
    return { rule: original.name, mutant: name, place: `rules/${chain}/${file}:${line ?? 1}`, before, after };
  };
}

/** In one line, where a comment would hide what comes after it. */
function shown(expr: string): string {
  const comments = findAll(parsePromql(expr).topNode, 'LineComment');
  return oneLine(
    applyEdits(
      expr,
      comments.map(({ from, to }) => ({ from, to, insert: '' })),
    ),
  );
}
