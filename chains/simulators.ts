/** The simulators, apart from the chains themselves: a service may import these, and they import nothing that is not pure. */
import { aztecSimulator } from './aztec/simulator.ts';
import { eqServiceSimulator } from './eq-service/simulator.ts';
import { genlayerSimulator } from './genlayer/simulator.ts';
import { opStackSimulator } from './op-stack/simulator.ts';
import type { Simulator } from './simulator.ts';
import { systemSimulator } from './system/simulator.ts';
import { theBlockSimulator } from './the-block/simulator.ts';

export const simulators: ReadonlyMap<string, Simulator> = new Map(
  [aztecSimulator, eqServiceSimulator, genlayerSimulator, opStackSimulator, systemSimulator, theBlockSimulator].map(
    (each) => [each.chain, each],
  ),
);
