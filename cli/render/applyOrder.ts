/** In which order a cluster takes what the program registers: what others need comes first. */

/** A row is a step; kinds of one row may go in together. What stands nowhere is a custom resource of ours, and comes late. */
const STEPS: readonly { readonly what: string; readonly kinds: readonly string[] }[] = [
  { what: 'namespaces', kinds: ['Namespace'] },
  {
    what: 'bounds and named connections of the namespaces',
    kinds: ['LimitRange', 'NetworkPolicy', 'PodDisruptionBudget', 'ResourceQuota'],
  },
  { what: 'the kinds of the Prometheus operator', kinds: ['Release prometheus-operator-crds'] },
  {
    what: 'identities and what they may do',
    kinds: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'ServiceAccount'],
  },
  { what: 'settings and secrets', kinds: ['ConfigMap', 'Secret'] },
  { what: 'charts', kinds: ['Release'] },
  { what: 'claims and addresses', kinds: ['PersistentVolumeClaim', 'Service'] },
  { what: 'Prometheus and Alertmanager', kinds: ['Alertmanager', 'Prometheus'] },
  { what: 'programs', kinds: ['DaemonSet', 'Deployment', 'Job', 'StatefulSet'] },
  {
    what: 'what is scraped and probed, and the rules',
    kinds: ['PodMonitor', 'Probe', 'PrometheusRule', 'ScrapeConfig', 'ServiceMonitor'],
  },
];
const LAST = 'the way in from outside, and the rest';

export interface Step {
  readonly what: string;
  /** Sorted. */
  readonly files: readonly string[];
}

/**
 * @param kind of an object; a Release is `Release <name>`
 * @returns the number of its step, from 0
 */
export function stepOf(kind: string): number {
  const [word = ''] = kind.split(' ');
  const exact = STEPS.findIndex(({ kinds }) => kinds.includes(kind));
  const step = exact >= 0 ? exact : STEPS.findIndex(({ kinds }) => kinds.includes(word));
  return step >= 0 ? step : STEPS.length;
}

/** Steps that have nothing to do are left out. */
export function applySteps(files: readonly { readonly kind: string; readonly path: string }[]): Step[] {
  return [...STEPS.map(({ what }) => what), LAST].flatMap((what, number) => {
    const here = files.filter(({ kind }) => stepOf(kind) === number).map(({ path }) => path);
    return here.length === 0 ? [] : [{ what, files: here.sort() }];
  });
}
