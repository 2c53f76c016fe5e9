/** A stack with every kind of process, host and probe that the packs know, so that no dashboard and no panel is left out. */
import { parseStack } from '../../../config/parse.ts';
import type { Stack } from '../../../config/stack.ts';
import { makePlan, type Plan } from '../../../model/plan/plan.ts';
import { known, undrawn } from '../../fixtures/real.ts';

export { known };

/** What a network of a chain must say for itself, besides its nodes. */
const FACTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  aztec: { l1: { chainId: 1, rpcUrls: ['https://l1.example'] } },
  genlayer: { chainId: 4221 },
  'op-stack': { chainId: 10, l1: { chainId: 1, rpcUrls: ['https://l1.example'] } },
};

function network(subnet: number, more: Readonly<Record<string, unknown>> = {}, chain = 'op-stack') {
  const components = known.chains.get(chain)?.components ?? [];
  const nodes = components.map(({ name }, index) => [name, [`10.${subnet}.0.${index + 1}:7300`]]);
  return { chain, ...FACTS[chain], nodes: Object.fromEntries(nodes), ...more };
}

/** One network of each other chain. */
const others = [...known.chains.values()]
  .filter(({ name, scope }) => scope === 'network' && name !== 'op-stack')
  .map(({ name }, index) => [`${name}-all`, network(10 + index, {}, name)] as const);

export const networks = {
  'op-all': network(1),
  // What is longer than a UID may be, and what Grafana evaluates.
  'op-with-a-name-that-is-forty-letters-lon': network(2, { engine: 'grafana' }),
  // Series that others scrape, found by other labels.
  'op-foreign': network(3, { matchers: { cluster: 'eu', env: 'prod' } }),
  ...Object.fromEntries(others),
};

/** The network whose series and alerts the dashboards of a chain are held against; `system` for the environment. */
export const ownerOf: ReadonlyMap<string, string> = new Map([
  ['system', 'system'],
  ['op-stack', 'op-all'],
  ...others.map(([name, { chain }]) => [chain, name] as const),
]);

export function everythingStack(sections: Readonly<Record<string, unknown>> = {}): Stack {
  const config = {
    'chainwatch:environment': 'dev',
    'chainwatch:networks': networks,
    'chainwatch:system': {
      hosts: { host: '10.0.0.1:9100' },
      containers: { host: '10.0.0.1:8080' },
      agents: { host: '10.0.0.1:9340' },
      probes: [{ name: 'rpc', url: 'https://rpc.example' }],
    },
    'chainwatch:services': { aggregator: { enabled: true } },
    'chainwatch:grafana': { url: 'https://grafana.example', receiverUrl: 'https://receiver.example' },
    ...sections,
  };
  return parseStack(config, { environment: 'dev', knowledge: known.forConfig });
}

type Sections = Readonly<Record<string, unknown>>;

// Nobody changes a plan, and making one takes long: all files of a worker share them.
const plans = new Map<string, Plan>();

function planOnce(sections: Sections, packs: typeof known): Plan {
  const key = JSON.stringify([packs === undrawn, sections]);
  const plan = plans.get(key) ?? makePlan(everythingStack(sections), packs);
  plans.set(key, plan);
  return plan;
}

export const everythingPlan = (sections: Sections = {}): Plan => planOnce(sections, known);

/** Without its dashboards. */
export const everythingUndrawn = (sections: Sections = {}): Plan => planOnce(sections, undrawn);
