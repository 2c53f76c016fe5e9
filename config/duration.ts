/** Durations as Prometheus and Alertmanager write them: `1h30m`, `2s`, `500ms`. In memory a duration is a number of seconds. */

const PARTS = [
  ['y', 31_536_000],
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

export class DurationError extends Error {}

/** Seconds of `1h30m`. @throws DurationError for anything that Prometheus would not take either. */
export function parseDuration(text: string): number {
  const match = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (text === '0') return 0;
  if (!match || text === '') {
    throw new DurationError(`"${text}" is not a duration, such as 30s, 10m or 1h30m (largest unit first)`);
  }
  let milliseconds = Number(match[PARTS.length + 1] ?? 0);
  for (const [index, [, seconds]] of PARTS.entries()) milliseconds += Number(match[index + 1] ?? 0) * seconds * 1000;
  return milliseconds / 1000;
}

/**
 * The shortest exact form, in units that divide it: 5400 → `1h30m`, 604800 → `7d`; rounded to a millisecond.
 * Weeks and years are not used: Prometheus itself prints `1w` for seven days, people say `7d`.
 */
export function formatDuration(seconds: number): string {
  let rest = Math.round(seconds * 1000);
  if (rest === 0) return '0s';
  let text = '';
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
