/** Each fault of the simulated EQ service, played into the rules. */
import { eqServiceSimulator } from '../../chains/eq-service/simulator.ts';
import { drills } from '../fixtures/drill.ts';

drills(eqServiceSimulator, {
  'eq-service': 1,
  'celestia-node': 2,
  'celestia-rpc': 1,
  'succinct-rpc': 1,
  'eq-host': 1,
  'eq-containers': 1,
});
