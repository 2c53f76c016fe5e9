/**
 * An expression that asks for what a Prometheus may not have: series that a rule would have recorded, and `ALERTS`. Where that is right,
 * their own expressions are put in their place. Pure.
 *
 * A recorded series is what its expression gave at each evaluation. So at one moment it is that expression; over a range it is a subquery
 * with the interval of evaluation as its step.
 */
import { formatDuration } from '../../config/duration.ts';
import { type Matcher, selectorAt } from '../promql/selectors.ts';
import { applyEdits, type Edit, findAll, parsePromql, quote, type SyntaxNode } from '../promql/syntax.ts';
import type { RecordedSeries, TriedRule } from './rules.ts';

/** Why history cannot say how often a rule would have fired. */
export class NotAnswerable extends Error {}

export interface Definitions {
  /** The definition that is to be put in the place of a metric; `undefined` where Prometheus has the metric itself. */
  readonly recording: (name: string) => RecordedSeries | undefined;
  readonly alert: (name: string) => TriedRule | undefined;
  /** Seconds between evaluations. */
  readonly step: number;
}

/** Definitions that lead to themselves lead nowhere. */
const DEEPEST = 8;

/** @throws NotAnswerable, PromqlError */
export function inlined(expr: string, definitions: Definitions, depth = 0): string {
  if (depth > DEEPEST) throw new NotAnswerable('what it reads is defined by itself');
  const edits = findAll(parsePromql(expr).topNode, 'VectorSelector').flatMap((node): Edit[] => {
    const { metric, matchers } = selectorAt(expr, node);
    if (metric === 'ALERTS') return inPlace(expr, node, firingOf(matchers, definitions, depth), definitions);
    const recording = metric === undefined ? undefined : definitions.recording(metric);
    if (!recording) return [];
    const inner = inlined(recording.expr, definitions, depth + 1);
    const unmet = matchers.filter(({ label }) => !Object.hasOwn(recording.labels, label));
    if (unmet.length > 0) throw new NotAnswerable(unanswered(recording.name, unmet));
    const there = matchers.every((matcher) => meets(recording.labels[matcher.label] ?? '', matcher));
    return inPlace(expr, node, there ? labelled(inner, recording.labels) : EMPTY, definitions);
  });
  return applyEdits(expr, edits);
}

const EMPTY = '(vector(0) > 0)';

function unanswered(name: string, unmet: readonly Matcher[]): string {
  const labels = unmet.map(({ label }) => label).join(', ');
  return `it picks series of ${name} by ${labels}, which the rule that records them does not set; Prometheus has none recorded by that definition`;
}

/** Where an alert was firing, as an expression. Whole evaluations of `for` look back exactly as far as the alert has to hold. */
function firingOf(matchers: readonly Matcher[], definitions: Definitions, depth: number): string {
  const named = (label: string) => matchers.find((matcher) => matcher.label === label && matcher.op === '=')?.value;
  const [name, state] = [named('alertname'), named('alertstate')];
  if (name === undefined || state !== 'firing')
    throw new NotAnswerable('it reads ALERTS other than by alertname="…" and alertstate="firing"');
  const rule = definitions.alert(name);
  if (!rule) return EMPTY;
  if (rule.keepFiringFor > 0)
    throw new NotAnswerable(`it reads ALERTS of ${name}, whose keep_firing_for no expression can say`);
  const labels: Record<string, string> = { ...rule.labels, alertname: name, alertstate: state };
  const open = matchers.find(({ label }) => labels[label] === undefined || labels[label].includes('{{'));
  if (open) throw new NotAnswerable(`it picks ALERTS of ${name} by ${open.label}, which only its series know`);
  if (!matchers.every((matcher) => meets(labels[matcher.label] ?? '', matcher))) return EMPTY;
  const { step } = definitions;
  const count = Math.ceil(Math.round((rule.for / step) * 1e6) / 1e6) + 1;
  const inner = inlined(rule.expr, definitions, depth + 1);
  const held = `count_over_time((\n${inner}\n)[${formatDuration(count * step)}:${formatDuration(step)}])`;
  return labelled(`(${held} >= ${count}) * 0 + 1`, labels);
}

function labelled(expr: string, labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).reduce(
    (inner, [label, value]) =>
      `label_replace(${inner}\n, ${quote(label)}, ${quote(value.replaceAll('$', '$$$$'))}, "", "")`,
    // On a line of its own: it may end in a comment.
    `(\n${expr}\n)`,
  );
}

/** A range of it becomes a subquery; what is looked at earlier, a subquery of one evaluation, since only those can be. */
function inPlace(expr: string, node: SyntaxNode, inner: string, { step }: Definitions): Edit[] {
  const every = formatDuration(step);
  const { parent } = node;
  if (parent?.name === 'MatrixSelector') {
    const end = parent.to - 1;
    return [
      { from: node.from, to: node.to, insert: inner },
      { from: end, to: end, insert: `:${every}` },
    ];
  }
  const to = endOfModifiers(node);
  if (to === node.to) return [{ from: node.from, to, insert: inner }];
  const insert = `last_over_time(${inner}[${every}:${every}]${expr.slice(node.to, to)}\n)`;
  return [{ from: node.from, to, insert }];
}

/** In the syntax tree `a - b offset 1h` is an offset of both; in Prometheus a modifier belongs to what stands before it. */
function endOfModifiers(node: SyntaxNode): number {
  let end = node.to;
  for (let up = node.parent; up; up = up.parent) {
    const modifies = up.name === 'OffsetExpr' || up.name === 'StepInvariantExpr';
    if (modifies && up.firstChild?.to === end) end = up.to;
    else if (up.to !== end) break;
  }
  return end;
}

function meets(value: string, { op, value: wanted }: Matcher): boolean {
  const holds = op === '=' || op === '!=' ? value === wanted : new RegExp(`^(?:${wanted})$`, 's').test(value);
  return op === '=' || op === '=~' ? holds : !holds;
}
