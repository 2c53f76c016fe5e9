/** Each fault of the simulated the-block, played into the rules, which compare with the hour before and ask what was there half an hour ago. */
import { theBlockSimulator } from '../../chains/the-block/simulator.ts';
import { drills } from '../fixtures/drill.ts';

const CALM_SECONDS = 95 * 60;

drills(theBlockSimulator, { 'tb-node': 2, 'light-client': 1, aggregator: 1, probe: 1 }, CALM_SECONDS);
