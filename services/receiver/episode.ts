import type { Status } from './payload/alert.ts';

/**
 * Where one alert (one fingerprint) stands. An episode is the time from one `startsAt` to the end that belongs to it.
 * Timestamps are canonical strings, `changedAt` is our own clock in milliseconds.
 */
export interface EpisodeState {
  readonly status: Status;
  readonly startsAt: string;
  /** The end of the newest resolution that was applied, also while a later statement has it firing again. */
  readonly endsAt: string | null;
  readonly changedAt: number;
}

export interface Statement {
  readonly status: Status;
  readonly startsAt: string;
  /** The end that the sender states; for a resolution without one, the time of its receipt. */
  readonly endsAt: string | null;
  readonly receivedAt: number;
}

/** What happened: `fired` and `resolved` begin and end an episode, `restarted` is a new episode without an end of the old one. */
export type Change = 'fired' | 'resolved' | 'restarted' | 'reopened';

export interface Advance {
  readonly state: EpisodeState;
  /** Null where the statement changes nothing: it says what is known, or speaks of the past. */
  readonly change: Change | null;
}

/**
 * The next state after a statement of a sender.
 *
 * Senders repeat themselves, retry, and come in pairs that overtake each other (prometheus/alertmanager#3551, #4108), so
 * the order of arrival says little. The rules:
 *
 * - A later `startsAt` is a new episode, and always counts.
 * - In the same episode `resolved` wins over `firing`, whichever comes first.
 * - An older episode cannot make the alert fire again. Its end counts only if it reaches into the running episode: two
 *   Prometheus that evaluate seconds apart state starts that differ, and the end may come with the other start.
 * - One exception keeps us from being silent about something real: after Prometheus and Alertmanager lost each other,
 *   Alertmanager resolves and then fires again with the *same* start. No retry travels longer than `reopenAfter`, so
 *   `firing` that arrives later than that is taken at its word.
 *
 * @param reopenAfter milliseconds
 */
export function advance(current: EpisodeState | undefined, stated: Statement, reopenAfter: number): Advance {
  if (current === undefined || stated.startsAt > current.startsAt) {
    const change = stated.status === 'resolved' ? 'resolved' : current?.status === 'firing' ? 'restarted' : 'fired';
    return { state: { ...pick(stated), endsAt: stated.endsAt }, change };
  }
  if (stated.status === 'resolved') {
    if (current.status === 'resolved' || !ends(current, stated)) return { state: current, change: null };
    return { state: { ...pick(stated), startsAt: current.startsAt, endsAt: stated.endsAt }, change: 'resolved' };
  }
  const isLate = stated.receivedAt - current.changedAt < reopenAfter;
  if (current.status === 'firing' || stated.startsAt < current.startsAt || isLate)
    return { state: current, change: null };
  return { state: { ...pick(stated), endsAt: current.endsAt }, change: 'reopened' };
}

function pick(stated: Statement): Pick<EpisodeState, 'status' | 'startsAt' | 'changedAt'> {
  return { status: stated.status, startsAt: stated.startsAt, changedAt: stated.receivedAt };
}

/** Whether a resolution ends the episode that runs now. */
function ends(current: EpisodeState, stated: Statement): boolean {
  // After a reopening, the resolution from before it may come once more.
  if (current.endsAt !== null && stated.endsAt !== null && stated.endsAt <= current.endsAt) return false;
  if (stated.startsAt === current.startsAt) return true;
  return stated.endsAt !== null && stated.endsAt >= current.startsAt;
}
