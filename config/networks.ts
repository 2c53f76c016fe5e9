/** `chainwatch:networks`: which networks exist, where their nodes are scraped, and how their alerts differ from the defaults. */
import { z } from 'zod';
import { duration, hostPort, labels, name, strict, threshold } from './fields.ts';
import { type Selection, selection, selectionText } from './inCluster.ts';
import type { ChainFacts } from './knowledge.ts';

const severity = z.enum(['critical', 'warning', 'info']);

/** What a stack file may change of one alert. The threshold's unit is checked against the alert's own. */
export const tuning = strict({
  enabled: z.boolean().optional().describe('false removes the alert from this network'),
  threshold: threshold.optional(),
  window: duration({ min: 1 }).optional().describe('the range that the expression looks over'),
  for: duration().optional().describe('how long it must hold before it fires'),
  keepFiringFor: duration().optional(),
  severity: severity.optional(),
  labels: labels.optional().describe('added to the alert, for routing'),
});
export type Tuning = Readonly<z.infer<typeof tuning>>;

export const tunings = z.record(z.string(), tuning).default({});

const node = z.union([
  hostPort.transform((address) => ({ name: address, address })),
  strict({ name, address: hostPort }),
  strict({
    name,
    service: z
      .enum(['geth', 'aggregator'])
      .describe('geth: the real node that the local run brings along; aggregator: our own, which this stack then runs'),
  }).transform(({ name: called, service }) => ({ name: called, address: `${service}:local`, service })),
  strict({
    name: name.optional(),
    pods: selection.describe('of the cluster; without a name each pod is a node of its own'),
  }).transform(({ name: called, pods }) => selectedNode(called, { ...pods, by: 'pods' })),
  strict({ name: name.optional(), service: selection }).transform(({ name: called, service }) =>
    selectedNode(called, { ...service, by: 'service' }),
  ),
]);

function selectedNode(called: string | undefined, what: Omit<Selection, 'each'>) {
  const address = selectionText(what);
  return { name: called ?? address, address, selected: { ...what, each: called === undefined } };
}

export interface Node {
  /** What the `instance` label says; the address where no name was given. */
  readonly name: string;
  /** `host:port` */
  readonly address: string;
  /** Where the node is a program of ours: the local run brings geth along, and whoever runs the stack the aggregator. */
  readonly service?: 'geth' | 'aggregator' | undefined;
  /** Where the node runs in the cluster: `address` then only tells it from others. */
  readonly selected?: Selection | undefined;
}

/** How long a reading may wait for the answer, and how often it is asked for; the stack's own where absent. */
const scrape = strict({ interval: duration({ min: 1 }).optional(), timeout: duration({ min: 1 }).optional() });

export interface Network {
  readonly name: string;
  readonly chain: string;
  /** Exactly one engine owns a network's alerts. */
  readonly engine: 'prometheus' | 'grafana';
  /** Served by our simulator instead of real nodes; dev only. */
  readonly simulated: boolean;
  readonly nodes: Readonly<Record<string, readonly Node[]>>;
  readonly labels: Readonly<Record<string, string>>;
  /** What tells this network's series apart, where we do not scrape them ourselves. */
  readonly matchers?: Readonly<Record<string, string>> | undefined;
  readonly scrape: { readonly interval?: number | undefined; readonly timeout?: number | undefined };
  readonly alerts: Readonly<Record<string, Tuning>>;
  /** What only this chain has, by the fields that its definition declares. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The schema of a network of this chain. Its output is the common part, with what only the chain has under `facts`. */
export function networkSchema(chain: ChainFacts): ReturnType<typeof buildSchema> {
  const built = schemas.get(chain) ?? buildSchema(chain);
  schemas.set(chain, built);
  return built;
}

/** zod compiles a schema when it is first used; a stack may have many networks of one chain. */
const schemas = new WeakMap<ChainFacts, ReturnType<typeof buildSchema>>();

/**
 * The same without demanding what only the chain has: for a network with faults, of which the rest is to be checked all the same.
 * Its `facts` may lack fields, so nothing of the chain's own may be asked of them.
 */
export function lenientNetworkSchema(chain: ChainFacts): ReturnType<typeof buildSchema> {
  const optional = Object.entries(chain.fields).map(([key, field]) => [key, z.optional(field)]);
  const { name: called, components } = chain;
  return buildSchema({ name: called, components, fields: Object.fromEntries(optional) });
}

/** What holds for a network of any chain: for one whose chain is not known. What only a chain has it takes as it is. */
export const anyNetworkSchema = z
  .looseObject({ chain: z.unknown().optional(), ...commonFields(z.record(z.string(), z.array(node)).default({})) })
  .transform(({ engine, simulated, nodes, labels: own, matchers, scrape: timing, alerts, chain: _, ...facts }) => {
    return { chain: '', engine, simulated, nodes, labels: own, matchers, scrape: timing, alerts, facts };
  });

function buildSchema(chain: Pick<ChainFacts, 'name' | 'components' | 'fields'>) {
  const components = Object.fromEntries(chain.components.map((component) => [component, z.array(node).default([])]));
  const common = {
    chain: z.literal(chain.name),
    ...commonFields(strict(components).prefault({}).describe('targets by component')),
  };
  return strict({ ...common, ...chain.fields }).transform(({ chain: of, engine, simulated, nodes, ...rest }) => {
    const { labels: own, matchers, scrape: timing, alerts, ...facts } = rest;
    return { chain: of, engine, simulated, nodes, labels: own, matchers, scrape: timing, alerts, facts };
  });
}

function commonFields<Nodes extends z.ZodType>(nodes: Nodes) {
  return {
    engine: z.enum(['prometheus', 'grafana']).default('prometheus'),
    simulated: z.boolean().default(false).describe('served by the simulator; only in dev'),
    nodes,
    labels: labels.default({}).describe('on every target and alert of the network'),
    matchers: labels
      .optional()
      .describe('selects the series of a network that others scrape; default network="<name>"'),
    scrape: scrape.default({}),
    alerts: tunings,
  };
}
