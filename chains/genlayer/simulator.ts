/** A simulated GenLayer network: validators that vote on transactions of one chain. */
import { Exposition } from '../simulation/exposition.ts';
import { Timeline } from '../simulation/timeline.ts';
import type { Simulator } from '../simulator.ts';
import { faults } from './simulation/faults.ts';
import { helpOf } from './simulation/help.ts';
import { machine, runtime } from './simulation/machine.ts';
import { addressOf, blocks, rollup, transactions } from './simulation/node.ts';

const DOWN = 'validator-down';

export const genlayerSimulator: Simulator = {
  chain: 'genlayer',
  faults,
  expose(target, moment) {
    if (target.component !== 'validator') return '';
    const timeline = new Timeline(moment, target, DOWN);
    if (timeline.isActive(DOWN)) return undefined;
    const page = new Exposition({ help: helpOf });
    const node = addressOf(target.instance);
    if (!timeline.isActive('node-metrics-lost')) {
      blocks(page, timeline, node);
      transactions(page, timeline, node, target.index);
      machine(page, timeline, node);
      rollup(page, timeline);
    }
    if (!timeline.isActive('go-metrics-dropped')) runtime(page, timeline);
    return page.toString();
  },
};
