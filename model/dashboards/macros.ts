/**
 * Grafana's variables in PromQL: `[$__rate_interval]` does not parse, so nothing could be checked or narrowed. For as long as a
 * query is worked on, each variable outside a string stands as a duration that occurs nowhere else; afterwards it is put back
 * where the syntax tree has that duration. Within a string (`instance=~"$instance"`) a variable is text and stays.
 */
import { applyEdits, type Edit, findAll, parsePromql, textOf } from '../promql/syntax.ts';

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
 * @param change sees PromQL without variables, and says what to edit in it; the result has them again
 * @throws PromqlError where the query does not parse; Error where a variable stands for no duration
 */
export function withVariables(query: string, change: (promql: string) => readonly Edit[]): string {
  const { promql, variables } = substituteVariables(query);
  const edits = [...change(promql)];
  if (variables.size === 0) return applyEdits(promql, edits);
  const back = findAll(
    parsePromql(promql).topNode,
    'NumberDurationLiteral',
    'NumberDurationLiteralInDurationContext',
  ).flatMap((node) => {
    const insert = variables.get(textOf(promql, node));
    return insert === undefined ? [] : [{ from: node.from, to: node.to, insert }];
  });
  if (back.length !== variables.size) throw new Error(`a variable of "${query}" stands for no duration`);
  return applyEdits(promql, [...edits, ...back]);
}
