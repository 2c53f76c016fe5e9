import { type Content, html } from '../../shared/page/html.ts';
import { momentWords } from '../../shared/page/words.ts';
import type { FiringAlert, Muting } from '../status.ts';

/** Whoever wrote a silence may have written much. */
const MAX_COMMENT = 120;

/** Why nobody hears of one alert: `muted: by silence “disk is replaced (anna)” until 14:00:00 UTC`. */
export function mutedNote({ mutedBy }: FiringAlert, now: number): Content {
  return ['muted: ', mutedBy.map((muting, index) => [index === 0 ? null : ', ', muterWords(muting, now)])];
}

/** The same of several: `3 muted: 2 by NodeDown, 1 by silence “disk is replaced (anna)” until 14:00:00 UTC`. */
export function mutedSum(alerts: readonly FiringAlert[], now: number): Content {
  // One that two things mute is counted once, where it would be first.
  const groups = [
    ...Map.groupBy(alerts, ({ mutedBy: [first] }) => (first === undefined ? '' : `${first.by} ${first.what}`)).values(),
  ].sort((a, b) => b.length - a.length);
  const [only] = groups;
  const words = (group: readonly FiringAlert[]): Content => {
    const muting = group[0]?.mutedBy[0];
    return muting === undefined ? null : muterWords(muting, now);
  };
  if (groups.length === 1 && only !== undefined) return [`${alerts.length} muted: `, words(only)];
  return [
    `${alerts.length} muted: `,
    groups.map((group, index) => [index === 0 ? '' : ', ', `${group.length} `, words(group)]),
  ];
}

function muterWords({ by, what, until }: Muting, now: number): Content {
  const text = what.slice(0, MAX_COMMENT);
  switch (by) {
    case 'silence':
      return html`by silence “${text}”${until === undefined ? null : ` until ${momentWords(until, now)}`}`;
    case 'alert':
      return html`by ${text}`;
    case 'time':
      return html`at this time: ${text}`;
  }
}
