/** Another aggregation, another function, or none. */
import { children, findAll, textOf } from '../promql/syntax.ts';
import { type Operator, replace } from './change.ts';

const AGGREGATIONS: Readonly<Record<string, string>> = {
  max: 'min',
  min: 'max',
  sum: 'max',
  avg: 'max',
  count: 'sum',
  topk: 'bottomk',
  bottomk: 'topk',
};

/** Of equal arguments and type. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  rate: 'increase',
  increase: 'rate',
  irate: 'rate',
  deriv: 'delta',
  delta: 'deriv',
  idelta: 'delta',
  changes: 'resets',
  resets: 'changes',
  max_over_time: 'min_over_time',
  min_over_time: 'max_over_time',
  avg_over_time: 'max_over_time',
  sum_over_time: 'avg_over_time',
  count_over_time: 'sum_over_time',
  last_over_time: 'max_over_time',
  present_over_time: 'absent_over_time',
  absent_over_time: 'present_over_time',
  clamp_min: 'clamp_max',
  clamp_max: 'clamp_min',
};

/** Without them there is still a vector. */
const REMOVABLE = new Set(['absent', 'abs', 'ceil', 'floor', 'timestamp', 'sgn', 'exp', 'ln']);

export const aggregations: Operator = (expr, root) =>
  findAll(root, 'AggregateOp').flatMap((node) => {
    const name = textOf(expr, node).toLowerCase();
    const other = AGGREGATIONS[name];
    return other === undefined ? [] : [replace(node, other, `aggregation ${name} → ${other}`)];
  });

export const functions: Operator = (expr, root) =>
  findAll(root, 'FunctionCall').flatMap((call) => {
    const identifier = call.getChild('FunctionIdentifier');
    const [argument, ...others] = children(call.getChild('FunctionCallBody') ?? call).filter(
      ({ name }) => name !== 'LineComment',
    );
    if (!identifier || !argument) return [];
    const name = textOf(expr, identifier);
    const other = FUNCTIONS[name];
    if (other !== undefined) return [replace(identifier, other, `function ${name} → ${other}`)];
    if (!REMOVABLE.has(name) || others.length > 0) return [];
    return [replace(call, `(${textOf(expr, argument)}\n)`, `function ${name} removed`)];
  });
