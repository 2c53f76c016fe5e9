/** The rules of two sides, and which of them are worth trying: those that could fire differently. Pure. */
import { selectorsOf } from '../promql/selectors.ts';
import { findAll, oneLine, parsePromql } from '../promql/syntax.ts';

export interface TriedRule {
  /** The network, or `system`; absent for a rule of a plain rule file, which is about all that its expression finds. */
  readonly owner?: string;
  readonly alert: string;
  readonly severity: string;
  readonly expr: string;
  /** Seconds. */
  readonly for: number;
  /** Seconds. */
  readonly keepFiringFor: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds between evaluations; the side's where absent. */
  readonly interval?: number;
}

export interface RecordedSeries {
  readonly owner?: string;
  readonly name: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Side {
  readonly rules: readonly TriedRule[];
  readonly recordings: readonly RecordedSeries[];
  /** Seconds between evaluations. */
  readonly interval: number;
}

export type Change = 'added' | 'removed' | 'changed' | 'same';

/** What is compared: mostly one rule with itself; of a plain rule file one with those of all networks. */
export interface Trial {
  readonly alert: string;
  readonly change: Change;
  readonly before: readonly TriedRule[];
  readonly after: readonly TriedRule[];
}

/**
 * Sorted by alert, then owner.
 * @param before where its rules have no owner, it is only about the alerts that it names
 */
export function trialsOf(before: Side, after: Side): Trial[] {
  const plain = before.rules.some(({ owner }) => owner === undefined);
  const keyOf = ({ alert, owner }: TriedRule) => (plain ? alert : `${alert} ${owner ?? ''}`);
  const [old, now] = [before, after].map(({ rules }) => Map.groupBy(rules, keyOf));
  const keys = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].sort();
  const moved = movedNames(before, after);
  return keys.flatMap((key): Trial[] => {
    const [was, is] = [old?.get(key) ?? [], now?.get(key) ?? []];
    const alert = (is[0] ?? was[0])?.alert;
    if (alert === undefined || (plain && was.length === 0)) return [];
    return [{ alert, change: changeOf(was, is, moved), before: was, after: is }];
  });
}

function changeOf(before: readonly TriedRule[], after: readonly TriedRule[], moved: ReadonlySet<string>): Change {
  if (before.length === 0) return 'added';
  if (after.length === 0) return 'removed';
  const same = before.length === after.length && before.every((rule, index) => equal(rule, after[index]));
  const reads = after.flatMap(({ owner, expr }) => readBy(expr).map((name) => nameOf(owner, name)));
  return same && !reads.some((name) => moved.has(name)) ? 'same' : 'changed';
}

function equal(a: TriedRule, b: TriedRule | undefined): boolean {
  if (b === undefined || a.for !== b.for || a.keepFiringFor !== b.keepFiringFor) return false;
  return meaning(a.expr) === meaning(b.expr);
}

const nameOf = (owner: string | undefined, name: string) => `${owner ?? ''} ${name}`;

/** What a rule reads of other rules: names of metrics, and `ALERTS` with the alert that it asks for. */
function readBy(expr: string): string[] {
  return selectorsOf(expr).flatMap(({ metric, matchers }) => {
    if (metric !== 'ALERTS') return metric ?? [];
    return matchers.filter(({ label }) => label === 'alertname').map(({ value }) => `ALERTS ${value}`);
  });
}

/** Recorded series and alerts that are not what they were, with all that follows from them. */
function movedNames(before: Side, after: Side): ReadonlySet<string> {
  const definitions = ({ rules, recordings }: Side) =>
    new Map([
      ...recordings.map(({ owner, name, expr, labels }): [string, Definition] => [
        nameOf(owner, name),
        { owner, expr, text: JSON.stringify([meaning(expr), Object.entries(labels).sort()]) },
      ]),
      ...rules.map(({ owner, alert, expr, labels, ...rule }): [string, Definition] => [
        nameOf(owner, `ALERTS ${alert}`),
        {
          owner,
          expr,
          text: JSON.stringify([meaning(expr), rule.for, rule.keepFiringFor, Object.entries(labels).sort()]),
        },
      ]),
    ]);
  const [old, now] = [definitions(before), definitions(after)];
  const moved = new Set([...old.keys(), ...now.keys()].filter((key) => old.get(key)?.text !== now.get(key)?.text));
  for (let size = -1; size !== moved.size; ) {
    size = moved.size;
    for (const [key, { owner, expr }] of now)
      if (readBy(expr).some((name) => moved.has(nameOf(owner, name)))) moved.add(key);
  }
  return moved;
}

interface Definition {
  readonly owner: string | undefined;
  readonly expr: string;
  readonly text: string;
}

/** An expression without its comments and line breaks. @throws PromqlError */
export function meaning(expr: string): string {
  let text = expr;
  for (const { from, to } of findAll(parsePromql(expr).topNode, 'LineComment').reverse())
    text = `${text.slice(0, from)} ${text.slice(to)}`;
  return oneLine(text);
}
