/**
 * Compressed time, for dev and tests: `timeScale` seconds pass in each real one.
 *
 * Everything that is a duration gets shorter by that factor, everything per second gets larger; counts over a window stay, as
 * the window shrinks while the simulator counts faster. So a rule fires in compressed time exactly when it would in real time.
 */
import { timePower, type Unit } from '../../config/units.ts';
import { findThreshold, scaleDurations, setThreshold } from '../promql/literals.ts';
import type { AlertRule, RecordingRule } from './ruleFile.ts';

export function compressAlert(rule: AlertRule, unit: Unit, timeScale: number): AlertRule {
  if (timeScale === 1) return rule;
  return {
    ...rule,
    expr: compressThreshold(scaleDurations(rule.expr, timeScale), unit, timeScale),
    for: compressDuration(rule.for, timeScale),
    keepFiringFor: compressDuration(rule.keepFiringFor, timeScale),
  };
}

export function compressRecording(rule: RecordingRule, timeScale: number): RecordingRule {
  return timeScale === 1 ? rule : { ...rule, expr: scaleDurations(rule.expr, timeScale) };
}

/** To the millisecond, which is what Prometheus keeps. */
export function compressDuration(seconds: number, timeScale: number): number {
  return Math.round((seconds * 1000) / timeScale) / 1000;
}

function compressThreshold(expr: string, unit: Unit, timeScale: number): string {
  const power = timePower(unit);
  const threshold = power === 0 ? undefined : findThreshold(expr);
  if (!threshold) return expr;
  return setThreshold(expr, Number((threshold.value / timeScale ** power).toPrecision(12)));
}
