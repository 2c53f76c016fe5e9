/** A simulated network of the-block: nodes, phones, the aggregator and the probe. */
import { Timeline } from '../simulation/timeline.ts';
import type { Simulator } from '../simulator.ts';
import { faults } from './simulation/faults.ts';
import { exposeNode } from './simulation/node.ts';
import { peersOf } from './simulation/peers.ts';
import { exposeAggregator, exposeLightClient, exposeProbe } from './simulation/programs.ts';

const PROGRAMS: Readonly<Record<string, (timeline: Timeline) => string>> = {
  'tb-node': exposeNode,
  'light-client': exposeLightClient,
  aggregator: exposeAggregator,
  probe: exposeProbe,
};

export const theBlockSimulator: Simulator = {
  chain: 'the-block',
  faults,
  expose(target, moment) {
    const { component } = target;
    const program = PROGRAMS[component];
    if (!program) return '';
    const down = `${component}-down`;
    const timeline = new Timeline(moment, target, down);
    return timeline.isActive(down) ? undefined : program(timeline);
  },
  peers: (target, moment) =>
    target.component === 'tb-node' ? peersOf(new Timeline(moment, target, 'tb-node-down'), target.index) : undefined,
};
