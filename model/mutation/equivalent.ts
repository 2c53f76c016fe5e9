/**
 * `rules/<chain>/mutants.yaml`: mutants that no test can catch, because the rule means the same with them or because what would tell them
 * apart never happens. Each with its reason; what is named there and is no mutant any more is a fault.
 */
import { z } from 'zod';
import { unknownName } from '../../config/faults.ts';
import { strict, wording } from '../../config/fields.ts';
import { linesOf } from '../rules/lines.ts';
import { Report } from '../rules/report.ts';
import { content, RuleFileError } from '../rules/ruleFile.ts';
import type { Mutant } from './mutants.ts';

export const EQUIVALENT_FILE = 'mutants.yaml';

const text = z.string().min(1, 'is empty');
const entry = strict({ rule: text, mutants: z.array(text).min(1), reason: text });
const file = strict({ equivalent: z.array(entry) });

/** Mutant → why no test can catch it. */
export type Equivalent = ReadonlyMap<Mutant, string>;

/**
 * @param source of the file; `undefined` where a pack has none
 * @param name how messages call it
 * @throws RuleFileError with all faults
 */
export function readEquivalent(source: string | undefined, name: string, mutants: readonly Mutant[]): Equivalent {
  if (source === undefined) return new Map();
  const parsed = file.safeParse(content(source, name), { error: wording });
  if (!parsed.success) {
    const report = new Report(source, name);
    report.add(parsed.error, [], '');
    throw new RuleFileError(report.faults);
  }
  const byRule = Map.groupBy(mutants, ({ original }) => original.name);
  const found = new Map<Mutant, string>();
  const faults: string[] = [];
  const refuse = (path: readonly PropertyKey[], problem: string) =>
    faults.push(`${name}:${linesOf(source).at(['equivalent', ...path]) ?? 1}: ${problem}`);
  for (const [index, { rule, mutants: names, reason }] of parsed.data.equivalent.entries()) {
    const own = byRule.get(rule);
    if (!own) {
      refuse([index, 'rule'], unknownName('rule', rule, [...byRule.keys()]));
      continue;
    }
    for (const [at, each] of names.entries()) {
      const mutant = own.find((one) => one.name === each);
      const path = [index, 'mutants', at];
      if (!mutant)
        refuse(
          path,
          `${rule}: ${unknownName(
            'mutant',
            each,
            own.map((one) => one.name),
          )}`,
        );
      else if (found.has(mutant)) refuse(path, `${rule}: "${each}" is there twice`);
      else found.set(mutant, reason);
    }
  }
  if (faults.length > 0) throw new RuleFileError(faults);
  return found;
}
