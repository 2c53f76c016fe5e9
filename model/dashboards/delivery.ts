/** Which Grafana gets which dashboards, and how. */
import type { Stack } from '../../config/stack.ts';
import type { Dashboard } from './dashboard.ts';

export interface DashboardDelivery {
  /** As ConfigMaps in the cluster, which a sidecar hands to the Grafana there. */
  readonly sidecar: readonly Dashboard[];
  /** By the API of the Grafana that the stack file names; absent: none ever is. */
  readonly provider?: readonly Dashboard[];
}

/**
 * Where nothing is said: the Grafana that the stack installs comes first, since the one that is named may be the same one, and a
 * dashboard that came by a sidecar cannot be saved by the API.
 */
export function dashboardDelivery(
  { kubernetes, grafana, networks }: Pick<Stack, 'kubernetes' | 'grafana' | 'networks'>,
  dashboards: readonly Dashboard[],
): DashboardDelivery {
  const chosen = grafana?.dashboards ?? (grafana === undefined || kubernetes?.grafana ? 'sidecar' : 'provider');
  // Whoever evaluates the alerts of a network has its series.
  const there = new Set(networks.filter(({ engine }) => engine === 'grafana').map(({ name }) => name));
  const by = (way: 'sidecar' | 'provider') =>
    dashboards.filter(({ owner }) =>
      chosen === 'engine' ? there.has(owner) === (way === 'provider') : chosen === 'both' || chosen === way,
    );
  return {
    sidecar: kubernetes === undefined ? [] : by('sidecar'),
    ...(grafana === undefined || chosen === 'sidecar' ? {} : { provider: by('provider') }),
  };
}
