/** Whether an alert asks for what its words say: `> 3` is not "three or more". */
import type { Comparison } from '../../promql/comparison.ts';
import { findThreshold } from '../../promql/literals.ts';
import { splitComparison } from '../../promql/split.ts';

const WORDS: Readonly<Record<string, number>> = {
  ...{ one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
  ...{ eleven: 11, twelve: 12, fifteen: 15, twenty: 20, thirty: 30, fifty: 50, half: 0.5 },
};
const NUMBER = String.raw`(?<![\w.])(?<number>\d+(?:\.\d+)?|${Object.keys(WORDS).join('|')})`;
/** A few words may stand between, but no sentence ends there, and nothing in braces is one. */
const UNIT = String.raw`\s*(?<unit>%|percent|[kMGT]i?B)?`;
const THING = String.raw`${UNIT}(?:\s+[\w-]+){0,2}?\s+`;

/** What a phrase means as an operator, and how it is found. */
const PHRASES: readonly (readonly [Comparison, RegExp])[] = [
  ['>=', new RegExp(String.raw`(?:\bat least|≥|>=|\bno (?:fewer|less) than)\s*${NUMBER}${UNIT}`, 'gi')],
  ['>=', new RegExp(`${NUMBER}${THING}or (?:more|above|over)\\b`, 'gi')],
  ['>=', new RegExp(String.raw`${NUMBER}${UNIT}\+(?!\w)`, 'gi')],
  ['<=', new RegExp(String.raw`(?:\bat most|≤|<=|\bno more than)\s*${NUMBER}${UNIT}`, 'gi')],
  ['<=', new RegExp(`${NUMBER}${THING}or (?:fewer|less|below|under)\\b`, 'gi')],
  ['>', new RegExp(String.raw`(?:(?<!\bno )\bmore than)\s+${NUMBER}${UNIT}`, 'gi')],
  ['<', new RegExp(String.raw`(?:(?<!\bno )\b(?:fewer|less) than)\s+${NUMBER}${UNIT}`, 'gi')],
];
const SAME_SIDE: Readonly<Record<string, Comparison>> = { '>': '>=', '>=': '>', '<': '<=', '<=': '<' };
const FACTORS: Readonly<Record<string, readonly number[]>> = {
  '%': [0.01],
  percent: [0.01],
  kb: [1e3, 1024],
  kib: [1024],
  mb: [1e6, 2 ** 20],
  mib: [2 ** 20],
  gb: [1e9, 2 ** 30],
  gib: [2 ** 30],
  tb: [1e12, 2 ** 40],
  tib: [2 ** 40],
};

/**
 * @param texts name, summary, description, whatever speaks of the limit
 * @returns what is wrong, in a few words. Only of the limit's own number something is said.
 */
export function lintWords(expr: string, texts: readonly string[]): string[] {
  const limits = limitsOf(expr);
  const found = texts.flatMap((text) =>
    PHRASES.flatMap(([said, pattern]) =>
      [...withoutTemplates(text).matchAll(pattern)].flatMap(({ 0: phrase, groups }) =>
        limits
          .filter(({ op, value }) => SAME_SIDE[op] === said && values(groups).includes(value))
          .map(
            ({ op, value }) =>
              `asks for ${op} ${value} where its text says "${phrase.trim()}", which is ${said} ${value}`,
          ),
      ),
    ),
  );
  return [...new Set(found)].slice(0, 1);
}

function limitsOf(expr: string): { readonly op: Comparison; readonly value: number }[] {
  const marked = findThreshold(expr);
  const { threshold } = splitComparison(expr);
  return [
    ...(marked?.op === undefined ? [] : [{ op: marked.op, value: marked.value }]),
    ...(threshold === undefined ? [] : [threshold]),
  ];
}

function values({ number = '', unit = '' }: Readonly<Record<string, string>> = {}): number[] {
  const value = WORDS[number.toLowerCase()] ?? Number(number);
  return [value, ...(FACTORS[unit.toLowerCase()] ?? []).map((factor) => value * factor)];
}

function withoutTemplates(text: string): string {
  return text.replace(/\{\{.*?\}\}/gs, '…');
}
