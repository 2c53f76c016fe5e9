/** A simulated EQ service with its Celestia nodes, its machine, and the probes of what it depends on. */

import { asGone } from '../simulation/restarts.ts';
import { Timeline } from '../simulation/timeline.ts';
import type { SimulatedTarget, Simulator } from '../simulator.ts';
import { exposeCelestia } from './simulation/celestia.ts';
import { faults } from './simulation/faults.ts';
import { exposeContainers, exposeHost, exposeProbe } from './simulation/machine.ts';
import { exposeService } from './simulation/service.ts';

interface Program {
  /** The fault that takes the process away. */
  readonly down?: string;
  /** The fault in which it ends again and again, where its counters show that. */
  readonly restarting?: string;
  readonly expose: (timeline: Timeline) => string;
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  'eq-service': { down: 'eq-service-down', restarting: 'eq-service-restarting', expose: exposeService },
  'celestia-node': { down: 'celestia-collector-down', expose: exposeCelestia },
  'celestia-rpc': { expose: (timeline) => exposeProbe(timeline, 'celestia-rpc-down') },
  'succinct-rpc': { expose: (timeline) => exposeProbe(timeline, 'succinct-down') },
  'eq-host': { down: 'eq-host-down', expose: exposeHost },
  'eq-containers': { down: 'eq-containers-down', expose: exposeContainers },
};

export const eqServiceSimulator: Simulator = {
  chain: 'eq-service',
  faults,
  expose(target: SimulatedTarget, moment) {
    const program = PROGRAMS[target.component];
    if (!program) return '';
    const { down, restarting } = program;
    const gone =
      down === undefined || restarting === undefined ? [] : asGone(moment.faults, restarting, down, moment.time);
    const timeline = new Timeline({ ...moment, faults: [...moment.faults, ...gone] }, target, down);
    return down !== undefined && timeline.isActive(down) ? undefined : program.expose(timeline);
  },
};
