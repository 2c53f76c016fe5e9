/** The simulators, apart from the chains themselves: a service may import these, and they import nothing that is not pure. */
import { eqServiceSimulator } from './eq-service/simulator.ts';
import { opStackSimulator } from './op-stack/simulator.ts';
import type { Simulator } from './simulator.ts';

export const simulators: ReadonlyMap<string, Simulator> = new Map(
  [eqServiceSimulator, opStackSimulator].map((each) => [each.chain, each]),
);
