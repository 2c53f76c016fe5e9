/**
 * Grafana's variables in PromQL: `[$__rate_interval]` does not parse, so nothing could be checked or narrowed. For as long as a
 * query is worked on, each variable outside a string stands as a duration that occurs nowhere else; afterwards it is put back
 * where the syntax tree has that duration. Within a string (`instance=~"$instance"`) a variable is text and stays.
 */
import { applyEdits, findAll, parsePromql, textOf } from '../promql/syntax.ts';

const VARIABLE = /\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*(?:\.\w+)*(?::[^}]*)?\})/y;
const SKIPPED = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*/sy;
/** Milliseconds: some ten days, an odd number that nobody writes. */
const FIRST_PLACEHOLDER = 864_086_401;

interface Substituted {
  readonly promql: string;
  /** Placeholder → variable. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Text that parses, with a duration in place of each variable. */
export function substituteVariables(query: string): Substituted {
  const variables = new Map<string, string>();
  let next = FIRST_PLACEHOLDER;
  let promql = '';
  let at = 0;
  while (at < query.length) {
    const skipped = matchAt(SKIPPED, query, at);
    const variable = skipped === undefined ? matchAt(VARIABLE, query, at) : undefined;
    if (variable !== undefined) {
      while (query.includes(`${next}ms`)) next++;
      variables.set(`${next}ms`, variable);
      promql += `${next++}ms`;
    } else promql += skipped ?? query.charAt(at);
    at += (skipped ?? variable ?? ' ').length;
  }
  return { promql, variables };
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/**
 * `change` sees PromQL without variables; the result has them again.
 * @throws PromqlError where the query, or what became of it, does not parse; Error where a change lost a variable
 */
export function withVariables(query: string, change: (promql: string) => string): string {
  const { promql, variables } = substituteVariables(query);
  const changed = change(promql);
  if (variables.size === 0) return changed;
  const edits = findAll(
    parsePromql(changed).topNode,
    'NumberDurationLiteral',
    'NumberDurationLiteralInDurationContext',
  ).flatMap((node) => {
    const insert = variables.get(textOf(changed, node));
    return insert === undefined ? [] : [{ from: node.from, to: node.to, insert }];
  });
  if (edits.length !== variables.size) throw new Error(`a variable of "${query}" was lost in "${changed}"`);
  return applyEdits(changed, edits);
}
