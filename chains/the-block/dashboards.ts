/** The dashboards of a network of the-block: an overview, one for each subsystem, and every other metric to look up. */
import type { DashboardContext } from '../../model/chain.ts';
import { buildDashboard, type DashboardSpec } from '../../model/dashboards/build.ts';
import type { Dashboard } from '../../model/dashboards/dashboard.ts';
import { longTail } from '../../model/dashboards/longTail.ts';
import { chain } from './dashboards/chain.ts';
import { fees } from './dashboards/fees.ts';
import { gateway } from './dashboards/gateway.ts';
import { governance } from './dashboards/governance.ts';
import { market } from './dashboards/market.ts';
import { overview } from './dashboards/overview.ts';
import { aggregator, lightClient, probe } from './dashboards/programs.ts';
import { storage } from './dashboards/storage.ts';
import { subsidies } from './dashboards/subsidies.ts';
import { SUBSYSTEMS, UNBOUNDED } from './dashboards/subsystems.ts';

const COMPONENTS: Readonly<Record<string, readonly DashboardSpec[]>> = {
  'tb-node': [chain, fees, market, subsidies, gateway, storage, governance],
  'light-client': [lightClient],
  aggregator: [aggregator],
  probe: [probe],
};

export function dashboards(context: DashboardContext): readonly Dashboard[] {
  const { network, pack } = context;
  if (!network) return [];
  const { catalogue } = pack;
  // What series of others select may hold any component.
  const has = (component: string) => network.matchers !== undefined || (network.nodes[component]?.length ?? 0) > 0;
  const components = Object.entries(COMPONENTS).flatMap(([component, specs]) => (has(component) ? specs : []));
  const everything = longTail({
    slug: 'all',
    title: 'Everything that a node tells',
    description: 'Each counter and gauge of the nodes, by subsystem. Open a row to see its panels.',
    component: 'tb-node',
    catalogue,
    subsystems: SUBSYSTEMS,
    unbounded: UNBOUNDED,
  });
  const specs = [overview({ engine: network.engine, has }), ...components, ...(has('tb-node') ? [everything] : [])];
  return specs.map((spec) => buildDashboard(context, spec));
}
