/** Each fault of the simulated Aztec network, played into the rules. */
import { aztecSimulator } from '../../chains/aztec/simulator.ts';
import { drills } from '../fixtures/drill.ts';

drills(aztecSimulator, {
  sequencer: 2,
  'full-node': 2,
  'prover-node': 1,
  'prover-broker': 1,
  'prover-agent': 1,
});
