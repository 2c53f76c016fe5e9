/** What one mutation does to an expression, and how it is called. */
import type { SyntaxNode } from '../promql/syntax.ts';

export interface Change {
  /** What is changed and how, the same in every run: `comparison > → >=`. It names an equivalent mutant in `mutants.yaml`. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** All changes of one kind that an expression allows, in the order of the text. */
export type Operator = (expr: string, root: SyntaxNode) => Change[];

export function replace(node: SyntaxNode, insert: string, name: string): Change {
  return { name, from: node.from, to: node.to, insert };
}
