/** Each fault of the simulated environment, played into the rules. */
import { systemSimulator } from '../../chains/system/simulator.ts';
import { drills } from '../fixtures/drill.ts';

drills(systemSimulator, {
  'node-exporter': 1,
  cadvisor: 1,
  blackbox: 1,
  'blackbox-exporter': 1,
  pushgateway: 1,
  prometheus: 1,
  alertmanager: 2,
  receiver: 1,
  status: 1,
  exporter: 1,
  aggregator: 2,
  agent: 1,
});
