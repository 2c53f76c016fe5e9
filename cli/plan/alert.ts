/** An alert as people speak of it: its limit with a unit, its window, how long it must hold. */
import { formatDuration } from '../../config/duration.ts';
import { formatQuantity, parseUnit } from '../../config/units.ts';
import { findThreshold, findWindow, setThreshold, setWindow } from '../../model/promql/literals.ts';
import { oneLine } from '../../model/promql/syntax.ts';

/** What an expression compares with, where it can be tuned. */
export interface Limits {
  /** In the alert's unit. */
  readonly threshold: number | null;
  readonly op: string | null;
  /** Seconds. */
  readonly window: number | null;
  /** The expression without both: what is read, whatever the limit. */
  readonly reading: string;
}

export function limitsOf(expr: string): Limits {
  const threshold = findThreshold(expr);
  const window = findWindow(expr) ?? null;
  const tunable = threshold?.op !== undefined && Number.isFinite(threshold.value) ? threshold : undefined;
  let reading = tunable ? setThreshold(expr, 0) : expr;
  if (window !== null) reading = setWindow(reading, 60);
  return { threshold: tunable?.value ?? null, op: tunable?.op ?? null, window, reading: oneLine(reading) };
}

/** `< 0.5 ETH`, `> 80%`; empty where there is none, or where the value is only true or false. */
export function formatLimit(threshold: number | null, op: string | null, unit: string): string {
  if (threshold === null || unit === 'bool') return '';
  return `${op === null ? '' : `${op} `}${formatQuantity(threshold, parseUnit(unit))}`;
}

/** Empty for nothing. */
export function formatSeconds(seconds: number | null): string {
  return seconds === null || seconds === 0 ? '' : formatDuration(seconds);
}
