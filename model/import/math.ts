/** Grafana's math (`$A / $B > 5 && $C`) as PromQL. */
import { deciding, Untranslatable, type Value, wrapped } from './evaluate.ts';

type Node =
  | { readonly kind: 'value'; readonly value: Value; readonly ref: boolean }
  | { readonly kind: 'unary'; readonly op: string; readonly of: Node }
  | { readonly kind: 'call'; readonly name: string; readonly of: Node }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Node; readonly right: Node };

const TOKEN =
  /\s*(?:(\$\{[^}]*\}|\$\w+)|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(\*\*|&&|\|\||[<>=!]=|[-+*/%<>()!])|([A-Za-z_]\w*))/y;
/** From what binds least on. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '>', '>=', '<', '<='],
  ['+', '-'],
  ['*', '/', '%'],
  ['**'],
];
const FUNCTIONS: Readonly<Record<string, string>> = {
  abs: 'abs',
  log: 'ln',
  round: 'round',
  ceil: 'ceil',
  floor: 'floor',
};
const DEEPEST = 50;

/**
 * @param resolve what a name stands for
 * @throws Untranslatable, PromqlError
 */
export function mathAsPromql(text: string, resolve: (ref: string) => Value, say: (message: string) => void): Value {
  const tokens = tokensOf(text);
  let at = 0;
  const take = (...wanted: readonly string[]): string | undefined => {
    const token = tokens[at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    at += 1;
    return token;
  };
  const refuse = (): never => {
    throw new Untranslatable(`has the math "${text.trim()}", which does not parse at "${tokens[at] ?? 'its end'}"`);
  };
  const level = (depth: number, within: number): Node => {
    if (within > DEEPEST) throw new Untranslatable('has math that is nested too deep');
    const operators = LEVELS[depth];
    if (!operators) return unary(within + 1);
    let left = level(depth + 1, within);
    for (let op = take(...operators); op !== undefined; op = take(...operators))
      left = { kind: 'binary', op, left, right: level(depth + 1, within) };
    return left;
  };
  const unary = (within: number): Node => {
    if (within > DEEPEST) throw new Untranslatable('has math that is nested too deep');
    const op = take('-', '!');
    return op === undefined ? primary(within) : { kind: 'unary', op, of: unary(within + 1) };
  };
  const primary = (within: number): Node => {
    const token = tokens[at] ?? '';
    at += 1;
    if (token.startsWith('$')) return { kind: 'value', value: resolve(token.replace(/^\$\{?|\}$/g, '')), ref: true };
    if (/^[\d.]/.test(token))
      return { kind: 'value', value: { expr: String(Number(token)), decides: false }, ref: false };
    const name = /^[A-Za-z_]/.test(token) ? token : undefined;
    if (name !== undefined && take('(') === undefined) refuse();
    if (name === undefined && token !== '(') {
      at -= 1;
      refuse();
    }
    const inner = level(0, within + 1);
    if (take(')') === undefined) refuse();
    return name === undefined ? inner : { kind: 'call', name, of: inner };
  };
  const tree = level(0, 0);
  if (at < tokens.length) refuse();
  if (refsIn(tree).size > 1)
    say(
      'joins several queries by math: Grafana also joins series whose labels differ, PromQL only those with equal labels',
    );
  return isLogic(tree) ? { expr: filter(tree, say), decides: true } : { expr: number(tree), decides: false };
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    if (!token)
      throw new Untranslatable(`has the math "${text.trim()}", which does not parse at "${text.slice(from).trim()}"`);
    tokens.push(token[0].trim());
  }
  return tokens;
}

function refsIn(node: Node): Set<string> {
  if (node.kind === 'value') return new Set(node.ref ? [node.value.expr] : []);
  if (node.kind === 'binary') return new Set([...refsIn(node.left), ...refsIn(node.right)]);
  return refsIn(node.of);
}

const isComparison = (op: string) => LEVELS[2]?.includes(op) === true;

function isLogic(node: Node): boolean {
  if (node.kind === 'binary') return isComparison(node.op) || node.op === '&&' || node.op === '||';
  return (node.kind === 'unary' && node.op === '!') || (node.kind === 'call' && node.name === 'is_null');
}

/** What is left where it is true. */
function filter(node: Node, say: (message: string) => void): string {
  if (node.kind === 'binary' && (node.op === '&&' || node.op === '||'))
    return `(${filter(node.left, say)}) ${node.op === '&&' ? 'and' : 'or'} (${filter(node.right, say)})`;
  const nullness = isNullAt(node);
  if (nullness) return nullness.negated ? nullness.of : `absent(${nullness.of})`;
  if (node.kind === 'binary' && isComparison(node.op))
    return `${wrapped(number(node.left))} ${node.op} ${wrapped(number(node.right))}`;
  if (node.kind === 'unary' && node.op === '!') return `${wrapped(number(node.of))} == 0`;
  if (node.kind === 'value') return deciding(node.value, say);
  return `${wrapped(number(node))} != 0`;
}

/** `is_null($B) == 0`: whatever has a value fires. */
function isNullAt(node: Node): { readonly of: string; readonly negated: boolean } | undefined {
  if (node.kind === 'call' && node.name === 'is_null') return { of: number(node.of), negated: false };
  if (node.kind === 'unary' && node.op === '!') {
    const inner = isNullAt(node.of);
    return inner && { ...inner, negated: !inner.negated };
  }
  if (node.kind !== 'binary' || (node.op !== '==' && node.op !== '!=')) return undefined;
  const inner = isNullAt(node.left);
  const right = node.right.kind === 'value' ? node.right.value.expr : '';
  return inner && /^[01]$/.test(right)
    ? { ...inner, negated: inner.negated !== ((right === '0') === (node.op === '==')) }
    : undefined;
}

function number(node: Node): string {
  switch (node.kind) {
    case 'value':
      return node.value.expr;
    case 'unary':
      return node.op === '-' ? `-${wrapped(number(node.of))}` : `${wrapped(number(node.of))} == bool 0`;
    case 'call': {
      const name = FUNCTIONS[node.name];
      if (name === undefined) throw new Untranslatable(`has math with ${node.name}, which PromQL does not know`);
      return `${name}(${number(node.of)})`;
    }
    case 'binary': {
      if (node.op === '&&' || node.op === '||')
        throw new Untranslatable(`counts with the outcome of ${node.op}, which PromQL does not`);
      const op = node.op === '**' ? '^' : isComparison(node.op) ? `${node.op} bool` : node.op;
      return `${wrapped(number(node.left))} ${op} ${wrapped(number(node.right))}`;
    }
  }
}
