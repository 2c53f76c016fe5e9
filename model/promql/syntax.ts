/**
 * PromQL as a syntax tree, by Prometheus' own grammar. Everything that reads or changes an expression goes through here;
 * nothing ever searches its text. Edits keep what they do not touch, comments and line breaks included.
 */
import type { SyntaxNode, SyntaxNodeRef, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { expectedAt } from './expected.ts';

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

/**
 * Trees never change, and the same expression of a pack is read for every network: what was parsed is kept. Bounded, so that a
 * program that sees ever new expressions does not grow.
 */
const parsed = new Map<string, Tree>();
const KEPT = 4096;

/** @throws PromqlError where the expression does not parse. */
export function parsePromql(expr: string): Tree {
  const known = parsed.get(expr);
  if (known) return known;
  const tree = parseAnew(expr);
  if (parsed.size >= KEPT) parsed.clear();
  parsed.set(expr, tree);
  return tree;
}

/**
 * Levels of the tree: what calls itself for each of them must not run out of stack. Each term of a long sum is one, a call is two. Beyond
 * some hundreds more the parser gives up, and finds fault with what is right.
 */
const DEEPEST = 200;
/** Characters of an expression in an error: what a person wrote is shorter, what a program wrote would flood the screen. */
const SHOWN = 2000;

function parseAnew(expr: string): Tree {
  const tree = treeOf(expr);
  let depth = 0;
  tree.iterate({
    enter: (node) => {
      depth += 1;
      const fault = depth > DEEPEST ? tooDeep(expr, node.from) : faultAt(expr, node);
      if (fault) throw faulty(fault, expr, node.from);
    },
    leave: () => {
      depth -= 1;
    },
  });
  return tree;
}

function treeOf(expr: string): Tree {
  try {
    return parser.parse(expr);
  } catch (error) {
    // The parser calls itself too.
    if (error instanceof RangeError) throw faulty(tooDeep(expr, 0), expr, 0);
    throw error;
  }
}

function faulty(fault: string, expr: string, offset: number): PromqlError {
  const line = oneLine(expr);
  const shown = line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
  return new PromqlError(`PromQL ${fault} (offset ${offset}): ${shown}`, expr, offset);
}

function tooDeep(expr: string, offset: number): string {
  return `nests too deep at "${oneLine(expr.slice(offset, offset + 20))}": split it into recording rules`;
}

function faultAt(expr: string, node: SyntaxNodeRef): string | undefined {
  if (node.type.isError) {
    const near = expr.slice(node.from, node.from + 20).split('\n')[0];
    const place = near === undefined || near === '' ? 'its end' : `"${near}"`;
    return `does not parse at ${place}: ${expectedAt(expr, node.node)}`;
  }
  const shape = SHAPES[node.name];
  if (!shape) return undefined;
  const text = expr.slice(node.from, node.to);
  return shape.ok(text) ? undefined : `has ${shape.not}, but ${text}`;
}

/** What the grammar lets through, and we do not. */
const SHAPES: Readonly<Record<string, { readonly ok: (text: string) => boolean; readonly not: string }>> = {
  // Prometheus takes sums of durations behind a flag; tuning and compressed time must know how long one is.
  DurationExpr: { ok: (text) => /^[\w.]+$/.test(text), not: 'not a plain duration, such as 5m' },
  OffsetDurationExpr: { ok: (text) => /^[+-]?\s*[\w.]+$/.test(text), not: 'not a plain offset, such as 5m or -5m' },
  StringLiteral: { ok: (text) => tryUnquote(text) !== undefined, not: 'not a readable text' },
};

export function oneLine(expr: string): string {
  return expr.replace(/\s+/g, ' ').trim();
}

/** What is asked for of nearly every expression, and of some several times: a tree is walked once for all of these. */
const OFTEN: ReadonlySet<string> = new Set([
  'LineComment',
  'MatrixSelector',
  'NumberDurationLiteral',
  'NumberDurationLiteralInDurationContext',
  'SubqueryExpr',
  'VectorSelector',
]);
const often = new WeakMap<Tree, readonly SyntaxNode[]>();

/** All nodes with one of these names, in the order of the text. */
export function findAll(root: SyntaxNode, ...names: readonly string[]): SyntaxNode[] {
  const { tree } = root;
  if (tree === null || root.parent !== null || !names.every((name) => OFTEN.has(name)))
    return walk(root, (name) => names.includes(name));
  const known = often.get(tree) ?? walk(root, (name) => OFTEN.has(name));
  often.set(tree, known);
  return known.filter(({ name }) => names.includes(name));
}

function walk(root: SyntaxNode, wanted: (name: string) => boolean): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const cursor = root.cursor();
  const end = root.to;
  do {
    if (cursor.from > end) break;
    if (wanted(cursor.name)) found.push(cursor.node);
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

/** The value of a string literal in any of PromQL's three quotations; the text between the quotes where it is none. */
export function unquote(literal: string): string {
  return tryUnquote(literal) ?? literal.slice(1, -1);
}

const ESCAPED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** Escapes are those of Go: `\n`, `\x41`, `\101`, `\u00e9`, `\U0001f517`, and only the quote that encloses. */
function tryUnquote(literal: string): string | undefined {
  const quoted = literal[0];
  const body = literal.slice(1, -1);
  if (quoted === '`') return body;
  let readable = true;
  const text = body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.?))/gs,
    (_, byte?: string, short?: string, long?: string, octal?: string, letter = '') => {
      const code = Number.parseInt(byte ?? short ?? long ?? octal ?? '', (byte ?? short ?? long) ? 16 : 8);
      if (code <= 0x10ffff) return String.fromCodePoint(code);
      const known = /['"]/.test(letter) && letter !== quoted ? undefined : ESCAPED[letter];
      readable &&= known !== undefined;
      return known ?? '';
    },
  );
  return readable ? text : undefined;
}
