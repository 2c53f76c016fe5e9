/** What is wrong with an expression, by the catalogue of what its metrics really are. */
import { formatDuration } from '../../../config/duration.ts';
import { nearest } from '../../../config/faults.ts';
import { windowsOf } from '../../promql/literals.ts';
import { type Matcher, type Selector, selectorsOf } from '../../promql/selectors.ts';
import { findAll, parsePromql, type SyntaxNode, textOf } from '../../promql/syntax.ts';
import type { Metric } from '../catalogue.ts';
import { lintCount, lintLimit } from './limits.ts';
import { nearestMetric } from './nearestName.ts';
import {
  aggregationName,
  argumentsOf,
  functionName,
  groupingOf,
  isScalar,
  joinOf,
  type LabelsOf,
  lacking,
  operands,
  resultLabels,
} from './resultLabels.ts';
import { saidOfDeprecated, saidOfElsewhere } from './unreadable.ts';

/** What an expression is held against. */
export interface Ground {
  readonly scope: 'network' | 'environment';
  /** The metric that a series is of. */
  metricOf(series: string): Metric | undefined;
  readonly labelsOf: LabelsOf;
  /** Values that the label `component` may have. */
  readonly components: ReadonlySet<string>;
  /** Of all metrics that may be read, to say which one was meant. */
  readonly names?: readonly string[];
  /** Whose rules they are. */
  readonly chain?: string;
  /** Whether a series that is not known here is one of the environment's own programs. */
  isElsewhere?(series: string): boolean;
  /** Whether to tell also what may be meant, though it mostly is not: of rules that come from elsewhere. */
  readonly strict?: boolean;
}

export interface Finding {
  /** In a few words. */
  readonly message: string;
  /** Offset in the expression, where it is about one place of it. */
  readonly at?: number;
}

/** Compressed sixtyfold, ten minutes are five scrapes of two seconds. */
const SHORTEST_WINDOW = 600;

/** @returns what is wrong, each in a few words */
export function lintExpression(expr: string, ground: Ground): string[] {
  return findingsOf(expr, ground).map(({ message }) => message);
}

/** The same with places. Each message once, at its first place. */
export function findingsOf(expr: string, ground: Ground): Finding[] {
  const ofSelectors = selectorsOf(expr).flatMap((selector) =>
    lintSelector(selector, ground).map((message) => ({ message, at: selector.at })),
  );
  const all = new Map<string, Finding>();
  for (const finding of [...ofSelectors, ...lintStructure(expr, ground).map((message) => ({ message }))])
    if (!all.has(finding.message)) all.set(finding.message, finding);
  return [...all.values()];
}

function lintStructure(expr: string, ground: Ground): string[] {
  const root = parsePromql(expr).topNode;
  return [
    ...findAll(root, 'FunctionCall').flatMap((call) => lintCall(expr, call, ground)),
    ...findAll(root, 'AggregateExpr').flatMap((node) => lintAggregation(expr, node, ground)),
    ...findAll(root, 'BinaryExpr').flatMap((node) => [
      ...lintJoin(expr, node, ground),
      ...lintLimit(expr, node, ground),
      ...lintCount(expr, node, ground),
    ]),
    ...windowsOf(expr)
      .filter((seconds) => seconds < SHORTEST_WINDOW)
      .map(
        (seconds) =>
          `looks over ${formatDuration(seconds)}; the least is ${formatDuration(SHORTEST_WINDOW)}, so that compressed time leaves it enough scrapes`,
      ),
    ...lintOutermost(root.firstChild),
  ];
}

/** `; did you mean "x"?`, or nothing where none is near. */
function meant(name: string, known: Iterable<string>): string {
  return asQuestion(nearest(name, [...known]));
}

/** The same; where none is near, all that there are. */
function meantOrAll(name: string, known: Iterable<string>): string {
  const all = [...known].sort();
  return meant(name, all) || (all.length === 0 ? '' : `; it has ${all.join(', ')}`);
}

function asQuestion(near: string | undefined): string {
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

function lintSelector({ metric: series, matchers }: Selector, ground: Ground): string[] {
  if (series === undefined) return ['selects series by no name, so nothing says what they are'];
  const metric = ground.metricOf(series);
  if (!metric) {
    if (ground.isElsewhere?.(series)) return [saidOfElsewhere(series, ground.chain ?? '')];
    return [`reads ${series}, which is in no catalogue${asQuestion(nearestMetric(series, ground.names ?? []))}`];
  }
  const labels = ground.labelsOf(series);
  return [
    ...(metric.deprecated ? [saidOfDeprecated(series, metric)] : []),
    ...(matchers.some(({ label, value }) => label === 'job' && value !== '')
      ? [`selects ${series} by job, a name that whoever scrapes makes up: select it by component`]
      : []),
    ...(ground.scope === 'network' && matchers.some(({ label }) => label === 'network')
      ? [`selects ${series} by network, which is put in for each network`]
      : []),
    ...lacking(
      matchers.map(({ label }) => label),
      labels,
    ).map(
      (label) =>
        `selects ${series} by ${label}, a label that it does not have${meantOrAll(label, labels === 'any' ? [] : labels)}`,
    ),
    ...matchers.flatMap((matcher) => lintValue(series, matcher, metric, ground)),
  ];
}

/** Labels whose values are numbers. Prometheus 3 keeps whole ones as `10.0`, whatever the program writes; those before it as they come. */
const BOUNDS: ReadonlySet<string> = new Set(['le', 'quantile']);
/** A whole number in both ways to write it. */
const WHOLE = /^(\d+)\(\[\.\]0\)\?$/;

function saidOfWhole(series: string, label: string, value: string): string {
  return `selects ${series} by ${label}="${value}", which Prometheus 3 keeps as "${value}.0": write ${label}=~"${value}([.]0)?"`;
}

/** Values are checked where they can be read off: `a="x"`, `a=~"x|y"`. An empty one asks for the label's absence. */
function lintValue(series: string, { label, op, value }: Matcher, metric: Metric, { components }: Ground): string[] {
  const exact = op === '=' || op === '!=';
  if (exact && BOUNDS.has(label) && /^\d+$/.test(value)) return [saidOfWhole(series, label, value)];
  const whole = BOUNDS.has(label) ? WHOLE.exec(value)?.[1] : undefined;
  const values = exact ? [value] : whole !== undefined ? [whole] : /^[\w|+-]+$/.test(value) ? value.split('|') : [];
  const buckets = metric.buckets && [...metric.buckets.map(String), '+Inf'];
  const known = label === 'component' ? [...components] : label === 'le' ? buckets : metric.values[label];
  if (!known) return [];
  const same = (a: string, b: string) => a === b || (label === 'le' && Number(a) === Number(b));
  return values
    .filter((each) => each !== '' && !known.some((one) => same(one, each)))
    .map(
      (each) =>
        `selects ${series} by ${label}="${each}", which it never is: ${[...known].sort().join(', ')}${label === 'le' || known.length === 1 ? '' : meant(each, known)}`,
    );
}

const OF_COUNTERS = new Set(['rate', 'irate', 'increase', 'resets']);
const OF_GAUGES = new Set(['deriv', 'delta', 'idelta', 'double_exponential_smoothing']);

function lintCall(expr: string, call: SyntaxNode, ground: Ground): string[] {
  const name = functionName(expr, call);
  if (name === 'predict_linear')
    return ['predicts by predict_linear, whose seconds no compressed time reaches: divide by deriv'];
  if (!OF_COUNTERS.has(name) && !OF_GAUGES.has(name)) return [];
  return argumentsOf(call).flatMap((argument) => {
    const series = rawSeries(expr, argument);
    const metric = series === undefined ? undefined : ground.metricOf(series);
    if (!metric || series === undefined) return [];
    const counts = metric.type === 'counter' || series !== metric.name;
    if (OF_COUNTERS.has(name) && metric.type === 'gauge')
      return [`takes ${name} of ${series}, a gauge: what falls would count as a restart`];
    return OF_GAUGES.has(name) && counts ? [`takes ${name} of ${series}, which counts from 0 at every restart`] : [];
  });
}

/** The series over which a range looks, if it is one and not an expression. */
function rawSeries(expr: string, range: SyntaxNode): string | undefined {
  const [inner] = operands(range);
  if (!inner || range.name === 'AggregateExpr' || range.name === 'FunctionCall' || range.name === 'BinaryExpr')
    return undefined;
  return inner.name === 'VectorSelector' ? selectorsOf(textOf(expr, inner))[0]?.metric : rawSeries(expr, inner);
}

function lintAggregation(expr: string, node: SyntaxNode, ground: Ground): string[] {
  const given = argumentsOf(node).filter((argument) => !isScalar(expr, argument));
  const name = aggregationName(expr, node);
  const grouping = groupingOf(expr, node);
  return given.flatMap((argument) => {
    const labels = resultLabels(expr, argument, ground.labelsOf);
    const unknown = lacking(grouping?.labels ?? [], labels).map(
      (label) => `groups ${name} by ${label}, a label that is not there`,
    );
    const keepsNetwork = grouping !== undefined && grouping.by === grouping.labels.includes('network');
    const mixes = ground.scope === 'network' && lacking(['network'], labels).length === 0 && !keepsNetwork;
    return mixes ? [...unknown, `takes ${name} over all networks at once: group it by network`] : unknown;
  });
}

function lintJoin(expr: string, node: SyntaxNode, ground: Ground): string[] {
  const join = joinOf(expr, node);
  if (!join) return [];
  const left = resultLabels(expr, join.left, ground.labelsOf);
  const right = resultLabels(expr, join.right, ground.labelsOf);
  const { on, ignoring = [], include, many } = join;
  const faults = (on ?? []).flatMap((label) =>
    [left, right].some((side) => lacking([label], side).length > 0)
      ? [`joins on ${label}, which one side never has`]
      : [],
  );
  const one = many === 'left' ? right : left;
  faults.push(...lacking(include, one).map((label) => `takes ${label} over from a side that never has it`));
  const both = [left, right].every((side) => lacking(['network'], side).length === 0);
  const crosses = on ? !on.includes('network') : ignoring.includes('network');
  if (ground.scope === 'network' && both && crosses)
    faults.push('joins series of different networks: join on network too');
  if (!on && join.set !== 'or' && left !== 'any' && right !== 'any') {
    const only = [...lacking([...left], right), ...lacking([...right], left)].filter(
      (label) => !ignoring.includes(label),
    );
    if (only.length > 0) faults.push(`joins on all labels, of which one side never has ${only.sort().join(', ')}`);
  }
  return faults;
}

function lintOutermost(node: SyntaxNode | null): string[] {
  if (node?.name === 'LineComment') return lintOutermost(node.nextSibling);
  return node?.getChild('BoolModifier')
    ? ['compares with bool at the outermost, which always gives a value and so always fires']
    : [];
}
