import type { ReadinessCheck } from '../../shared/http.ts';

/** What there is to know of a replica. */
export interface Condition {
  /** Why the log does not answer. */
  readonly silence: string | undefined;
  /** Why it answers, and does not take what it is sent. */
  readonly refusal: string | undefined;
  /** Seconds. */
  readonly lag: number;
  readonly maxLag: number;
  /** All was read that there was at some moment since the start. */
  readonly hadAll: boolean;
  /** Messages. */
  readonly behind: number;
  /** From when on all is there; 0 for the beginning. Unix seconds. */
  readonly since: number;
  /** What keeps it from reading. */
  readonly trouble: string;
}

/** A replica that could not bring to the log what it accepts, or does not have what the log has, is not ready. */
export function readinessOf(condition: Condition): ReadinessCheck {
  const { silence, refusal, maxLag, hadAll, behind, since, trouble } = condition;
  const lag = Math.round(condition.lag * 1000) / 1000;
  if (silence !== undefined) {
    const remedy = 'look at the NATS servers; nothing is accepted until they answer';
    return { ok: false, lag, reason: `the log does not answer: ${silence}`, remedy };
  }
  if (refusal !== undefined) {
    const remedy =
      'look at the limits of the stream, at the disk of the NATS servers, and at what they permit; tried again each second';
    return { ok: false, lag, behind, reason: `the log does not take what it is sent: ${refusal}`, remedy };
  }
  if (hadAll && lag <= maxLag) {
    return { ok: true, lag, behind, ...(since > 0 && { since: new Date(since * 1000).toISOString() }) };
  }
  const state = hadAll ? `this replica is ${lag} s behind (maxLag ${maxLag} s)` : 'this replica reads the log';
  const remedy = 'it reads on by itself; see the log of this service';
  return { ok: false, lag, behind, reason: `${state}: ${trouble}`, remedy };
}
