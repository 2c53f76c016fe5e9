/**
 * An expression taken apart at its outermost literal comparison, as Grafana wants it: a query and a threshold.
 * `a > 5` is the query `a` and the threshold "above 5". What has no such comparison stays whole, and any value of it fires.
 */
import { asComparison, type Comparison, numberAt } from './comparison.ts';
import { children, parsePromql, type SyntaxNode, textOf } from './syntax.ts';

export interface Split {
  readonly query: string;
  /** Absent where the query's mere having a value fires, 0 included. */
  readonly threshold?: { readonly op: Comparison; readonly value: number };
}

/** @throws PromqlError */
export function splitComparison(expr: string): Split {
  const root = unwrap(parsePromql(expr).topNode.firstChild);
  const comparison = asComparison(root);
  // `> bool` yields 0 or 1 for every series: it filters nothing, so there is nothing to split off.
  if (comparison && !root?.getChild('BoolModifier')) {
    const { op, mirrored, left, right } = comparison;
    const onRight = numberAt(expr, right);
    if (onRight !== undefined) return { query: textOf(expr, left), threshold: { op, value: onRight } };
    const onLeft = numberAt(expr, left);
    if (onLeft !== undefined) return { query: textOf(expr, right), threshold: { op: mirrored, value: onLeft } };
  }
  return { query: expr.trim() };
}

function unwrap(node: SyntaxNode | null): SyntaxNode | null {
  if (node?.name === 'LineComment') return unwrap(node.nextSibling);
  if (node?.name !== 'ParenExpr') return node;
  return unwrap(children(node).find((child) => child.name !== 'LineComment') ?? null);
}
