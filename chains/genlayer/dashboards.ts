/** The dashboards of a GenLayer network: an overview, the validators side by side, who pushes, and the runtime in depth. */
import type { DashboardContext } from '../../model/chain.ts';
import { buildDashboard } from '../../model/dashboards/build.ts';
import type { Dashboard } from '../../model/dashboards/dashboard.ts';
import { overview } from './dashboards/overview.ts';
import { pushing } from './dashboards/pushing.ts';
import { runtime } from './dashboards/runtime.ts';
import { validators } from './dashboards/validators.ts';

export function dashboards(context: DashboardContext): readonly Dashboard[] {
  const { network } = context;
  if (!network) return [];
  const asked = Object.keys(network.facts.accounts ?? {}).length > 0;
  return [overview(network.engine), validators(asked), pushing, runtime].map((spec) => buildDashboard(context, spec));
}
