import type { DashboardContext } from '../../model/chain.ts';
import type { Dashboard } from '../../model/dashboards/dashboard.ts';

export function dashboards(_context: DashboardContext): readonly Dashboard[] {
  return [];
}
