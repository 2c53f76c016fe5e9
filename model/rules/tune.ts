/** One alert as a stack file wants it: threshold, window, times, severity and labels changed by structure, never by text. */
import type { AlertFacts } from '../../config/knowledge.ts';
import type { Tuning } from '../../config/networks.ts';
import { convert, parseQuantity, type Unit } from '../../config/units.ts';
import { setThreshold, setWindow } from '../promql/literals.ts';
import type { AlertRule } from './ruleFile.ts';

type Tuned = { readonly [Key in keyof Tuning]: Tuning[Key] };

/** The tuning must have been checked with the stack file. @throws TuningError, UnitError otherwise */
export function tuneAlert(rule: AlertRule, facts: AlertFacts, tuning: Tuned): AlertRule {
  let { expr } = rule;
  if (tuning.threshold !== undefined) expr = setThreshold(expr, thresholdValue(tuning.threshold, facts.unit));
  if (tuning.window !== undefined) expr = setWindow(expr, tuning.window);
  return {
    ...rule,
    expr,
    for: tuning.for ?? rule.for,
    keepFiringFor: tuning.keepFiringFor ?? rule.keepFiringFor,
    labels: { ...rule.labels, ...tuning.labels, ...(tuning.severity ? { severity: tuning.severity } : {}) },
  };
}

/** In the alert's own unit. @throws UnitError */
export function thresholdValue(threshold: string | number, unit: Unit): number {
  return convert(parseQuantity(threshold), unit);
}
