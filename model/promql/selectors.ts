/** Which series an expression reads, and narrowing all of them at once. */
import {
  applyEdits,
  children,
  type Edit,
  findAll,
  parsePromql,
  quote,
  type SyntaxNode,
  textOf,
  unquote,
} from './syntax.ts';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

export interface Matcher {
  readonly label: string;
  readonly op: MatchOperator;
  readonly value: string;
}

export interface Selector {
  /** Absent where only `__name__` is matched by a pattern, or not at all. */
  readonly metric?: string;
  /** Without the one on `__name__` that `metric` stands for. */
  readonly matchers: readonly Matcher[];
  /** Offset in the expression. */
  readonly at: number;
}

/** Every vector selector, in the order of the text. @throws PromqlError */
export function selectorsOf(expr: string): Selector[] {
  return findAll(parsePromql(expr).topNode, 'VectorSelector').map((node) => selectorAt(expr, node));
}

/** The metric names that an expression reads, sorted, each once. @throws PromqlError */
export function metricsOf(expr: string): string[] {
  const names = selectorsOf(expr).flatMap((selector) => selector.metric ?? []);
  return [...new Set(names)].sort();
}

/** @param node a `VectorSelector` of the expression */
export function selectorAt(expr: string, node: SyntaxNode): Selector {
  const identifier = node.getChild('Identifier');
  let metric = identifier ? textOf(expr, identifier) : undefined;
  const matchers: Matcher[] = [];
  for (const child of children(node.getChild('LabelMatchers') ?? node)) {
    if (child.name === 'QuotedLabelName') metric = unquote(textOf(expr, child));
    if (child.name !== 'UnquotedLabelMatcher' && child.name !== 'QuotedLabelMatcher') continue;
    const matcher = readMatcher(expr, child);
    if (matcher.label === '__name__' && matcher.op === '=') metric = matcher.value;
    else matchers.push(matcher);
  }
  return { ...(metric === undefined ? {} : { metric }), matchers, at: node.from };
}

function readMatcher(expr: string, node: SyntaxNode): Matcher {
  const [name, op, value] = children(node);
  if (!name || !op || !value) throw new Error(`a label matcher of ${expr} has not three parts`);
  const label = textOf(expr, name);
  return {
    label: name.name === 'LabelName' ? label : unquote(label),
    op: textOf(expr, op) as MatchOperator,
    value: unquote(textOf(expr, value)),
  };
}

/**
 * Puts `matchers` into every selector. A matcher that a selector already has on the same label is kept as it is: the author meant it.
 * @param matchers for every metric, or what they are for the one of a selector
 * @throws PromqlError
 */
export function addMatchers(expr: string, matchers: readonly Matcher[] | MatchersOf): string {
  return applyEdits(expr, matcherEdits(expr, typeof matchers === 'function' ? matchers : () => matchers));
}

/** @param metric absent where a selector names none */
export type MatchersOf = (metric: string | undefined) => readonly Matcher[];

/** The same as edits, of an expression that is changed in other places too. @throws PromqlError */
export function matcherEdits(expr: string, matchersOf: MatchersOf): Edit[] {
  return findAll(parsePromql(expr).topNode, 'VectorSelector').flatMap((node) => {
    const selector = selectorAt(expr, node);
    const taken = new Set(selector.matchers.map((matcher) => matcher.label));
    const added = matchersOf(selector.metric)
      .filter((matcher) => !taken.has(matcher.label))
      .map((matcher) => `${matcher.label}${matcher.op}${quote(matcher.value)}`);
    return added.length > 0 ? [matcherEdit(node, added)] : [];
  });
}

/** New matchers go first, so that the ones a rule's author wrote stay next to each other. */
function matcherEdit(node: SyntaxNode, added: readonly string[]): Edit {
  const braces = node.getChild('LabelMatchers');
  if (!braces) return { from: node.to, to: node.to, insert: `{${added.join(',')}}` };
  const inside = braces.from + 1;
  const empty = children(braces).length === 0;
  return { from: inside, to: inside, insert: empty ? added.join(',') : `${added.join(',')},` };
}
