/** Which Grafana gets the dashboards, and how. */
import type { Stack } from '../../config/stack.ts';

export interface DashboardDelivery {
  /** As ConfigMaps in the cluster, which a sidecar hands to the Grafana there. */
  readonly sidecar: boolean;
  /** By the API of the Grafana that the stack file names. */
  readonly provider: boolean;
}

/**
 * Where nothing is said: the Grafana that the stack installs comes first, since the one that is named may be the same one, and a
 * dashboard that came by a sidecar cannot be saved by the API.
 */
export function dashboardDelivery({ kubernetes, grafana }: Pick<Stack, 'kubernetes' | 'grafana'>): DashboardDelivery {
  const chosen = grafana?.dashboards ?? (grafana === undefined || kubernetes?.grafana ? 'sidecar' : 'provider');
  return {
    sidecar: kubernetes !== undefined && chosen !== 'provider',
    provider: grafana !== undefined && chosen !== 'sidecar',
  };
}
