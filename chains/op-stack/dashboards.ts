/** The dashboards of an OP-stack network: an overview, then one for each kind of process that it has, and its L1. */
import type { DashboardContext } from '../../model/chain.ts';
import { buildDashboard, type DashboardSpec } from '../../model/dashboards/build.ts';
import type { Dashboard } from '../../model/dashboards/dashboard.ts';
import { batcher } from './dashboards/batcher.ts';
import { challenger, conductor, disputeMon } from './dashboards/disputes.ts';
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
};

export function dashboards(context: DashboardContext): readonly Dashboard[] {
  const { network } = context;
  if (!network) return [];
  // What series of others select may hold any component.
  const has = (component: string) => network.matchers !== undefined || (network.nodes[component]?.length ?? 0) > 0;
  const components = Object.entries(COMPONENTS).flatMap(([component, spec]) => (has(component) ? [spec] : []));
  return [overview({ engine: network.engine, has }), ...components, l1(hasEndpoints(network.facts.l1))].map((spec) =>
    buildDashboard(context, spec),
  );
}

function hasEndpoints(chain: unknown): boolean {
  return typeof chain === 'object' && chain !== null && 'rpcUrls' in chain && [chain.rpcUrls].flat().length > 0;
}
