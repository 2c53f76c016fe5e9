/** A simulated OP-stack network: op-geth, op-node, op-batcher and op-proposer, telling one consistent story. */

import { Timeline } from '../simulation/timeline.ts';
import type { SimulatedTarget, Simulator } from '../simulator.ts';
import { faults } from './simulation/faults.ts';
import { exposeGeth } from './simulation/geth.ts';
import { exposeNode } from './simulation/node.ts';
import { exposeBatcher, exposeProposer } from './simulation/services.ts';

const COMPONENTS: Readonly<Record<string, (target: SimulatedTarget, timeline: Timeline) => string>> = {
  'op-geth': exposeGeth,
  'op-node': exposeNode,
  'op-batcher': (_target, timeline) => exposeBatcher(timeline),
  'op-proposer': (_target, timeline) => exposeProposer(timeline),
};

/** The fault that takes a component's process away. */
const DOWN: Readonly<Record<string, string>> = {
  'op-geth': 'op-geth-down',
  'op-node': 'op-node-down',
  'op-batcher': 'batcher-down',
  'op-proposer': 'proposer-down',
};

export const opStackSimulator: Simulator = {
  chain: 'op-stack',
  faults,
  expose(target, moment) {
    const timeline = new Timeline(moment, target.instance);
    if (timeline.isActive(DOWN[target.component] ?? '')) return undefined;
    return COMPONENTS[target.component]?.(target, timeline) ?? '';
  },
};
