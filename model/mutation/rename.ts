/**
 * Renaming in expressions: mutants of a rule stand beside each other in one file, so each has a name of its own, and so has what reads it.
 */
import { applyEdits, children, type Edit, findAll, parsePromql, quote, textOf, unquote } from '../promql/syntax.ts';

/** A metric, wherever a selector names it. @throws PromqlError */
export function renameMetric(expr: string, from: string, to: string): string {
  const edits: Edit[] = findAll(parsePromql(expr).topNode, 'VectorSelector').flatMap((selector) => {
    const name = selector.getChild('Identifier');
    return name && textOf(expr, name) === from ? [{ from: name.from, to: name.to, insert: to }] : [];
  });
  return applyEdits(expr, edits);
}

/** An alert, wherever `alertname="…"` names it. @throws PromqlError */
export function renameAlert(expr: string, from: string, to: string): string {
  const edits: Edit[] = findAll(parsePromql(expr).topNode, 'UnquotedLabelMatcher').flatMap((matcher) => {
    const [label, operator, value] = children(matcher);
    if (!label || !operator || !value || textOf(expr, label) !== 'alertname' || textOf(expr, operator) !== '=')
      return [];
    return unquote(textOf(expr, value)) === from ? [{ from: value.from, to: value.to, insert: quote(to) }] : [];
  });
  return applyEdits(expr, edits);
}
