/** What one more node costs, and whether it costs more the more there are. */
import type { Measured } from './engine.ts';

export interface Sized extends Measured {
  readonly nodes: number;
}

/** How much more a node may cost where there are ten times as many: caches of a processor hold less of more, and clocks are not exact. */
export const TOLERANCE = 1.3;
/** Seconds. A rule that takes less at the largest size is not judged: what it takes at the others is too short to be compared. */
const NOTABLE = 0.005;
const DEAREST = 8;

/** Seconds for each node that one size has more than another. */
export function slope(small: { readonly nodes: number }, large: { readonly nodes: number }, from: number, to: number) {
  return (to - from) / (large.nodes - small.nodes);
}

/** How much more a node costs between the last two sizes than between the two before; `undefined` with fewer sizes, or no cost at all. */
export function growthOf<Size extends { readonly nodes: number }>(
  sizes: readonly Size[],
  secondsOf: (size: Size) => number,
): number | undefined {
  const [a, b, c] = sizes.slice(-3);
  if (!a || !b || !c) return undefined;
  const before = slope(a, b, secondsOf(a), secondsOf(b));
  return before > 0 ? slope(b, c, secondsOf(b), secondsOf(c)) / before : undefined;
}

export const allRules = ({ rules }: Measured) => sum(rules.map(({ seconds }) => seconds));

const COLUMNS = [
  'nodes',
  'series',
  'rules',
  'rules ms',
  'processor ms',
  'µs a further node',
  'times',
  'processor µs',
  'times',
];

export function heading(): string {
  return COLUMNS.join('  ');
}

/** Of the last size, beside the two before. */
export function line(results: readonly Sized[], series: number): string {
  const [before, last] = [results.at(-2), results.at(-1)];
  if (!last) return '';
  const further = (secondsOf: (size: Sized) => number) =>
    before ? (slope(before, last, secondsOf(before), secondsOf(last)) * 1e6).toFixed(0) : '';
  const times = (secondsOf: (size: Sized) => number) => growthOf(results, secondsOf)?.toFixed(2) ?? '';
  const cells = [
    ...[String(last.nodes), String(series), String(last.rules.length)],
    ...[ms(allRules(last)), ms(last.processor)],
    ...[further(allRules), times(allRules), further(processorOf), times(processorOf)],
  ];
  return cells.map((cell, index) => cell.padStart(COLUMNS[index]?.length ?? 0)).join('  ');
}

const processorOf = ({ processor }: Measured) => processor;

/** The verdict, and the rules that it is about. */
export function conclusion(results: readonly Sized[]): string[] {
  const [, before, last] = results.slice(-3);
  if (!before || !last) return ['too few sizes were measured to tell how the cost grows'];
  const judged = last.rules
    .map(({ name, owner, seconds }, index) => {
      const secondsOf = ({ rules }: Sized) => rules[index]?.seconds ?? 0;
      const own = slope(before, last, secondsOf(before), seconds);
      return { name: `${owner} ${name}`, seconds, own, growth: growthOf(results, secondsOf) };
    })
    .sort((a, b) => b.seconds - a.seconds);
  const say = ({ name, seconds, own, growth }: (typeof judged)[number]) =>
    `  ${name}: ${ms(seconds)} ms, ${(own * 1e6).toFixed(1)} µs a further node, ${growth?.toFixed(2) ?? '?'} times as much as with fewer`;
  const worse = judged.filter(({ seconds, growth = 1 }) => seconds >= NOTABLE && growth > TOLERANCE);
  const [rules, processor] = [growthOf(results, allRules), growthOf(results, processorOf)];
  const verdict = (growth: number | undefined) =>
    growth === undefined
      ? 'not known'
      : `${growth.toFixed(2)} times: ${growth <= TOLERANCE ? 'linear or better' : 'worse than linear'}`;
  return [
    `the dearest rules with ${last.nodes} nodes:`,
    ...judged.slice(0, DEAREST).map(say),
    ...(worse.length === 0 ? [] : [`grow faster than their number of nodes:`, ...worse.map(say)]),
    `a node beyond ${before.nodes} costs, of one beyond ${results.at(-3)?.nodes}, in time of the rules ${verdict(rules)}; in processor time of Prometheus ${verdict(processor)}`,
  ];
}

const ms = (seconds: number) => (seconds * 1000).toFixed(1);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
