/** Whether another operator of Prometheus runs, where ours is to be installed. */
import { type Answer, FINE, fault, field, listOf, note, textIn, type Verdict } from '../../verdict.ts';
import type { ClusterPlan } from '../cluster.ts';
import { RELEASES } from '../names.ts';
import { isOf, nameOf, ownerOf } from './objects.ts';

/** Selectors of Deployments: the usual charts, old ones too, and the plain manifests. */
export const OPERATORS = [
  'app.kubernetes.io/name in (prometheus-operator,kube-prometheus-stack-prometheus-operator)',
  'app.kubernetes.io/component=prometheus-operator',
  'app.kubernetes.io/name=kube-prometheus,app.kubernetes.io/component=operator',
  'app in (kube-prometheus-stack-operator,prometheus-operator-operator,rancher-monitoring-operator)',
] as const;

/** @param deployments answers to the selectors above, of all namespaces */
export function judgeOperators({ namespace }: Pick<ClusterPlan, 'namespace'>, deployments: readonly Answer[]): Verdict {
  const refused = deployments.find(({ status }) => status !== 200);
  if (refused)
    return note(
      `nobody has seen whether an operator of Prometheus runs already: deployments may not be listed (status ${refused.status})`,
    );
  const ours = { name: RELEASES.stack, namespace };
  const found = deployments
    .flatMap(({ body }) => listOf(field(body, 'items')))
    .filter((each) => runs(each) && !isOf(each, ours))
    .map((each) => `${textIn(field(each, 'metadata'), 'namespace') ?? ''}/${nameOf(each)}, of ${ownerOf(each)}`);
  if (found.length === 0) return FINE;
  return fault(
    `an operator of Prometheus runs already (deployment ${[...new Set(found)].sort().join('; ')}), and two would fight over every object. Use it: chainwatch:kubernetes.install: false. Or remove it first, if nobody needs it: docs/adopting.md`,
  );
}

/** What checks objects for an operator is none, nor is one that was switched off. */
function runs(deployment: unknown): boolean {
  const component = textIn(field(field(deployment, 'metadata'), 'labels'), 'app.kubernetes.io/component') ?? '';
  return !component.includes('webhook') && field(field(deployment, 'spec'), 'replicas') !== 0;
}
