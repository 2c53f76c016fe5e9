/** Each fault of the simulated OP stack, played into the rules. */
import { opStackSimulator } from '../../chains/op-stack/simulator.ts';
import { drills } from '../fixtures/drill.ts';

drills(opStackSimulator, {
  'op-geth': 1,
  'op-node': 2,
  'op-batcher': 1,
  'op-proposer': 1,
  'op-challenger': 1,
  'op-dispute-mon': 1,
  'op-conductor': 1,
  'gas-oracle': 1,
});
