/** The dashboards of an EQ service network: an overview, the service in depth, its Celestia node, its machine. */
import type { DashboardContext } from '../../model/chain.ts';
import { buildDashboard } from '../../model/dashboards/build.ts';
import type { Dashboard } from '../../model/dashboards/dashboard.ts';
import { celestia } from './dashboards/celestia.ts';
import { machine } from './dashboards/machine.ts';
import { overview } from './dashboards/overview.ts';
import { service } from './dashboards/service.ts';

export function dashboards(context: DashboardContext): readonly Dashboard[] {
  const { network } = context;
  if (!network) return [];
  // What series of others select may hold any component.
  const has = (...components: string[]) =>
    network.matchers !== undefined || components.some((component) => (network.nodes[component]?.length ?? 0) > 0);
  const specs = [
    overview({ engine: network.engine, has }),
    ...(has('eq-service') ? [service] : []),
    ...(has('celestia-node', 'celestia-rpc', 'succinct-rpc') ? [celestia] : []),
    ...(has('eq-host', 'eq-containers') ? [machine] : []),
  ];
  return specs.map((spec) => buildDashboard(context, spec));
}
