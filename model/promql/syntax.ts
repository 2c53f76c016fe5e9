/**
 * PromQL as a syntax tree, by Prometheus' own grammar. Everything that reads or changes an expression goes through here;
 * nothing ever searches its text. Edits keep what they do not touch, comments and line breaks included.
 */
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export type { SyntaxNode } from '@lezer/common';

export class PromqlError extends Error {
  readonly expr: string;
  /** Offset of the first place that does not parse. */
  readonly offset: number;

  constructor(message: string, expr: string, offset: number) {
    super(message);
    this.expr = expr;
    this.offset = offset;
  }
}

/** @throws PromqlError where the expression does not parse. */
export function parsePromql(expr: string): Tree {
  const tree = parser.parse(expr);
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) {
      const near = expr.slice(cursor.from, cursor.from + 20).split('\n')[0];
      const at = near === undefined || near === '' ? 'its end' : `"${near}"`;
      throw new PromqlError(
        `PromQL does not parse at ${at} (offset ${cursor.from}): ${oneLine(expr)}`,
        expr,
        cursor.from,
      );
    }
  } while (cursor.next());
  return tree;
}

export function oneLine(expr: string): string {
  return expr.replace(/\s+/g, ' ').trim();
}

/** All nodes with one of these names, in the order of the text. */
export function findAll(root: SyntaxNode, ...names: readonly string[]): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const cursor = root.cursor();
  const end = root.to;
  do {
    if (cursor.from > end) break;
    if (names.includes(cursor.name)) found.push(cursor.node);
  } while (cursor.next());
  return found.filter((node) => node.from >= root.from && node.to <= end);
}

export function textOf(expr: string, node: SyntaxNode): string {
  return expr.slice(node.from, node.to);
}

export function children(node: SyntaxNode): SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) all.push(child);
  return all;
}

export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** Applies edits that do not overlap, in any order. */
export function applyEdits(expr: string, edits: readonly Edit[]): string {
  let result = expr;
  for (const edit of [...edits].sort((a, b) => b.from - a.from)) {
    result = result.slice(0, edit.from) + edit.insert + result.slice(edit.to);
  }
  return result;
}

/** A PromQL string literal for `value`. */
export function quote(value: string): string {
  return JSON.stringify(value);
}

/** The value of a string literal in any of PromQL's three quotations. */
export function unquote(literal: string): string {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  const body = literal.startsWith("'")
    ? literal.slice(1, -1).replace(/\\'/g, "'").replace(/"/g, '\\"')
    : literal.slice(1, -1);
  return String(JSON.parse(`"${body}"`));
}
