/** What should stand where an expression does not parse: the grammar only says that it does not. */
import type { SyntaxNode } from '@lezer/common';

const OPENS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** Texts and comments, within which brackets are none. */
const SKIPPED = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`|#[^\n]*/sy;

/** @param node the error in the tree */
export function expectedAt(expr: string, node: SyntaxNode): string {
  const open = bracketFault(expr);
  if (open !== undefined) return open;
  switch (node.parent?.name) {
    case 'LabelMatchers':
    case 'UnquotedLabelMatcher':
    case 'QuotedLabelMatcher':
      return 'expected a matcher with a quoted value, such as component="op-node"';
    case 'GroupingLabels':
      return 'expected names of labels, such as (network, instance)';
    case 'MatrixSelector':
    case 'SubqueryExpr':
    case 'OffsetExpr':
    case 'DurationExpr':
      return 'expected a duration, such as 5m';
    default:
      return complete(node)
        ? 'expected an operator, or the end'
        : 'expected a metric, a number, a function or a parenthesis';
  }
}

/** Whether an expression ends before the error, so that only an operator could lead on. */
function complete(node: SyntaxNode): boolean {
  const before = node.prevSibling;
  return before !== null && /(Expr|Selector|Call|Literal)$/.test(before.name);
}

function bracketFault(expr: string): string | undefined {
  const open: string[] = [];
  for (let at = 0; at < expr.length; at++) {
    SKIPPED.lastIndex = at;
    const skipped = SKIPPED.exec(expr)?.[0];
    const char = expr.charAt(at);
    if (skipped !== undefined) at += skipped.length - 1;
    else if (/["'`]/.test(char))
      return `the text that begins at ${expr.slice(at, at + 12).split('\n')[0]} does not end`;
    else if (char in OPENS) open.push(char);
    else if (/[)\]}]/.test(char)) {
      const last = open.pop();
      if (last === undefined) return `there is a "${char}" too many`;
      if (OPENS[last] !== char) return `expected "${OPENS[last]}" before the "${char}"`;
    }
  }
  const last = open.at(-1);
  return last === undefined ? undefined : `a "${OPENS[last]}" is missing`;
}
