/**
 * An expression with gaps for the values of matchers. Where matchers go depends on the expression and on their labels, not on their
 * values: found once, it serves every network. (Reading syntax trees is what takes the time of a plan.)
 */
import type { Matcher } from './selectors.ts';
import { quote } from './syntax.ts';

/** Text, with the number of a matcher wherever its value belongs. */
export type Outline = readonly (string | number)[];

/** A private character: no PromQL that a person writes has it. */
const MARK = '\uE000';

/** The same matchers with a gap for each value. @param first number of the first of them */
export function withGaps(matchers: readonly Matcher[], first = 0): Matcher[] {
  return matchers.map((matcher, index) => ({ ...matcher, value: `${MARK}${first + index}${MARK}` }));
}

/** @param text into which matchers of `withGaps` have been put */
export function outlineOf(text: string): Outline {
  return text
    .split(new RegExp(`"${MARK}(\\d+)${MARK}"`))
    .map((piece, index) => (index % 2 === 0 ? piece : Number(piece)));
}

export function fill(outline: Outline, matchers: readonly Matcher[]): string {
  return outline.map((piece) => (typeof piece === 'string' ? piece : quote(matchers[piece]?.value ?? ''))).join('');
}
