/**
 * Which labels the series of an expression's result may have, by the rules of PromQL: aggregations keep some, joins keep some,
 * functions keep all. What joins, groupings and annotations name must be among them, or it is always empty.
 */
import { selectorsOf } from '../../promql/selectors.ts';
import { children, type SyntaxNode, textOf, unquote } from '../../promql/syntax.ts';

/** `any`: nothing is known of the series, and so nothing can be wrong about its labels. */
export type Labels = ReadonlySet<string> | 'any';

/** The labels of the series of a metric, those of the target included. */
export type LabelsOf = (series: string | undefined) => Labels;

const NONE: Labels = new Set();
const SAME = new Set([
  'PromQL',
  'MatrixSelector',
  'SubqueryExpr',
  'OffsetExpr',
  'StepInvariantExpr',
  'ParenExpr',
  'UnaryExpr',
]);
const SCALARS = new Set(['NumberDurationLiteral', 'StringLiteral']);
const SCALAR_FUNCTIONS = new Set(['time', 'scalar', 'pi']);

export function resultLabels(expr: string, node: SyntaxNode, labelsOf: LabelsOf): Labels {
  const inner = (child: SyntaxNode) => resultLabels(expr, child, labelsOf);
  if (node.name === 'VectorSelector') return labelsOf(metricAt(expr, node));
  if (SAME.has(node.name)) return union(operands(node).map(inner));
  if (node.name === 'AggregateExpr') return aggregated(expr, node, inner);
  if (node.name === 'FunctionCall') return called(expr, node, inner);
  if (node.name === 'BinaryExpr') return joined(expr, node, inner);
  return NONE;
}

function metricAt(expr: string, node: SyntaxNode): string | undefined {
  return selectorsOf(textOf(expr, node))[0]?.metric;
}

const EXPRESSIONS = new Set([...SAME, ...SCALARS, 'VectorSelector', 'AggregateExpr', 'FunctionCall', 'BinaryExpr']);

/** The expressions that a node is made of, without operators, comments, durations and modifiers. */
export function operands(node: SyntaxNode): SyntaxNode[] {
  return children(node).filter((child) => EXPRESSIONS.has(child.name));
}

/** A number or a text, not a series. */
export function isScalar(expr: string, node: SyntaxNode): boolean {
  if (SCALARS.has(node.name)) return true;
  if (node.name === 'FunctionCall') return SCALAR_FUNCTIONS.has(functionName(expr, node));
  const compound = node.name === 'ParenExpr' || node.name === 'UnaryExpr' || node.name === 'BinaryExpr';
  return compound && operands(node).every((child) => isScalar(expr, child));
}

export function functionName(expr: string, call: SyntaxNode): string {
  const identifier = call.getChild('FunctionIdentifier');
  return identifier ? textOf(expr, identifier) : '';
}

/** What a function or an aggregation is given. */
export function argumentsOf(node: SyntaxNode): SyntaxNode[] {
  const body = node.getChild('FunctionCallBody');
  return body ? operands(body) : [];
}

export interface Grouping {
  /** `without` where false. */
  readonly by: boolean;
  readonly labels: readonly string[];
}

/** `undefined` where an aggregation says neither `by` nor `without`. */
export function groupingOf(expr: string, aggregation: SyntaxNode): Grouping | undefined {
  const modifier = aggregation.getChild('AggregateModifier');
  return modifier
    ? { by: modifier.getChild('By') !== null, labels: labelList(expr, modifier.getChild('GroupingLabels')) }
    : undefined;
}

function labelList(expr: string, list: SyntaxNode | null): string[] {
  return list
    ? children(list)
        .filter((child) => child.name.endsWith('LabelName'))
        .map((child) => (child.name === 'LabelName' ? textOf(expr, child) : unquote(textOf(expr, child))))
    : [];
}

const KEEPS_ALL = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

export function aggregationName(expr: string, node: SyntaxNode): string {
  const op = node.getChild('AggregateOp');
  return op ? textOf(expr, op).toLowerCase() : '';
}

function aggregated(expr: string, node: SyntaxNode, inner: (child: SyntaxNode) => Labels): Labels {
  const given = argumentsOf(node);
  const of = union(given.map(inner));
  const name = aggregationName(expr, node);
  if (KEEPS_ALL.has(name)) return of;
  const grouping = groupingOf(expr, node);
  const kept =
    grouping === undefined
      ? NONE
      : grouping.by
        ? intersection(new Set(grouping.labels), of)
        : difference(of, grouping.labels);
  const [first] = given;
  return name === 'count_values' && first ? union([kept, new Set([unquote(textOf(expr, first))])]) : kept;
}

function called(expr: string, node: SyntaxNode, inner: (child: SyntaxNode) => Labels): Labels {
  const name = functionName(expr, node);
  const given = argumentsOf(node);
  const [first, second] = given;
  if (!first || isScalar(expr, node)) return NONE;
  if (name.startsWith('absent')) {
    const [selector] = selectorsOf(textOf(expr, first));
    return new Set(selector?.matchers.filter(({ op }) => op === '=').map(({ label }) => label));
  }
  const of = union(given.map(inner));
  if (name.startsWith('label_') && second) return union([of, new Set([unquote(textOf(expr, second))])]);
  return name === 'histogram_quantile' ? difference(of, ['le']) : of;
}

export interface Join {
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
  /** `and`, `or` and `unless` keep the series of one side, or of both, as they are. */
  readonly set: string | undefined;
  /** Labels of `on`, or of `ignoring`; absent where all must be equal. */
  readonly on?: readonly string[];
  readonly ignoring?: readonly string[];
  /** Which side may have several for one of the other. */
  readonly many?: 'left' | 'right';
  /** Labels that the many take from the one. */
  readonly include: readonly string[];
}

/** How two vectors are matched; `undefined` where one of them is a number. */
export function joinOf(expr: string, node: SyntaxNode): Join | undefined {
  const [left, right] = operands(node);
  if (!left || !right || isScalar(expr, left) || isScalar(expr, right)) return undefined;
  const set = children(node)
    .find((child) => ['And', 'Or', 'Unless'].includes(child.name))
    ?.name.toLowerCase();
  const clause = node.getChild('MatchingModifierClause');
  if (!clause) return { left, right, set, include: [] };
  const lists = clause.getChildren('GroupingLabels');
  const matched = labelList(expr, lists[0] ?? null);
  const many = clause.getChild('GroupLeft') ? 'left' : clause.getChild('GroupRight') ? 'right' : undefined;
  return {
    left,
    right,
    set,
    ...(clause.getChild('On') ? { on: matched } : { ignoring: matched }),
    ...(many ? { many } : {}),
    include: labelList(expr, lists[1] ?? null),
  };
}

function joined(expr: string, node: SyntaxNode, inner: (child: SyntaxNode) => Labels): Labels {
  const join = joinOf(expr, node);
  if (!join)
    return union(
      operands(node)
        .filter((child) => !isScalar(expr, child))
        .map(inner),
    );
  const [left, right] = [inner(join.left), inner(join.right)];
  if (join.set === 'or') return union([left, right]);
  if (join.set) return left;
  if (join.many) return union([join.many === 'left' ? left : right, new Set(join.include)]);
  if (join.on) return intersection(new Set(join.on), left);
  return difference(left, join.ignoring ?? []);
}

export function union(all: readonly Labels[]): Labels {
  const sets = all.filter((labels) => labels !== 'any');
  return sets.length < all.length ? 'any' : new Set(sets.flatMap((labels) => [...labels]));
}

function intersection(some: ReadonlySet<string>, of: Labels): Labels {
  return of === 'any' ? some : new Set([...some].filter((label) => of.has(label)));
}

function difference(of: Labels, without: readonly string[]): Labels {
  return of === 'any' ? 'any' : new Set([...of].filter((label) => !without.includes(label)));
}

export function lacking(wanted: readonly string[], labels: Labels): string[] {
  return labels === 'any' ? [] : wanted.filter((label) => !labels.has(label));
}
