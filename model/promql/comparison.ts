/** Comparisons with a number: `x > 5`, `5 < x`, `(x) >= -3`. */
import { DurationError, parseDuration } from '../../config/duration.ts';
import { children, type SyntaxNode, textOf } from './syntax.ts';

export type Comparison = '>' | '>=' | '<' | '<=' | '==' | '!=';

const OPERATORS: Readonly<Record<string, Comparison>> = {
  Gtr: '>',
  Gte: '>=',
  Lss: '<',
  Lte: '<=',
  Eql: '==',
  Neq: '!=',
};
const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
  '==': '==',
  '!=': '!=',
};

export interface ComparisonNode {
  /** As the text has it. */
  readonly op: Comparison;
  /** The same, read from the other side. */
  readonly mirrored: Comparison;
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
}

/** `undefined` unless the node compares two operands. */
export function asComparison(node: SyntaxNode | null): ComparisonNode | undefined {
  if (node?.name !== 'BinaryExpr') return undefined;
  const operator = children(node).find((child) => child.name in OPERATORS);
  const op = operator && OPERATORS[operator.name];
  const [left, right] = children(node).filter((child) => child !== operator && !NO_OPERAND.has(child.name));
  return op && left && right ? { op, mirrored: MIRRORED[op], left, right } : undefined;
}

const OPERATOR_NAMES = Object.keys(OPERATORS);
const NO_OPERAND = new Set([...OPERATOR_NAMES, 'LineComment', 'BoolModifier', 'MatchingModifierClause']);

/** The number that a node is, parentheses and signs included; `undefined` where it is none. A literal `1h` is 3600. */
export function numberAt(expr: string, node: SyntaxNode): number | undefined {
  if (node.name === 'ParenExpr' || node.name === 'UnaryExpr') {
    const [operator, operand] = children(node).filter((child) => child.name !== 'LineComment');
    const inner = operator?.name === 'UnaryOp' ? operand : operator;
    const value = inner && numberAt(expr, inner);
    return value !== undefined && operator?.name === 'UnaryOp' && textOf(expr, operator) === '-' ? -value : value;
  }
  return node.name === 'NumberDurationLiteral' ? readNumber(textOf(expr, node)) : undefined;
}

/** A literal as Prometheus reads it: `1_000`, `0x1F`, `-Inf`, `1h30m` (in seconds). */
export function readNumber(literal: string): number | undefined {
  const text = literal.replace(/[\s_]+/g, '').toLowerCase();
  const sign = text.startsWith('-') ? -1 : 1;
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === 'inf') return sign * Infinity;
  const value = Number(unsigned);
  if (!Number.isNaN(value)) return sign * value;
  try {
    return sign * parseDuration(unsigned);
  } catch (error) {
    if (error instanceof DurationError) return undefined;
    throw error;
  }
}
