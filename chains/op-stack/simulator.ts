/** A simulated OP-stack network: every program of the stack, telling one consistent story of one chain. */
import { Timeline } from '../simulation/timeline.ts';
import type { SimulatedTarget, Simulator } from '../simulator.ts';
import { exposeBatcher } from './simulation/batcher.ts';
import { exposeChallenger, exposeConductor, exposeDisputeMon } from './simulation/disputes.ts';
import { faults } from './simulation/faults.ts';
import { exposeGasOracle } from './simulation/gasOracle.ts';
import { exposeGeth } from './simulation/geth.ts';
import { exposeNode } from './simulation/node.ts';
import { exposeProposer } from './simulation/proposer.ts';

interface Program {
  /** The fault that takes the process away. */
  readonly down: string;
  readonly expose: (target: SimulatedTarget, timeline: Timeline) => string;
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  'op-geth': { down: 'op-geth-down', expose: (_target, timeline) => exposeGeth(timeline) },
  'op-node': { down: 'op-node-down', expose: exposeNode },
  'op-batcher': { down: 'batcher-down', expose: (_target, timeline) => exposeBatcher(timeline) },
  'op-proposer': { down: 'proposer-down', expose: (_target, timeline) => exposeProposer(timeline) },
  'op-challenger': { down: 'challenger-down', expose: (_target, timeline) => exposeChallenger(timeline) },
  'op-dispute-mon': { down: 'dispute-mon-down', expose: (_target, timeline) => exposeDisputeMon(timeline) },
  'op-conductor': { down: 'conductor-down', expose: exposeConductor },
  'gas-oracle': { down: 'gas-oracle-down', expose: (_target, timeline) => exposeGasOracle(timeline) },
};

export const opStackSimulator: Simulator = {
  chain: 'op-stack',
  faults,
  expose(target, moment) {
    const program = PROGRAMS[target.component];
    if (!program) return '';
    const timeline = new Timeline(moment, target, program.down);
    return timeline.isActive(program.down) ? undefined : program.expose(target, timeline);
  },
};
