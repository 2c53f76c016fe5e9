/** The monitored environment itself: hosts, containers, probes, Prometheus, Alertmanager and our own services. */
import { type Component, defineChain } from '../../model/chain.ts';
import { dashboards } from './dashboards.ts';

const component = (name: string, description: string, metricsPath = '/metrics'): Component => ({
  name,
  metricsPath,
  description,
});

/** What an environment has may be simulated: `chainwatch:system.simulated` says which of these. */
const components: readonly Component[] = [
  component('node-exporter', 'a machine'),
  component('cadvisor', 'the containers of a machine'),
  component('blackbox', 'what is found of an endpoint that is asked from outside', '/probe'),
  component('blackbox-exporter', 'who asks it'),
  component('pushgateway', 'what jobs push'),
  component('prometheus', 'evaluates rules'),
  component('alertmanager', 'sends alerts'),
  component('receiver', 'keeps alerts'),
  component('status', 'shows how all is'),
  component('exporter', 'asks chains'),
  component('aggregator', 'keeps what nodes say of their peers'),
  component('agent', 'tells the aggregator of a node'),
];

export const system = defineChain({
  name: 'system',
  title: 'System',
  scope: 'environment',
  components,
  always: [],
  fields: {},
  dashboards,
});
