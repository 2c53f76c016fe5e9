/**
 * Rules that ask whether another alert fires, without the series `ALERTS`: Prometheus writes it for its own alerts; Grafana writes none, or
 * `GRAFANA_ALERTS` where its operator has set up state history in a Prometheus (docs/sources/alerting/set-up/meta-monitoring.md of
 * github.com/grafana/grafana, pull request 107006). Left as it is, `unless … ALERTS{alertname="X", alertstate="firing"}` would hold nothing
 * back. In its place comes what makes X fire: that its expression has held at each evaluation for as long as it waits.
 */
import { formatDuration } from '../../config/duration.ts';
import { type Matcher, selectorAt } from '../promql/selectors.ts';
import { applyEdits, children, findAll, parsePromql, quote, type SyntaxNode, textOf } from '../promql/syntax.ts';
import type { PlannedAlert, PlannedGroup } from '../rules/instantiate.ts';
import { evaluatedEach } from './rules.ts';

/** An alert, and the seconds between its evaluations. */
interface Placed {
  readonly alert: PlannedAlert;
  readonly interval: number;
}

/** @param evaluationInterval seconds, for groups that say nothing. @throws PromqlError */
export function withoutAlertSeries(groups: readonly PlannedGroup[], evaluationInterval: number): PlannedGroup[] {
  const owners = Map.groupBy(groups, ({ owner }) => owner);
  const alertsOf = new Map([...owners].map(([owner, own]) => [owner, placedAlerts(own, evaluationInterval)] as const));
  return groups.map((group) => {
    const alerts = alertsOf.get(group.owner) ?? new Map();
    return { ...group, rules: group.rules.map((rule) => ({ ...rule, expr: spelledOut(rule.expr, alerts) })) };
  });
}

function placedAlerts(groups: readonly PlannedGroup[], evaluationInterval: number): Map<string, Placed> {
  const all = groups.flatMap((group) =>
    group.rules.flatMap((rule) =>
      rule.kind === 'alert' ? [{ alert: rule, interval: evaluatedEach(group, evaluationInterval) }] : [],
    ),
  );
  return new Map(all.map((placed) => [placed.alert.name, placed]));
}

/** @param within alerts whose expression this is part of: one that asks for itself stays as it is */
function spelledOut(expr: string, alerts: ReadonlyMap<string, Placed>, within: readonly string[] = []): string {
  const edits = findAll(parsePromql(expr).topNode, 'VectorSelector').flatMap((node) => {
    const { metric, matchers } = selectorAt(expr, node);
    if (metric !== 'ALERTS') return [];
    const placed = alerts.get(matchers.find(({ label, op }) => label === 'alertname' && op === '=')?.value ?? '');
    const joined = joinedLabels(expr, node);
    if (!placed || !joined || within.includes(placed.alert.name) || !isMeant(placed.alert, matchers)) return [];
    const own = spelledOut(placed.alert.expr, alerts, [...within, placed.alert.name]);
    return [{ from: node.from, to: node.to, insert: labelled(firing(own, placed), placed.alert, joined) }];
  });
  return edits.length === 0 ? expr : applyEdits(expr, edits);
}

/**
 * Only what can be said of the rule itself, and of an alert that fires as long as its expression holds. All else stays, and finds nothing: so
 * does an alert that this stack does not have, or has with another severity.
 */
function isMeant(alert: PlannedAlert, matchers: readonly Matcher[]): boolean {
  const known: Readonly<Record<string, string>> = { ...alert.labels, alertname: alert.name, alertstate: 'firing' };
  const asksForFiring = matchers.some(({ label }) => label === 'alertstate');
  return (
    alert.keepFiringFor === 0 &&
    asksForFiring &&
    matchers.every(({ label, op, value }) => op === '=' && known[label] === value)
  );
}

/** The labels of the `on (…)` that the selector is an operand of: those that its place must have. */
function joinedLabels(expr: string, node: SyntaxNode): readonly string[] | undefined {
  const clause = node.parent?.name === 'BinaryExpr' ? node.parent.getChild('MatchingModifierClause') : undefined;
  if (!clause?.getChild('On')) return undefined;
  const names = clause.getChild('GroupingLabels');
  return names ? children(names).map((name) => textOf(expr, name)) : [];
}

/** A range takes no sample at its beginning, so one of n intervals holds n evaluations, wherever in an interval it ends. */
function firing(expr: string, { alert, interval }: Placed): string {
  const held = Math.ceil(alert.for / interval) + 1;
  if (held === 1) return `(\n${expr}\n)`;
  const range = `[${formatDuration(held * interval)}:${formatDuration(interval)}]`;
  return `(count_over_time((\n${expr}\n)${range}) >= ${held})`;
}

/** The rule's own labels go before those of the series, as on the alert. */
function labelled(expr: string, { labels }: PlannedAlert, joined: readonly string[]): string {
  return joined.reduce((inner, label) => {
    const value = labels[label];
    return value === undefined
      ? inner
      : `label_replace(${inner}, ${quote(label)}, ${quote(value.replaceAll('$', '$$$$'))}, "", "")`;
  }, expr);
}
