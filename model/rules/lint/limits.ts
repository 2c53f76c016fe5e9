/** What is wrong with the limits of an expression: those that nothing ever passes, and those that everything passes in the end. */
import { asComparison, numberAt } from '../../promql/comparison.ts';
import { selectorsOf } from '../../promql/selectors.ts';
import { type SyntaxNode, textOf } from '../../promql/syntax.ts';
import type { Ground } from './expression.ts';
import { argumentsOf, functionName, operands } from './resultLabels.ts';

/** A quantile is at most the last finite bucket: a limit there or above is never passed. */
export function lintLimit(expr: string, node: SyntaxNode, ground: Ground): string[] {
  const comparison = asComparison(node);
  if (!comparison) return [];
  const limits: readonly [SyntaxNode, number | undefined, string][] = [
    [comparison.left, numberAt(expr, comparison.right), comparison.op],
    [comparison.right, numberAt(expr, comparison.left), comparison.mirrored],
  ];
  return limits.flatMap(([side, limit, op]) => {
    const call = quantileAt(expr, side);
    if (!call || limit === undefined || !op.startsWith('>')) return [];
    return selectorsOf(textOf(expr, call)).flatMap(({ metric: series = '' }) => {
      const metric = ground.metricOf(series);
      // That nobody knows it is said already.
      if (!metric) return [];
      const { buckets, name, type } = metric;
      if (type !== 'histogram') return [`takes a quantile of ${series}, a ${type} and no histogram`];
      if (!buckets) return [`compares a quantile of ${name}, whose buckets the catalogue does not tell`];
      const last = Math.max(...buckets.filter(Number.isFinite));
      return limit < last
        ? []
        : [`asks whether a quantile of ${name} is over ${limit}; its last bucket ends at ${last}, so it never is`];
    });
  });
}

function quantileAt(expr: string, node: SyntaxNode): SyntaxNode | undefined {
  if (node.name === 'FunctionCall') return functionName(expr, node) === 'histogram_quantile' ? node : undefined;
  const [inner] =
    node.name === 'ParenExpr' ? operands(node) : node.name === 'AggregateExpr' ? argumentsOf(node).slice(-1) : [];
  return inner && quantileAt(expr, inner);
}

/** What only grows passes any limit in the end, and starts again from 0 with its process. */
export function lintCount(expr: string, node: SyntaxNode, ground: Ground): string[] {
  const comparison = asComparison(node);
  if (!comparison) return [];
  const { left, right } = comparison;
  const [onRight, onLeft] = [numberAt(expr, right), numberAt(expr, left)];
  // "Has it ever happened since the start" can be meant: what happens at the start, no increase sees.
  const asked = (limit: number | undefined) => limit !== undefined && (limit !== 0 || ground.strict === true);
  const sides = [...(asked(onRight) ? [left] : []), ...(asked(onLeft) ? [right] : [])];
  return sides.flatMap((side) => {
    const series = bareSeries(expr, side);
    const metric = series === undefined ? undefined : ground.metricOf(series);
    const counts = metric?.type === 'counter' || (metric?.type === 'histogram' && series !== metric.name);
    return counts
      ? [`compares ${series} as it stands, a counter since its process began: take increase or rate of it`]
      : [];
  });
}

/** The series that a node selects, where it does nothing else with it. */
function bareSeries(expr: string, node: SyntaxNode): string | undefined {
  if (node.name === 'VectorSelector') return selectorsOf(textOf(expr, node))[0]?.metric;
  const [inner, ...others] = node.name === 'ParenExpr' || node.name === 'OffsetExpr' ? operands(node) : [];
  if (inner && others.length === 0) return bareSeries(expr, inner);
  // A sum of counts is a count.
  if (node.name === 'AggregateExpr') {
    const [first] = argumentsOf(node).slice(-1);
    const op = node.getChild('AggregateOp');
    return first && op && /^(sum|max|min|avg)$/i.test(textOf(expr, op)) ? bareSeries(expr, first) : undefined;
  }
  return undefined;
}
