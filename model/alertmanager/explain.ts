/**
 * What Alertmanager would do with an alert of these labels: which routes it takes, who is told, and what would mute it.
 * The same walk as Alertmanager's dispatcher: depth first, the first match wins unless it continues, and a node whose children
 * match does not act itself. A test compares this with `amtool config routes test` and with a running Alertmanager, on random alerts.
 */
import { wholeMatch } from '../../config/regex.ts';
import type { AlertMatcher, AlertmanagerSettings, AlertRoute, InhibitRule } from './types.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Step {
  readonly route: AlertRoute;
  /** Indices from the root on: how a person finds the route in the file. */
  readonly path: readonly number[];
}

export interface Decision {
  /** The routes that act, in order, each with the way to it. */
  readonly steps: readonly Step[];
  /** Receivers, each once, in order. */
  readonly receivers: readonly string[];
}

export function decide(plan: AlertmanagerSettings, labels: Labels): Decision {
  const steps = walk(plan.route, labels, []);
  return { steps, receivers: [...new Set(steps.map((step) => step.route.receiver))] };
}

function walk(route: AlertRoute, labels: Labels, path: readonly number[]): Step[] {
  if (!matchesAll(route.matchers, labels)) return [];
  const steps: Step[] = [];
  for (const [index, child] of route.routes.entries()) {
    const taken = walk(child, labels, [...path, index]);
    steps.push(...taken);
    if (taken.length > 0 && !child.continue) break;
  }
  return steps.length > 0 ? steps : [{ route, path }];
}

/** What an alert shares with the others of its message. A label that it lacks is no part of that, as in Alertmanager. */
export function groupOf({ groupBy }: AlertRoute, labels: Labels): Labels {
  const by = groupBy.includes('...') ? Object.keys(labels).sort() : groupBy;
  const shared = by.map((label) => [label, labelOf(label, labels)] as const).filter(([, value]) => value !== '');
  return Object.fromEntries(shared);
}

export function matchesAll(matchers: readonly AlertMatcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matches(matcher, labels));
}

/** A label that is not there counts as empty, as it does in Alertmanager. */
function labelOf(label: string, labels: Labels): string {
  return (Object.hasOwn(labels, label) ? labels[label] : undefined) ?? '';
}

export function matches({ label, op, value }: AlertMatcher, labels: Labels): boolean {
  const actual = labelOf(label, labels);
  switch (op) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '=~':
      return wholeMatch(value).test(actual);
    case '!~':
      return !wholeMatch(value).test(actual);
  }
}

/** Could an alert with labels `source`, if it fires, mute one with labels `target`? Then by which rule. */
export function inhibitedBy(plan: AlertmanagerSettings, target: Labels, source: Labels): InhibitRule | undefined {
  return plan.inhibitRules.find((rule) => inhibits(rule, target, source));
}

export function inhibits(rule: InhibitRule, target: Labels, source: Labels): boolean {
  const equal = rule.equal.every((label) => labelOf(label, target) === labelOf(label, source));
  if (!equal || !matchesAll(rule.source, source) || !matchesAll(rule.target, target)) return false;
  // An alert that is both source and target of a rule does not mute its like.
  return !(matchesAll(rule.source, target) && matchesAll(rule.target, source));
}
