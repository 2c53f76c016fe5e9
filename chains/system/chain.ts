/** The monitored environment itself: hosts, containers, probes, Prometheus, Alertmanager and our own services. */
import { defineChain } from '../../model/chain.ts';
import { dashboards } from './dashboards.ts';

export const system = defineChain({
  name: 'system',
  title: 'System',
  scope: 'environment',
  components: [],
  always: [],
  fields: {},
  dashboards,
});
