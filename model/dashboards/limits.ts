/**
 * Where the line is: the thresholds of alerts, tuned and compressed as they run, in the unit of the panel that shows the reading.
 */
import type { Severity } from '../../config/knowledge.ts';
import { convert, parseUnit, type Unit, UnitError } from '../../config/units.ts';
import type { Threshold } from '../promql/literals.ts';
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
 * @param threshold of the alert, as planned
 */
export function limitOf(
  alert: Pick<PlannedAlert, 'severity' | 'unit'>,
  threshold: Pick<Threshold, 'op' | 'value'> | undefined,
  panelUnit: string,
): Limit | undefined {
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
  // A line divides what lies beside it; a colour holds from its step on.
  const inside = (start: number, end = start + 2) => (purpose === 'line' ? (start + end) / 2 : start);
  return [
    { value: null, color: colorAt((starts[0] ?? 0) - 1) },
    ...starts.map((start, index) => ({ value: start, color: colorAt(inside(start, starts[index + 1])) })),
  ];
}

/** Nothing that we measure is finer than this. */
function justAbove(value: number): number {
  return Number((value + Math.max(Math.abs(value) * 1e-12, 1e-9)).toPrecision(15));
}
