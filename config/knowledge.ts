/** What configuration needs to know of the chains in order to check a stack file; `chains/` and the rule packs provide it. */
import type { z } from 'zod';
import type { Fault } from './faults.ts';
import type { Network } from './networks.ts';
import type { Unit } from './units.ts';

export type Severity = 'critical' | 'warning' | 'info' | 'none';

/** One alert of a pack, as far as tuning is concerned. */
export interface AlertFacts {
  readonly name: string;
  readonly component: string;
  readonly subject: string;
  readonly severity: Severity;
  /** Of the value that the threshold is compared with. */
  readonly unit: Unit;
  /** Absent where the rule has no tunable threshold. */
  readonly threshold?: { readonly value: number; readonly op?: string };
  /** Seconds. Absent where the rule has no tunable window. */
  readonly window?: number;
  /** Seconds of the shortest range in the expression: time compression must leave it several scrapes. */
  readonly shortestWindow?: number;
  /** The expression without its threshold: two alerts that share it are a warning and a critical limit of one reading. */
  readonly reading: string;
}

export interface ChainFacts {
  readonly name: string;
  /** `network`: its rules are made anew for each network. `environment`: they exist once. */
  readonly scope: 'network' | 'environment';
  /** Kinds of processes that a network of this chain may have: the keys of `nodes`. */
  readonly components: readonly string[];
  /** What the stack file may say for such a network, besides what it may say for any. */
  readonly fields: z.ZodRawShape;
  readonly alerts: ReadonlyMap<string, AlertFacts>;
  /** What became of an alert of an older set-up, to be read after its name; `undefined` where none had the name. */
  former?(name: string): string | undefined;
  /** That its alerts may have besides those that are ours: of its series, and of its rules. */
  readonly labels: readonly string[];
  /** Does this network have what the alert is about? A network without a proposer has no proposer alerts. */
  applies(alert: AlertFacts, network: Network): boolean;
  /** What is wrong with a network of this chain beyond the shape of its fields; paths start at the network. */
  check(network: Network): readonly Fault[];
  /** What is no fault of it, and yet most likely not what somebody wants: readings that nobody takes. Paths as of `check`. */
  advise(network: Network): readonly Fault[];
}

export type Knowledge = ReadonlyMap<string, ChainFacts>;
