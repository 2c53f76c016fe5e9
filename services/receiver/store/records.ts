import type { Change } from '../episode.ts';
import type { ReceivedAlert, Source } from '../payload/alert.ts';

/** One alert on its way to the disk: what the sender stated, and how and when it came. */
export interface Delivery {
  readonly alert: ReceivedAlert;
  readonly source: Source;
  readonly channel: string;
  /** The chain that the path names. */
  readonly chain: string | null;
  readonly forcedSeverity: string | null;
  /** Milliseconds. */
  readonly receivedAt: number;
  /** The dead man's signal: noted, not listed. */
  readonly watchdog: boolean;
}

/**
 * What became of a delivery: it changed the alert, it said the same as before (a retry, the other of a pair), or it spoke
 * of the past in words not heard before.
 */
export type Outcome = Change | 'duplicate' | 'stale' | 'watchdog';

export type StoreErrorKind = 'full' | 'io' | 'overloaded' | 'slow';

/** The store could not make something durable. Nothing of the request was kept, or the sender must assume so. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, reason: string) {
    super(reason);
    this.kind = kind;
  }
}

/** What the main thread asks of the writer's thread. */
export type Command =
  | { readonly do: 'commit'; readonly deliveries: readonly Delivery[] }
  | { readonly do: 'probe' }
  | { readonly do: 'prune'; readonly before: number }
  | { readonly do: 'close' };

/** What the writer's thread answers: one answer per command, in order. */
export type Answer =
  | { readonly ok: true; readonly outcomes: readonly Outcome[]; readonly seconds: number; readonly goesOn: boolean }
  | {
      readonly ok: false;
      readonly kind: 'full' | 'io';
      readonly reason: string;
      readonly fatal: boolean;
      readonly remedy: string;
    };

export interface WriterOptions {
  readonly path: string;
  /** Milliseconds; see episode.ts. */
  readonly reopenAfter: number;
  readonly failpoint: string | undefined;
}
