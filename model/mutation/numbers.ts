/** Other numbers: a threshold one step up and down; windows and offsets half and twice as long. */
import { formatDuration } from '../../config/duration.ts';
import { asComparison, numberAt, readNumber } from '../promql/comparison.ts';
import { findAll, type SyntaxNode, textOf } from '../promql/syntax.ts';
import { type Change, type Operator, replace } from './change.ts';

/** Every number that something is compared with, whether a stack file may tune it or not. */
export const thresholds: Operator = (expr, root) =>
  findAll(root, 'BinaryExpr').flatMap((node) => {
    const comparison = asComparison(node);
    if (!comparison) return [];
    return [comparison.left, comparison.right].flatMap((operand) => {
      const value = numberAt(expr, operand);
      if (value === undefined || !Number.isFinite(value)) return [];
      return [value + stepOf(value), value - stepOf(value)].map((moved) => {
        const written = String(Number(moved.toPrecision(12)));
        return replace(operand, written, `threshold ${value} → ${written}`);
      });
    });
  });

/**
 * One in the last digit that is not zero, and that is at most the third: 1800 goes to 1900, 0.05 to 0.06, 5242880 to 5252880.
 * From zero it is one.
 */
export function stepOf(value: number): number {
  if (value === 0) return 1;
  const [digits = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  const places = Math.min(digits.replace('.', '').replace(/0+$/, '').length, 3);
  return 10 ** (Number(exponent) - places + 1);
}

export const windows: Operator = (expr, root) =>
  findAll(root, 'MatrixSelector', 'SubqueryExpr').flatMap((node) => {
    // The first; a second one is the step of a subquery.
    const duration = node.getChild('DurationExpr');
    return duration ? halvedAndDoubled(expr, duration, 'window') : [];
  });

export const offsets: Operator = (expr, root) =>
  findAll(root, 'OffsetExpr').flatMap((node) => {
    const keyword = node.getChild('Offset');
    const duration = node.getChild('OffsetDurationExpr');
    if (!keyword || !duration) return [];
    const name = `offset ${textOf(expr, duration)} dropped`;
    return [{ name, from: keyword.from, to: duration.to, insert: '' }, ...halvedAndDoubled(expr, duration, 'offset')];
  });

function halvedAndDoubled(expr: string, node: SyntaxNode, kind: string): Change[] {
  const seconds = readNumber(textOf(expr, node));
  if (seconds === undefined || !(Math.abs(seconds) > 0)) return [];
  const write = (length: number) => `${length < 0 ? '-' : ''}${formatDuration(Math.abs(length))}`;
  return [seconds / 2, seconds * 2].map((other) =>
    replace(node, write(other), `${kind} ${write(seconds)} → ${write(other)}`),
  );
}
