/** Policies over everything that a stack registers. Pure: resources in, offenders out. */
import type { Recorded } from '../../../cli/render/record.ts';

export interface Situation {
  /** The stack's name. */
  readonly stack: string;
  readonly kind: 'dev' | 'testnet' | 'mainnet';
  /** Values that may be nowhere but in a Secret. */
  readonly secrets: readonly string[];
  /** Secrets that somebody else makes, as `namespace/name`. @default none */
  readonly given?: readonly string[];
}

export interface Offence {
  readonly policy: string;
  /** `StatefulSet chainwatch/receiver`, or the resource's name where it is no object of Kubernetes. */
  readonly resource: string;
  readonly problem: string;
}

/** What a policy finds: which resource, and what is wrong with it. */
export type Found = readonly [resource: Recorded, problem: string];

export interface Policy {
  /** In words, as the message has it. */
  readonly name: string;
  find(resources: readonly Recorded[], situation: Situation): Iterable<Found>;
}
