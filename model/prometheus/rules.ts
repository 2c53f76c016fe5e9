/** Rule groups as Prometheus reads them; the same objects go into a file here and into a PrometheusRule in a cluster. */
import { formatDuration } from '../../config/duration.ts';
import type { PlannedGroup, PlannedRule } from '../rules/instantiate.ts';
import { placeAnnotations } from '../runbooks.ts';
import { compact } from '../yaml.ts';

export interface PrometheusGroup {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly PrometheusRule[];
}

export interface PrometheusRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * The content of one rule file. Groups of another engine must have been left out before.
 * @param runbooks stands before the paths of runbooks: `runbookBase`
 */
export function prometheusGroups(groups: readonly PlannedGroup[], runbooks: string): PrometheusGroup[] {
  return groups.map(({ name, interval, rules }) => ({
    name,
    ...(interval === undefined ? {} : { interval: formatDuration(interval) }),
    rules: rules.map((rule) => prometheusRule(rule, runbooks)),
  }));
}

function prometheusRule(rule: PlannedRule, runbooks: string): PrometheusRule {
  const labels = sorted(rule.labels);
  if (rule.kind === 'recording') return { record: rule.name, expr: rule.expr, ...compact({ labels }) };
  return {
    alert: rule.name,
    expr: rule.expr,
    ...(rule.for > 0 ? { for: formatDuration(rule.for) } : {}),
    ...(rule.keepFiringFor > 0 ? { keep_firing_for: formatDuration(rule.keepFiringFor) } : {}),
    ...compact({ labels, annotations: sorted(placeAnnotations(rule.annotations, runbooks)) }),
  };
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
