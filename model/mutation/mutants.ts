/**
 * Mutants of a rule: the rule with one small mistake in it, as a person could make it. Where the tests of a pack hold for a mutant too,
 * they do not prove what they seem to.
 */
import { formatDuration } from '../../config/duration.ts';
import { applyEdits, parsePromql } from '../promql/syntax.ts';
import type { Rule } from '../rules/ruleFile.ts';
import { aggregations, functions } from './calls.ts';
import type { Operator } from './change.ts';
import { groupings, matchers } from './labels.ts';
import { offsets, thresholds, windows } from './numbers.ts';
import { arithmetic, comparisons, sets } from './operators.ts';

const OPERATORS: readonly Operator[] = [
  comparisons,
  thresholds,
  windows,
  offsets,
  groupings,
  matchers,
  aggregations,
  functions,
  sets,
  arithmetic,
];

/** The keys of a rule that a mutation changes. */
export type MutatedKey = 'expr' | 'for' | 'keep_firing_for';

export interface Mutant {
  /** What is changed, and how; unique within its rule, the same in every run. */
  readonly name: string;
  readonly key: MutatedKey;
  /** In the expression; 0 for another key. */
  readonly offset: number;
  readonly original: Rule;
  readonly rule: Rule;
}

/** Every mutant of a rule, each different from it and from all others, in the order of the text. @throws PromqlError */
export function mutantsOf(original: Rule): Mutant[] {
  const found = [...expressionMutants(original), ...durationMutants(original)];
  const seen = new Set([sameness(original)]);
  const names = new Map<string, number>();
  return found.flatMap((mutant) => {
    const same = sameness(mutant.rule);
    if (seen.has(same)) return [];
    seen.add(same);
    const number = (names.get(mutant.name) ?? 0) + 1;
    names.set(mutant.name, number);
    return [number === 1 ? mutant : { ...mutant, name: `${mutant.name} (${number})` }];
  });
}

function sameness(rule: Rule): string {
  return JSON.stringify(rule.kind === 'alert' ? [rule.expr, rule.for, rule.keepFiringFor] : [rule.expr]);
}

function expressionMutants(original: Rule): Mutant[] {
  const { expr } = original;
  const root = parsePromql(expr).topNode;
  return OPERATORS.flatMap((operator) => operator(expr, root))
    .sort((a, b) => a.from - b.from)
    .map((change) => ({
      name: change.name,
      key: 'expr',
      offset: change.from,
      original,
      rule: { ...original, expr: applyEdits(expr, [change]) },
    }));
}

function durationMutants(original: Rule): Mutant[] {
  if (original.kind !== 'alert') return [];
  const changed = (key: 'for' | 'keep_firing_for', before: number, withOther: (seconds: number) => Rule): Mutant[] =>
    before === 0
      ? []
      : [0, before / 2, before * 2].map((after) => {
          const name = `${key} ${formatDuration(before)} ${after === 0 ? 'removed' : `→ ${formatDuration(after)}`}`;
          return { name, key, offset: 0, original, rule: withOther(after) };
        });
  return [
    ...changed('for', original.for, (seconds) => ({ ...original, for: seconds })),
    ...changed('keep_firing_for', original.keepFiringFor, (seconds) => ({ ...original, keepFiringFor: seconds })),
  ];
}
