/** Fewer labels: one less to group or to match by, a matcher less, a matcher that wants the contrary. */
import { children, findAll, oneLine, type SyntaxNode, textOf } from '../promql/syntax.ts';
import { type Change, type Operator, replace } from './change.ts';

const CLAUSES: Readonly<Record<string, string>> = {
  By: 'by',
  Without: 'without',
  On: 'on',
  Ignoring: 'ignoring',
  GroupLeft: 'group_left',
  GroupRight: 'group_right',
};

/** `by`, `without`, `on`, `ignoring` and what `group_left` takes along. */
export const groupings: Operator = (expr, root) =>
  findAll(root, 'GroupingLabels').flatMap((list) => {
    const clause = CLAUSES[list.prevSibling?.name ?? ''];
    if (clause === undefined) return [];
    return droppedOneByOne(expr, list, ['LabelName', 'QuotedLabelName'], ['(', ')'], clause);
  });

export const matchers: Operator = (expr, root) =>
  findAll(root, 'LabelMatchers').flatMap((braces) => {
    // Without a name, what is left could match everything, which Prometheus refuses.
    if (!braces.parent?.getChild('Identifier')) return [];
    const kinds = ['UnquotedLabelMatcher', 'QuotedLabelMatcher'];
    return [
      ...droppedOneByOne(expr, braces, kinds, ['{', '}'], 'matcher'),
      ...children(braces)
        .filter(({ name }) => kinds.includes(name))
        .flatMap((matcher) => negated(expr, matcher)),
    ];
  });

function droppedOneByOne(
  expr: string,
  list: SyntaxNode,
  kinds: readonly string[],
  [open, close]: readonly [string, string],
  what: string,
): Change[] {
  const items = children(list).filter(({ name }) => kinds.includes(name));
  return items.map((dropped) => {
    const rest = items.filter((item) => item !== dropped).map((item) => textOf(expr, item));
    return replace(list, `${open}${rest.join(', ')}${close}`, `${what} ${oneLine(textOf(expr, dropped))} dropped`);
  });
}

const CONTRARY: Readonly<Record<string, string>> = { '=': '!=', '!=': '=', '=~': '!~', '!~': '=~' };

function negated(expr: string, matcher: SyntaxNode): Change[] {
  const operator = matcher.getChild('MatchOp');
  const contrary = operator && CONTRARY[textOf(expr, operator)];
  return operator && contrary ? [replace(operator, contrary, `matcher ${oneLine(textOf(expr, matcher))} negated`)] : [];
}
