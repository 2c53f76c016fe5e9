/**
 * Where the line is: the thresholds of alerts, tuned and compressed as they run, in the unit of the panel that shows the reading.
 */
import type { Severity } from '../../config/knowledge.ts';
import { convert, parseUnit, type Unit, UnitError } from '../../config/units.ts';
import type { PlannedAlert } from '../rules/instantiate.ts';

export interface Limit {
  readonly severity: Severity;
  /** In the panel's unit. */
  readonly value: number;
  /** When the alert fires: reading `op` value. */
  readonly op: Inequality;
  /** Where it is a series too, which is then what is drawn. */
  readonly recorded?: RecordedLimit;
}

export interface RecordedLimit {
  readonly alert: string;
  /** PromQL, in the panel's unit. */
  readonly expr: string;
}

export type Inequality = '>' | '>=' | '<' | '<=';
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

export const COLORS: Readonly<Record<Severity, string>> = {
  critical: 'red',
  warning: 'orange',
  info: 'blue',
  none: 'text',
};
export const WORST_FIRST: readonly Severity[] = ['critical', 'warning', 'info', 'none'];

/**
 * `undefined` where there is no line to draw: the alert compares with no finite number, asks for equality, or compares something
 * of another kind than the panel shows.
 */
export function limitOf({ severity, unit, threshold }: Limited, panelUnit: string): Limit | undefined {
  const op = threshold?.op;
  if (!threshold || !isInequality(op)) return undefined;
  const value = inUnit(threshold.value, parseUnit(unit), parseUnit(panelUnit));
  return value === undefined || !Number.isFinite(value) ? undefined : { severity, value, op };
}

type Limited = Pick<PlannedAlert, 'severity' | 'unit' | 'threshold'>;

function isInequality(op: string | undefined): op is Inequality {
  return op !== undefined && Object.hasOwn(FIRES, op);
}

/** What turns a limit in the alert's unit into the panel's, as PromQL behind it: nothing, ` * 60`, ` / 1000`. */
export function conversion(alertUnit: string, panelUnit: string): string {
  const factor = inUnit(1, parseUnit(alertUnit), parseUnit(panelUnit)) ?? 1;
  if (factor === 1) return '';
  return factor > 1 ? ` * ${rounded(factor)}` : ` / ${rounded(1 / factor)}`;
}

function rounded(factor: number): number {
  return Number(factor.toPrecision(12));
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
