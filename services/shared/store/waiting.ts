import type { StoreError } from './records.ts';

/** A request for a commit, until its items are durable or refused. */
export interface Waiting<Item, Outcome> {
  readonly items: readonly Item[];
  readonly weight: number;
  readonly resolve: (outcomes: Outcome[]) => void;
  readonly reject: (error: StoreError) => void;
  readonly since: number;
}

export function sumOf(entries: readonly { readonly weight: number }[]): number {
  return entries.reduce((sum, { weight }) => sum + weight, 0);
}
