/** The dashboards of an OP-stack network: an overview, then one for each kind of process that it has, and its L1. */
import type { DashboardContext, RpcEndpoint } from '../../model/chain.ts';
import { buildDashboard, type DashboardSpec } from '../../model/dashboards/build.ts';
import type { Dashboard } from '../../model/dashboards/dashboard.ts';
import { batcher } from './dashboards/batcher.ts';
import { challenger, conductor, disputeMon } from './dashboards/disputes.ts';
import { gasOracle } from './dashboards/gasOracle.ts';
import { geth } from './dashboards/geth.ts';
import { l1 } from './dashboards/l1.ts';
import { node } from './dashboards/node.ts';
import { overview } from './dashboards/overview.ts';
import { proposer } from './dashboards/proposer.ts';

const COMPONENTS: Readonly<Record<string, DashboardSpec>> = {
  'op-geth': geth,
  'op-node': node,
  'op-batcher': batcher,
  'op-proposer': proposer,
  'op-challenger': challenger,
  'op-dispute-mon': disputeMon,
  'op-conductor': conductor,
  'gas-oracle': gasOracle,
};

/** @param endpoints that our exporter asks for this network */
export function dashboards(context: DashboardContext, endpoints: readonly RpcEndpoint[]): readonly Dashboard[] {
  const { network } = context;
  if (!network) return [];
  // What series of others select may hold any component.
  const has = (component: string) => network.matchers !== undefined || (network.nodes[component]?.length ?? 0) > 0;
  const components = Object.entries(COMPONENTS).flatMap(([component, spec]) => (has(component) ? [spec] : []));
  const asked = endpoints.some(({ layer }) => layer === 'l1');
  return [overview({ engine: network.engine, has }), ...components, l1(asked)].map((spec) =>
    buildDashboard(context, spec),
  );
}
