/** The dashboards of an Aztec network: an overview, then one for each kind of process that it has, its L1, and its staking. */
import type { DashboardContext } from '../../model/chain.ts';
import { buildDashboard, type DashboardSpec } from '../../model/dashboards/build.ts';
import type { Dashboard } from '../../model/dashboards/dashboard.ts';
import { l1 } from './dashboards/l1.ts';
import { node } from './dashboards/node.ts';
import { overview } from './dashboards/overview.ts';
import { prover } from './dashboards/prover.ts';
import { sequencer } from './dashboards/sequencer.ts';
import { staking } from './dashboards/staking.ts';

const NODES = ['sequencer', 'full-node', 'prover-node'];
const PROVERS = ['prover-node', 'prover-broker', 'prover-agent'];

export function dashboards(context: DashboardContext): readonly Dashboard[] {
  const { network } = context;
  if (!network) return [];
  // What series of others select may hold any component.
  const has = (...components: readonly string[]) =>
    network.matchers !== undefined || components.some((component) => (network.nodes[component]?.length ?? 0) > 0);
  const specs: DashboardSpec[] = [overview({ engine: network.engine, has })];
  if (has('sequencer')) specs.push(sequencer);
  if (has(...NODES)) specs.push(node);
  if (has(...PROVERS)) specs.push(prover);
  return [...specs, l1, staking].map((spec) => buildDashboard(context, spec));
}
