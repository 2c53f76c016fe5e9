/** Each fault of the simulated GenLayer network, played into the rules. Three validators at once are what its memory alerts are about. */
import { genlayerSimulator } from '../../chains/genlayer/simulator.ts';
import { drills } from '../fixtures/drill.ts';

drills(genlayerSimulator, { validator: 4 });
