/** Rule groups as one PrometheusRule for each owner: a network, or the environment. */
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { prometheusGroups } from '../prometheus/rules.ts';
import type { PlannedGroup } from '../rules/instantiate.ts';

/**
 * Those groups that Prometheus evaluates; a group of the other engine is in Grafana alone.
 * @param runbooks stands before the paths of runbooks
 */
export function prometheusRuleSpec(
  groups: readonly PlannedGroup[],
  runbooks: string,
): NonNullable<IPrometheusRule['spec']> {
  const own = groups.filter(({ engine }) => engine === 'prometheus');
  return {
    groups: prometheusGroups(own, runbooks).map(({ rules, ...group }) => ({
      ...group,
      rules: rules.map(({ labels, annotations, ...rule }) => ({
        ...rule,
        ...(labels ? { labels: { ...labels } } : {}),
        ...(annotations ? { annotations: { ...annotations } } : {}),
      })),
    })),
  };
}
