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

export interface WriterOptions {
  readonly path: string;
  /** Milliseconds; see episode.ts. */
  readonly reopenAfter: number;
  readonly failpoint: string | undefined;
}
