/**
 * Which values a label of an expression's result can have, as far as the expression and the scraped targets say: what it aggregates away
 * it has not, and an alert about op-node has only the instances of op-node.
 */
import { type Labels, matches } from '../../model/alertmanager/explain.ts';
import { selectorsOf } from '../../model/promql/selectors.ts';
import { children, parsePromql, type SyntaxNode, textOf, unquote } from '../../model/promql/syntax.ts';

/** An empty set: the result has no such label. */
export type Values = 'any' | ReadonlySet<string>;

export interface Sources {
  /** The labels of every scraped target. */
  readonly targets: readonly Labels[];
  /** Which component's processes expose a metric, where that is known. */
  componentOf(metric: string): string | undefined;
}

export const NONE: Values = new Set();

export function intersect(a: Values, b: Values): Values {
  if (a === 'any') return b;
  return b === 'any' ? a : new Set([...a].filter((value) => b.has(value)));
}

function unite(all: readonly Values[]): Values {
  const united = new Set<string>();
  for (const values of all) {
    if (values === 'any') return 'any';
    for (const value of values) united.add(value);
  }
  return united;
}

/** @throws PromqlError */
export function labelValues(expr: string, label: string, sources: Sources): Values {
  return new Reader(expr, label, sources).read(parsePromql(expr).topNode);
}

class Reader {
  readonly #expr: string;
  readonly #label: string;
  readonly #sources: Sources;

  constructor(expr: string, label: string, sources: Sources) {
    this.#expr = expr;
    this.#label = label;
    this.#sources = sources;
  }

  read(node: SyntaxNode): Values {
    switch (node.name) {
      case 'VectorSelector':
        return this.#selector(node);
      case 'AggregateExpr':
        return this.#aggregate(node);
      case 'BinaryExpr':
        return this.#binary(node);
      case 'FunctionCall':
        return this.#call(node);
      default:
        return unite(operands(node).map((child) => this.read(child)));
    }
  }

  #selector(node: SyntaxNode): Values {
    const [selector] = selectorsOf(this.#text(node));
    if (!selector) return 'any';
    const { metric, matchers } = selector;
    // What a rule records has the labels that its expression leaves.
    if (metric?.includes(':')) return 'any';
    const component = metric === undefined ? undefined : this.#sources.componentOf(metric);
    const own = matchers.find(({ label, op }) => label === this.#label && op === '=');
    const fitting = this.#sources.targets.filter(
      (target) =>
        (component === undefined || target.component === component) &&
        matchers.every((matcher) => target[matcher.label] === undefined || matches(matcher, target)),
    );
    // A metric of which we scrape no source: somebody else does, and we cannot know their labels.
    if (fitting.length === 0) return own ? new Set([own.value]) : 'any';
    return new Set(fitting.flatMap((target) => target[this.#label] ?? own?.value ?? []));
  }

  #aggregate(node: SyntaxNode): Values {
    const operator = node.getChild('AggregateOp')?.firstChild?.name ?? '';
    const modifier = node.getChild('AggregateModifier');
    const listed = this.#labels(modifier?.getChild('GroupingLabels') ?? null).includes(this.#label);
    const inner = () => unite(operands(node.getChild('FunctionCallBody')).map((child) => this.read(child)));
    // These keep whole series; "by" only says among which they choose.
    if (['Topk', 'Bottomk', 'LimitK', 'LimitRatio'].includes(operator)) return inner();
    return listed === (modifier?.getChild('Without') != null) ? NONE : inner();
  }

  #binary(node: SyntaxNode): Values {
    const [left, right] = operands(node);
    if (!left || !right) return 'any';
    if (isScalar(this.#expr, left)) return this.read(right);
    if (isScalar(this.#expr, right)) return this.read(left);
    const has = (name: string) => node.getChild(name) !== null;
    if (has('Or')) return unite([this.read(left), this.read(right)]);
    const matching = node.getChild('MatchingModifierClause');
    const [first, second] = matching?.getChildren('GroupingLabels') ?? [];
    const on = matching?.getChild('On') != null;
    // With "ignoring", or with neither, all labels but the listed ones are compared.
    const compared = this.#labels(first ?? null).includes(this.#label) === on;
    const both = () => intersect(this.read(left), this.read(right));
    if (has('Unless')) return this.read(left);
    if (has('And')) return compared ? both() : this.read(left);
    const many = matching?.getChild('GroupLeft') ? left : matching?.getChild('GroupRight') ? right : undefined;
    if (compared) return both();
    if (!many) return NONE;
    const one = many === left ? right : left;
    return this.#labels(second ?? null).includes(this.#label) ? this.read(one) : this.read(many);
  }

  #call(node: SyntaxNode): Values {
    const name = this.#text(node.getChild('FunctionIdentifier') ?? node);
    const args = operands(node.getChild('FunctionCallBody'));
    if (isScalar(this.#expr, node) || name === 'vector') return NONE;
    if (/^absent/.test(name)) {
      // What is absent has the labels that its selector demands, and no others.
      const demanded = selectorsOf(this.#text(node)).flatMap(({ matchers }) => matchers);
      return new Set(demanded.filter(({ label, op }) => label === this.#label && op === '=').map(({ value }) => value));
    }
    const texts = node.getChild('FunctionCallBody')?.getChildren('StringLiteral') ?? [];
    const [made] = texts.map((text) => unquote(this.#text(text)));
    if (/^label_(replace|join)$/.test(name) && made === this.#label) return 'any';
    return unite(args.map((arg) => this.read(arg)));
  }

  #labels(list: SyntaxNode | null): string[] {
    return list ? children(list).map((child) => this.#text(child).replaceAll('"', '')) : [];
  }

  #text(node: SyntaxNode): string {
    return textOf(this.#expr, node);
  }
}

/** A number has no labels, and leaves a vector beside it its own. */
function isScalar(expr: string, node: SyntaxNode): boolean {
  if (node.name === 'NumberDurationLiteral') return true;
  if (node.name === 'FunctionCall')
    return /^(scalar|time|pi)$/.test(textOf(expr, node.getChild('FunctionIdentifier') ?? node));
  if (!['ParenExpr', 'UnaryExpr', 'BinaryExpr'].includes(node.name)) return false;
  return operands(node).every((child) => isScalar(expr, child));
}

const NO_OPERAND =
  /^(LineComment|BoolModifier|MatchingModifierClause|AggregateOp|AggregateModifier|FunctionIdentifier|UnaryOp|(Offset)?DurationExpr|Offset|At|StringLiteral)$/;
const OPERATORS = /^(Add|Sub|Mul|Div|Mod|Pow|Atan2|Eql|Neq|Gtr|Gte|Lss|Lte|And|Or|Unless)$/;

function operands(node: SyntaxNode | null): SyntaxNode[] {
  return node ? children(node).filter((child) => !NO_OPERAND.test(child.name) && !OPERATORS.test(child.name)) : [];
}
