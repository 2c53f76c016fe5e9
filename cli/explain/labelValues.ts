/**
 * Which values a label of an expression's result can have, as far as the expression and the scraped targets say: what it aggregates away
 * it has not, and an alert about op-node has only the instances of op-node.
 */
import { type Labels, matches } from '../../model/alertmanager/explain.ts';
import { selectorsOf } from '../../model/promql/selectors.ts';
import { parsePromql, type SyntaxNode, textOf, unquote } from '../../model/promql/syntax.ts';
import {
  aggregationName,
  argumentsOf,
  functionName,
  groupingOf,
  isScalar,
  type Join,
  joinOf,
  operands,
} from '../../model/rules/lint/resultLabels.ts';

/** An empty set: the result has no such label. */
export type Values = 'any' | ReadonlySet<string>;

export interface Sources {
  /** Every scraped target. Where a series' own labels are honoured, they win over the target's. */
  readonly targets: readonly { readonly labels: Labels; readonly honours: boolean }[];
  /** What is known of a metric. What Prometheus makes itself (`synthetic`), it makes of every target. */
  metricOf(series: string): { readonly component?: string | undefined; readonly synthetic: boolean } | undefined;
  /** What rules make of others. */
  readonly recorded: readonly { readonly name: string; readonly labels: Labels; readonly expr: string }[];
}

const NONE: Values = new Set();

export function intersect(a: Values, b: Values): Values {
  if (a === 'any') return b;
  return b === 'any' ? a : new Set([...a].filter((value) => b.has(value)));
}

function unite(all: readonly Values[]): Values {
  const sets = all.filter((values) => values !== 'any');
  return sets.length < all.length ? 'any' : new Set(sets.flatMap((values) => [...values]));
}

/** @throws PromqlError */
export function labelValues(expr: string, label: string, sources: Sources): Values {
  const read = (node: SyntaxNode): Values => {
    if (isScalar(expr, node)) return NONE;
    switch (node.name) {
      case 'VectorSelector':
        return ofSelector(textOf(expr, node), label, sources);
      case 'AggregateExpr':
        return ofAggregation(expr, node, label, read);
      case 'BinaryExpr':
        return ofJoin(joinOf(expr, node), label, read) ?? unite(operands(node).map(read));
      case 'FunctionCall':
        return ofCall(expr, node, label, read);
      default:
        return unite(operands(node).map(read));
    }
  };
  return read(parsePromql(expr).topNode);
}

type Read = (node: SyntaxNode) => Values;

function ofSelector(text: string, label: string, sources: Sources): Values {
  const [selector] = selectorsOf(text);
  if (!selector) return 'any';
  const { metric, matchers } = selector;
  const { targets, metricOf, recorded } = sources;
  const rules = recorded.filter(
    ({ name, labels }) =>
      name === metric && matchers.every((matcher) => labels[matcher.label] === undefined || matches(matcher, labels)),
  );
  if (rules.length > 0) {
    // What a rule records has its labels, and those that its expression leaves.
    return unite(
      rules.map(({ labels, expr }) =>
        labels[label] === undefined ? labelValues(expr, label, sources) : new Set([labels[label]]),
      ),
    );
  }
  if (metric?.includes(':')) return 'any';
  const known = metric === undefined ? undefined : metricOf(metric);
  const component = known?.synthetic ? undefined : known?.component;
  const isOwn = (honours: boolean) => honours && known?.synthetic !== true;
  const demanded = matchers.find((matcher) => matcher.label === label && matcher.op === '=')?.value;
  const fitting = targets.filter(
    ({ labels, honours }) =>
      (component === undefined || labels.component === component) &&
      matchers
        .filter((matcher) => labels[matcher.label] !== undefined && (!isOwn(honours) || KEPT.includes(matcher.label)))
        .every((matcher) => matches(matcher, labels)),
  );
  // Somebody else scrapes it, or it says itself what it is of: only what is demanded is known.
  if (fitting.length === 0 || fitting.some(({ honours }) => isOwn(honours)))
    return demanded === undefined ? 'any' : new Set([demanded]);
  return new Set(fitting.flatMap(({ labels }) => labels[label] ?? demanded ?? []));
}

/** What no reading of ours says of itself. */
const KEPT = ['component', 'job'];

function ofAggregation(expr: string, node: SyntaxNode, label: string, read: Read): Values {
  const inner = () => unite(argumentsOf(node).map(read));
  // These keep whole series; "by" only says among which they choose.
  if (['topk', 'bottomk', 'limitk', 'limit_ratio'].includes(aggregationName(expr, node))) return inner();
  const grouping = groupingOf(expr, node);
  return grouping !== undefined && grouping.labels.includes(label) === grouping.by ? inner() : NONE;
}

function ofJoin(join: Join | undefined, label: string, read: Read): Values | undefined {
  if (!join) return undefined;
  const { left, right, set, many, include } = join;
  const compared = join.on ? join.on.includes(label) : !(join.ignoring ?? []).includes(label);
  const both = () => intersect(read(left), read(right));
  if (set === 'or') return unite([read(left), read(right)]);
  if (set === 'unless') return read(left);
  if (set === 'and') return compared ? both() : read(left);
  if (compared) return both();
  if (many === undefined) return NONE;
  const fromOne = include.includes(label);
  return read((many === 'left') === fromOne ? right : left);
}

function ofCall(expr: string, node: SyntaxNode, label: string, read: Read): Values {
  const name = functionName(expr, node);
  const [first, second] = argumentsOf(node);
  if (name.startsWith('absent') && first) {
    // What is absent has the labels that its selector demands, and no others.
    const demanded = selectorsOf(textOf(expr, first)).flatMap(({ matchers }) => matchers);
    return new Set(demanded.filter((each) => each.label === label && each.op === '=').map(({ value }) => value));
  }
  const made = /^label_(replace|join)$/.test(name) && second !== undefined && unquote(textOf(expr, second)) === label;
  return made ? 'any' : unite(argumentsOf(node).map(read));
}
