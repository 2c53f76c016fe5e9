import type { Asked } from './upstream/ask.ts';
import type { Sample } from './upstream/prometheus.ts';

/** How far back is looked: a longer silence is said to be longer. */
const WINDOW_MS = 86_400_000;
/** The Watchdog is seen a little after the window begins, even where it has always been there. */
const SLACK_MS = 300_000;

/**
 * When an alert that somebody is told of last fired, and when the Watchdog was first seen: only while rules were
 * evaluated does the silence of the others mean anything.
 */
export const QUIET_QUERY = [
  said('last', 'max', 'alertstate="firing",severity=~"critical|warning"'),
  said('first', 'min', 'alertname="Watchdog",alertstate="firing"'),
].join(' or ');

function said(label: string, pick: 'max' | 'min', matchers: string): string {
  const times = `${pick}(timestamp(ALERTS{${matchers}}))`;
  return `label_replace(${pick}_over_time(${times}[1d:1m]), "said", "${label}", "", "")`;
}

/** How long no critical alert and no warning has fired. */
export interface Quiet {
  /** Milliseconds of Unix time. */
  readonly since: number;
  /** What was then: an alert ended, the rules began to be evaluated, or more than is looked back on. */
  readonly after: 'alert' | 'beginning' | 'window';
}

/** @returns undefined where it cannot be told */
export function quietOf(answer: Asked<readonly Sample[]>, now: number): Quiet | undefined {
  if (!answer.ok) return undefined;
  const at = (wanted: string) => {
    const seconds = answer.value.find(({ labels }) => labels.said === wanted)?.value;
    return seconds === undefined || !Number.isFinite(seconds) ? undefined : seconds * 1000;
  };
  const last = at('last');
  const first = at('first');
  if (last !== undefined) return { since: last, after: 'alert' };
  if (first === undefined) return undefined;
  return { since: first, after: now - first > WINDOW_MS - SLACK_MS ? 'window' : 'beginning' };
}
