import { formatDuration } from '../../config/duration.ts';
import type { Rule } from './ruleFile.ts';

/** A rule of a pack as promtool reads it, with every time written out. */
export function plainRule(rule: Rule): object {
  const { name, expr, labels } = rule;
  if (rule.kind === 'recording') return { record: name, expr, labels };
  return {
    alert: name,
    expr,
    for: formatDuration(rule.for),
    keep_firing_for: formatDuration(rule.keepFiringFor),
    labels,
    annotations: rule.annotations,
  };
}
