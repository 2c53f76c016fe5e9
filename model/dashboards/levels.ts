/**
 * A reading in the colour of the worst alert that its limits make: one query for each colour, which has the reading only while it
 * is due. The limits are series, so neither the numbers nor the steps of a colour stand in the dashboard.
 */
import { COLORS, type Inequality, type Limit, WORST_FIRST } from './limits.ts';

export interface Level {
  readonly expr: string;
  /** `undefined`: nobody knows the limit, so nothing is said of the reading. */
  readonly color: string | undefined;
}

const OTHERWISE: Readonly<Record<Inequality, Inequality>> = { '>': '<=', '>=': '<', '<': '>=', '<=': '>' };

/** The worst first. @param fine the colour where no alert fires */
export function levelsOf(reading: string, limits: readonly Limit[], fine: string): Level[] {
  const whole = `(${reading})`;
  const severities = WORST_FIRST.filter((severity) => limits.some((limit) => limit.severity === severity));
  const levels = severities.map((severity, index): Level => {
    const worse = limits.filter((limit) => severities.indexOf(limit.severity) < index);
    const own = limits.filter((limit) => limit.severity === severity);
    const held = worse.reduce(without, whole);
    return { expr: own.map((limit) => `${held} ${limit.op} ${number(limit)}`).join(' or '), color: COLORS[severity] };
  });
  // Until the limits have been recorded for the first time.
  const unknown = limits.reduce(
    (expr, { recorded }) => (recorded ? `${expr} unless on () ${recorded.expr}` : expr),
    whole,
  );
  return [...levels, { expr: limits.reduce(without, whole), color: fine }, { expr: unknown, color: undefined }];
}

function without(expr: string, limit: Limit): string {
  return `${expr} ${OTHERWISE[limit.op]} ${number(limit)}`;
}

function number({ recorded, value }: Limit): string {
  return recorded ? `scalar(${recorded.expr})` : String(value);
}
