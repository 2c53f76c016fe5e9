/**
 * A simulated Aztec network, as the collectors of its processes show it. What our exporter reads on chain is not simulated: the
 * exporter asks the L1 itself.
 */
import { Exposition } from '../simulation/exposition.ts';
import { Timeline } from '../simulation/timeline.ts';
import type { SimulatedTarget, Simulator } from '../simulator.ts';
import { faults } from './simulation/faults.ts';
import { headsOf } from './simulation/heads.ts';
import { helpOf } from './simulation/help.ts';
import { exposeNode, exposeProcess } from './simulation/node.ts';
import { exposeAgent, exposeBroker, exposeProverNode } from './simulation/prover.ts';
import { exposePublisher } from './simulation/publisher.ts';
import { exposeSequencer } from './simulation/sequencer.ts';

type Expose = (page: Exposition, timeline: Timeline, target: SimulatedTarget) => void;

const PROGRAMS: Readonly<Record<string, Expose>> = {
  sequencer: (page, timeline, { index }) => {
    const heads = headsOf(timeline);
    exposeNode(page, timeline, heads);
    exposePublisher(page, timeline, heads, { scope: 'sequencer', index });
    exposeSequencer(page, timeline, index);
  },
  'full-node': (page, timeline) => {
    exposeNode(page, timeline, headsOf(timeline));
    page.gauge('aztec_node_snapshot_error_count', timeline.events(1800, 'snapshots-fail').count);
  },
  'prover-node': (page, timeline, { index }) => {
    const heads = headsOf(timeline);
    exposeNode(page, timeline, heads);
    exposePublisher(page, timeline, heads, { scope: 'prover', index });
    exposeProverNode(page, timeline);
  },
  'prover-broker': exposeBroker,
  'prover-agent': exposeAgent,
};

export const aztecSimulator: Simulator = {
  chain: 'aztec',
  faults,
  expose(target, moment) {
    const expose = PROGRAMS[target.component];
    if (!expose) return '';
    const { component } = target;
    const timeline = new Timeline(moment, target, `${component}-down`);
    if (timeline.isActive(`${component}-down`)) return undefined;
    const page = new Exposition({ help: helpOf });
    // The collector forgets a process that no longer pushes.
    if (timeline.isActive(`${component}-silent`)) return page.toString();
    exposeProcess(page, timeline);
    expose(page, timeline, target);
    return page.toString();
  },
};
