/**
 * Where the line is: the thresholds of alerts, tuned and compressed as they run, in the unit of the panel that shows the reading.
 * This is the only place where a dashboard learns of a threshold.
 */
import type { Severity } from '../../config/knowledge.ts';
import { convert, parseUnit, type Unit, UnitError } from '../../config/units.ts';
import { findThreshold } from '../promql/literals.ts';
import type { PlannedAlert } from '../rules/instantiate.ts';

export interface Limit {
  readonly severity: Severity;
  /** In the panel's unit. */
  readonly value: number;
  /** When the alert fires: reading `op` value. */
  readonly op: Inequality;
}

type Inequality = '>' | '>=' | '<' | '<=';
const FIRES: Readonly<Record<Inequality, (reading: number, value: number) => boolean>> = {
  '>': (reading, value) => reading > value,
  '>=': (reading, value) => reading >= value,
  '<': (reading, value) => reading < value,
  '<=': (reading, value) => reading <= value,
};

export interface Step {
  /** From here on; `null`: from minus infinity. */
  readonly value: number | null;
  readonly color: string;
}

const COLORS: Readonly<Record<Severity, string>> = { critical: 'red', warning: 'orange', info: 'blue', none: 'text' };
const WORST_FIRST: readonly Severity[] = ['critical', 'warning', 'info', 'none'];

/**
 * `undefined` where there is no line to draw: the alert compares with no finite number, asks for equality, or compares something
 * of another kind than the panel shows.
 */
export function limitOf(alert: PlannedAlert, panelUnit: string): Limit | undefined {
  const threshold = findThreshold(alert.expr);
  const op = threshold?.op;
  if (!threshold || !op || op === '==' || op === '!=') return undefined;
  const value = inUnit(threshold.value, parseUnit(alert.unit), parseUnit(panelUnit));
  return value === undefined || !Number.isFinite(value) ? undefined : { severity: alert.severity, value, op };
}

function inUnit(value: number, from: Unit, to: Unit): number | undefined {
  // Counted things are numbers, whatever they are called.
  if (isCount(from) && isCount(to) && from.perSecond === to.perSecond) return value;
  try {
    return convert({ value, unit: from }, to);
  } catch (error) {
    if (error instanceof UnitError) return undefined;
    throw error;
  }
}

function isCount({ dimension }: Unit): boolean {
  return dimension.startsWith('count:');
}

/**
 * Each stretch between limits in the colour of the worst alert that fires there. Grafana's steps include their value: so that a
 * reading that equals its limit has the right colour, the step of `>` and `<=` lies a hair above, unless only lines are drawn.
 * @param fine the colour where no alert fires
 */
export function stepsOf(limits: readonly Limit[], fine: string, purpose: 'colour' | 'line'): Step[] {
  const startOf = ({ op, value }: Limit) =>
    purpose === 'colour' && (op === '>' || op === '<=') ? justAbove(value) : value;
  const starts = [...new Set(limits.map(startOf))].sort((a, b) => a - b);
  const colorAt = (reading: number) => {
    const firing = limits.filter(({ op, value }) => FIRES[op](reading, value));
    const worst = WORST_FIRST.find((severity) => firing.some((limit) => limit.severity === severity));
    return worst ? COLORS[worst] : fine;
  };
  const between = (start: number, end: number | undefined) => (end === undefined ? start + 1 : (start + end) / 2);
  return [
    { value: null, color: colorAt((starts[0] ?? 0) - 1) },
    ...starts.map((start, index) => ({ value: start, color: colorAt(between(start, starts[index + 1])) })),
  ];
}

/** Nothing that we measure is finer than this. */
function justAbove(value: number): number {
  return Number((value + Math.max(Math.abs(value) * 1e-12, 1e-9)).toPrecision(15));
}
