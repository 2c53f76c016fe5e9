/** Other operators between two operands: comparisons, sets, arithmetic. */
import { children, findAll, type SyntaxNode } from '../promql/syntax.ts';
import { type Change, type Operator, replace } from './change.ts';

/** By the name of the node: loosened or tightened by the limit itself, and turned round. */
const COMPARISONS: Readonly<Record<string, readonly [is: string, ...instead: string[]]>> = {
  Gtr: ['>', '>=', '<'],
  Gte: ['>=', '>', '<='],
  Lss: ['<', '<=', '>'],
  Lte: ['<=', '<', '>='],
  Eql: ['==', '!='],
  Neq: ['!=', '=='],
};
const SETS: typeof COMPARISONS = { And: ['and', 'unless'], Unless: ['unless', 'and'], Or: ['or', 'and'] };
const ARITHMETIC: typeof COMPARISONS = { Add: ['+', '-'], Sub: ['-', '+'], Mul: ['*', '/'], Div: ['/', '*'] };

const swap =
  (kind: string, table: typeof COMPARISONS): Operator =>
  (_, root) =>
    binaryOperators(root).flatMap((node) => {
      const [is, ...instead] = table[node.name] ?? [];
      return instead.map((other) => replace(node, other, `${kind} ${is} → ${other}`));
    });

/** The marks themselves: numbers and labels have nodes of other names. */
function binaryOperators(root: SyntaxNode): SyntaxNode[] {
  return findAll(root, 'BinaryExpr')
    .flatMap(children)
    .sort((a, b) => a.from - b.from);
}

export const comparisons = swap('comparison', COMPARISONS);
export const sets = swap('set', SETS);

export const arithmetic: Operator = (expr, root) => [
  ...swap('arithmetic', ARITHMETIC)(expr, root),
  ...findAll(root, 'UnaryExpr').flatMap((node) => sign(expr, node)),
];

/** The sign of a number belongs to the number. */
function sign(expr: string, node: SyntaxNode): Change[] {
  const operator = node.getChild('UnaryOp');
  const number = node.getChild('NumberDurationLiteral');
  if (!operator || number || expr.slice(operator.from, operator.to) !== '-') return [];
  return [replace(operator, ' ', 'arithmetic sign dropped')];
}
