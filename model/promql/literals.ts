/**
 * The two literals of an expression that a stack file may tune: its threshold and its window.
 *
 * A threshold is the number literal that a comparison has on one side; a window is the duration of a range or subquery. Where
 * an expression has several, a comment on the literal's line (`# threshold`, `# window`) says which is meant; where it has
 * none, tuning is refused. Compression of time changes every duration, marked or not.
 */
import { formatDuration } from '../../config/duration.ts';
import { asComparison, type Comparison, numberAt, readNumber } from './comparison.ts';
import { applyEdits, type Edit, findAll, oneLine, parsePromql, type SyntaxNode, textOf } from './syntax.ts';

export interface Threshold {
  readonly value: number;
  /** As if the literal stood on the right: `5 < x` is `>`. Absent where a marked literal is no operand of a comparison. */
  readonly op?: Comparison;
  readonly from: number;
  readonly to: number;
}

export class TuningError extends Error {}

/** The tunable threshold, or why there is none. @throws TuningError, PromqlError */
export function thresholdOf(expr: string): Threshold {
  const root = parsePromql(expr).topNode;
  const lines = markedLines(expr, root, 'threshold');
  const all = findAll(root, 'NumberDurationLiteral').map((node) => readThreshold(expr, node));
  const candidates =
    lines.length > 0
      ? all.filter((literal) => lines.some((line) => inside(line, literal.from)))
      : all.filter((literal) => literal.op !== undefined);
  const [only, ...others] = candidates;
  if (only && others.length === 0) return only;
  const problem = only
    ? `has ${candidates.length} literals that could be its threshold and no comment "# threshold" on the line of one`
    : 'compares with no literal';
  throw new TuningError(`the expression ${problem}: ${oneLine(expr)}`);
}

/** `undefined` where the expression has no tunable threshold. @throws PromqlError */
export function findThreshold(expr: string): Threshold | undefined {
  return attempt(() => thresholdOf(expr));
}

/** @throws TuningError, PromqlError */
export function setThreshold(expr: string, value: number): string {
  return withThreshold(expr, thresholdOf(expr), value);
}

/** @param threshold of this expression, found already */
export function withThreshold(expr: string, { from, to }: Threshold, value: number): string {
  return applyEdits(expr, [{ from, to, insert: String(value) }]);
}

function readThreshold(expr: string, literal: SyntaxNode): Threshold {
  // The sign belongs to the number; parentheses around it stay, they may hold a comment.
  let node = literal;
  while (node.parent?.name === 'UnaryExpr') node = node.parent;
  let operand = node;
  while (operand.parent?.name === 'ParenExpr') operand = operand.parent;
  const comparison = asComparison(operand.parent);
  const op = comparison && (comparison.left.from === operand.from ? comparison.mirrored : comparison.op);
  return {
    value: numberAt(expr, node) ?? Number.NaN,
    from: node.from,
    to: node.to,
    ...(op === undefined ? {} : { op }),
  };
}

/** Seconds of the tunable window. Several windows of equal length count as one. @throws TuningError, PromqlError */
export function windowOf(expr: string): number {
  const [first] = tunableWindows(expr);
  if (!first) throw new TuningError(`the expression looks over no window: ${oneLine(expr)}`);
  return first.seconds;
}

/** `undefined` where the expression has no tunable window. @throws PromqlError */
export function findWindow(expr: string): number | undefined {
  return attempt(() => windowOf(expr));
}

/** @throws TuningError, PromqlError */
export function setWindow(expr: string, seconds: number): string {
  windowOf(expr);
  return applyEdits(
    expr,
    tunableWindows(expr).map(({ from, to }) => ({ from, to, insert: formatDuration(seconds) })),
  );
}

interface Window {
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
}

function tunableWindows(expr: string): Window[] {
  const root = parsePromql(expr).topNode;
  const lines = markedLines(expr, root, 'window');
  const all = windowsIn(expr, root);
  const candidates = lines.length > 0 ? all.filter((window) => lines.some((line) => inside(line, window.from))) : all;
  const lengths = new Set(candidates.map((window) => window.seconds));
  if (lengths.size > 1) {
    const found = [...lengths].map(formatDuration).join(', ');
    throw new TuningError(
      `the expression has windows of ${found} and no comment "# window" on the line of one: ${oneLine(expr)}`,
    );
  }
  return candidates;
}

/** All ranges, in the order of the text; the step of a subquery is none. */
export function windowsOf(expr: string): number[] {
  return windowsIn(expr, parsePromql(expr).topNode).map((window) => window.seconds);
}

function windowsIn(expr: string, root: SyntaxNode): Window[] {
  return findAll(root, 'MatrixSelector', 'SubqueryExpr').flatMap((node) => {
    const duration = node.getChild('DurationExpr');
    return duration ? [{ from: duration.from, to: duration.to, seconds: secondsOf(textOf(expr, duration)) }] : [];
  });
}

/** Divides every range, step and offset by `scale`. Thresholds are not touched: whether they are time only their unit knows. */
export function scaleDurations(expr: string, scale: number): string {
  const edits: Edit[] = findAll(parsePromql(expr).topNode, 'NumberDurationLiteralInDurationContext').map((node) => ({
    from: node.from,
    to: node.to,
    insert: formatDuration(secondsOf(textOf(expr, node)) / scale),
  }));
  return applyEdits(expr, edits);
}

/** `5m`, `300`, `1e3`. */
function secondsOf(literal: string): number {
  return readNumber(literal) ?? Number.NaN;
}

interface Line {
  readonly from: number;
  readonly to: number;
}

function markedLines(expr: string, root: SyntaxNode, mark: string): Line[] {
  return findAll(root.parent ?? root, 'LineComment')
    .filter((comment) => textOf(expr, comment).replace(/^#\s*/, '').split(/\s/)[0] === mark)
    .map((comment) => ({ from: expr.lastIndexOf('\n', comment.from) + 1, to: comment.to }));
}

function inside(line: Line, offset: number): boolean {
  return offset >= line.from && offset < line.to;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TuningError) return undefined;
    throw error;
  }
}
