/**
 * Compressed time, for dev and tests: `timeScale` seconds pass in each real one.
 *
 * Everything that is a duration gets shorter by that factor, everything per second gets larger; counts over a window stay, as
 * the window shrinks while the simulator counts faster. So a rule fires in compressed time exactly when it would in real time.
 * A time that is measured on a real machine (`realTime` in the catalogue) is as long as ever, and so is its limit.
 */
import { timePower, type Unit } from '../../config/units.ts';
import { findThreshold, scaleDurations, setThreshold } from '../promql/literals.ts';
import type { AlertRule, RecordingRule } from './ruleFile.ts';

/** @param realTime whether what is compared runs at its usual pace: then the threshold stays */
export function compressAlert(rule: AlertRule, unit: Unit, timeScale: number, realTime: boolean): AlertRule {
  if (timeScale === 1) return rule;
  const scaled = scaleDurations(rule.expr, timeScale);
  const compressed = {
    ...rule,
    expr: realTime ? scaled : compressThreshold(scaled, unit, timeScale),
    for: compressDuration(rule.for, timeScale),
    keepFiringFor: compressDuration(rule.keepFiringFor, timeScale),
  };
  return realTime ? compressed : { ...compressed, annotations: saying(timeScale, rule, compressed) };
}

/** Whoever reads "for 5s" must know that it stands for five minutes. Where nothing was compressed there is nothing to say. */
function saying(timeScale: number, before: AlertRule, after: AlertRule): AlertRule['annotations'] {
  const { description } = before.annotations;
  const same = before.expr === after.expr && before.for === after.for && before.keepFiringFor === after.keepFiringFor;
  if (same || description === undefined) return before.annotations;
  return {
    ...before.annotations,
    description: `${description.trimEnd()} (Time runs ${timeScale} times as fast here.)`,
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
  const threshold = timePower(unit) === 0 ? undefined : findThreshold(expr);
  return threshold ? setThreshold(expr, compressLimit(threshold.value, unit, timeScale)) : expr;
}

/** What is compared in compressed time. */
export function compressLimit(value: number, unit: Unit, timeScale: number): number {
  const power = timePower(unit);
  return power === 0 || timeScale === 1 ? value : Number((value / timeScale ** power).toPrecision(12));
}
