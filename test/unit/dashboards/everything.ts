/** A stack with every kind of process, host and probe that the packs know, so that no dashboard and no panel is left out. */
import { parseStack } from '../../../config/parse.ts';
import type { Stack } from '../../../config/stack.ts';
import { makePlan, type Plan } from '../../../model/plan/plan.ts';
import { known } from '../../fixtures/real.ts';

export { known };

const COMPONENTS = [
  'op-geth',
  'op-node',
  'op-batcher',
  'op-proposer',
  'op-challenger',
  'op-dispute-mon',
  'op-conductor',
];

function network(subnet: number, more: Readonly<Record<string, unknown>> = {}) {
  const nodes = COMPONENTS.map((component, index) => [component, [`10.${subnet}.0.${index + 1}:7300`]]);
  return {
    chain: 'op-stack',
    chainId: 10,
    l1: { chainId: 1, rpcUrls: ['https://l1.example'] },
    nodes: Object.fromEntries(nodes),
    ...more,
  };
}

export const networks = {
  'op-all': network(1),
  // What is longer than a UID may be, and what Grafana evaluates.
  'op-with-a-name-that-is-forty-letters-lon': network(2, { engine: 'grafana' }),
  // Series that others scrape, found by other labels.
  'op-foreign': network(3, { matchers: { cluster: 'eu', env: 'prod' } }),
};

export function everythingStack(sections: Readonly<Record<string, unknown>> = {}): Stack {
  const config = {
    'chainwatch:environment': 'dev',
    'chainwatch:networks': networks,
    'chainwatch:system': {
      hosts: { host: '10.0.0.1:9100' },
      containers: { host: '10.0.0.1:8080' },
      probes: [{ name: 'rpc', url: 'https://rpc.example' }],
    },
    'chainwatch:grafana': { url: 'https://grafana.example', receiverUrl: 'https://receiver.example' },
    ...sections,
  };
  return parseStack(config, { environment: 'dev', knowledge: known.forConfig });
}

export function everythingPlan(sections: Readonly<Record<string, unknown>> = {}): Plan {
  return makePlan(everythingStack(sections), known);
}
