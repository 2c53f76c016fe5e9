/** What a chain is to Chainwatch: what the stack file may say for it, where its metrics are, what to draw. `chains/` has them. */
import { z } from 'zod';
import type { Fault } from '../config/faults.ts';
import { secretRef, strict, url } from '../config/fields.ts';
import type { Network } from '../config/networks.ts';
import type { Stack } from '../config/stack.ts';
import type { Dashboard } from './dashboards/dashboard.ts';
import type { Catalogue } from './rules/catalogue.ts';
import type { PlannedAlert } from './rules/instantiate.ts';
import type { Pack } from './rules/pack.ts';

/** A kind of process of which a network may have several, and where its metrics are. */
export interface Component {
  /** The value of the `component` label and the key under `nodes`. */
  readonly name: string;
  readonly metricsPath: string;
  readonly description: string;
  /**
   * Where it has no metrics of its own, and is asked from outside instead: the module of the blackbox exporter. Its series are
   * those of a probe, with the network's labels; `metricsPath` is where a simulated one has them.
   */
  readonly probe?: 'tcp_connect';
  /** A label besides `instance` that has the node's name: what others who scrape this chain call it by. */
  readonly nameLabel?: string;
}

/** An RPC address as a stack file gives it: a URL, a secret that holds one, or the chain that the local run brings along. */
export const rpcUrl = z.union([
  url(['http:', 'https:', 'ws:', 'wss:']),
  secretRef,
  strict({ service: z.enum(['anvil', 'geth']) }),
]);
export type RpcUrl = z.output<typeof rpcUrl>;

/** An endpoint that our exporter asks: it has no metrics of its own. */
export interface RpcEndpoint {
  /** Which chain of the network it serves: `l1` or `l2`. */
  readonly layer: string;
  readonly url: RpcUrl;
  readonly chainId: number;
}

/** An account whose balance matters. */
export interface WatchedAccount {
  readonly layer: string;
  readonly role: string;
  readonly address: string;
}

export interface Chain {
  readonly name: string;
  readonly title: string;
  /** `network`: its rules are made anew for each network. `environment`: they exist once. */
  readonly scope: 'network' | 'environment';
  readonly components: readonly Component[];
  /** Components that alerts may be about though no process carries the name: `l1`, `l2`. */
  readonly always: readonly string[];
  /** Of those, what this network gives nobody to read: its alerts are left out, whatever its matchers may find. */
  lacks(network: Network): readonly string[];
  /** Fields of a network of this chain in the stack file, besides the common ones. */
  readonly fields: z.ZodRawShape;
  /** Faults that the shape of the fields cannot show; paths start at the network. */
  check(network: Network): readonly Fault[];
  /** What is no fault, and yet leaves readings untaken that its rules are about: warnings of `config check`. */
  advise(network: Network): readonly Fault[];
  /** What the exporter reads for this network. */
  endpoints(network: Network): readonly RpcEndpoint[];
  accounts(network: Network): readonly WatchedAccount[];
  /** The overview first, then one per component. */
  dashboards(context: DashboardContext): readonly Dashboard[];
}

export interface DashboardContext {
  /** Absent for what belongs to the environment as a whole. */
  readonly network: Network | undefined;
  readonly stack: Stack;
  readonly pack: Pack;
  /** The pack's own catalogue, then that of `system`, whose metrics every pack may read. */
  readonly catalogues: readonly Catalogue[];
  /** The alerts of the network, or of the environment, as planned: tuned and compressed. By name. */
  readonly alerts: ReadonlyMap<string, PlannedAlert>;
}

type Definition<Fields extends z.ZodRawShape> = Omit<
  Chain,
  'fields' | 'lacks' | 'check' | 'advise' | 'endpoints' | 'accounts'
> & {
  readonly fields: Fields;
  lacks?(facts: z.output<z.ZodObject<Fields>>): readonly string[];
  check?(facts: z.output<z.ZodObject<Fields>>, network: Network): readonly Fault[];
  advise?(facts: z.output<z.ZodObject<Fields>>, network: Network): readonly Fault[];
  endpoints?(facts: z.output<z.ZodObject<Fields>>): readonly RpcEndpoint[];
  accounts?(facts: z.output<z.ZodObject<Fields>>): readonly WatchedAccount[];
};

/** A chain whose functions see the facts of a network with the types of its own fields. */
export function defineChain<Fields extends z.ZodRawShape>(definition: Definition<Fields>): Chain {
  // A network of this chain has been parsed with exactly these fields, so its facts are their output.
  const factsOf = (network: Network) => network.facts as z.output<z.ZodObject<Fields>>;
  return {
    ...definition,
    lacks: (network) => definition.lacks?.(factsOf(network)) ?? [],
    check: (network) => definition.check?.(factsOf(network), network) ?? [],
    advise: (network) => definition.advise?.(factsOf(network), network) ?? [],
    endpoints: (network) => definition.endpoints?.(factsOf(network)) ?? [],
    accounts: (network) => definition.accounts?.(factsOf(network)) ?? [],
  };
}
