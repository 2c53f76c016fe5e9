/** What is decided for all replicas, by one of them. */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/**
 * - `prune`: samples from before `data.before` (Unix seconds) may go; the mark only ever rises.
 * - `rotate`: a peer has another key; see keys/rotation.ts.
 * - `state`: nothing new, but what was decided before, by whoever holds it: the log had lost it; see state.ts.
 */
export const CONTROL_KINDS = ['prune', 'rotate', 'state'] as const;

/** One decision. */
export interface ControlEntry {
  readonly kind: (typeof CONTROL_KINDS)[number];
  /** Of the leadership that decided: that of a later leader is higher. */
  readonly epoch: number;
  /** Unix seconds, by the clock of whoever decided. */
  readonly at: number;
  readonly data: JsonObject;
}

/** `stale`: a later leader has decided something since, so nothing was changed. */
export type ControlOutcome = 'applied' | 'stale';

/** Where decisions go. */
export interface ControlLog {
  /**
   * Resolves when the decision is durable, and this replica's store shows it.
   *
   * @throws StoreError, or what the log throws, where that is not known: it may be there all the same
   */
  append(entry: ControlEntry): Promise<ControlOutcome>;
}

/** @returns undefined for anything else than an entry of a kind that we know */
export function readControlEntry(value: unknown): ControlEntry | undefined {
  if (!isObject(value)) return undefined;
  const { epoch, at, data } = value;
  const kind = CONTROL_KINDS.find((known) => known === value.kind);
  if (kind === undefined || !isCount(epoch) || !isCount(at) || !isObject(data)) return undefined;
  return { kind, epoch, at, data };
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** What comes here was parsed from JSON, or is about to become it. */
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
