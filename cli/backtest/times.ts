/** The stretch of history that is looked at. */
import { DurationError, formatDuration, parseDuration } from '../../config/duration.ts';
import { CliError } from '../errors.ts';

export interface Stretch {
  /** Seconds since 1970, whole. */
  readonly from: number;
  readonly to: number;
}

const FORMS = 'a date (2026-03-01), a time (2026-03-01T12:00:00Z), how long ago (7d, 36h), or now';

/**
 * @param now seconds since 1970
 * @throws CliError for what is no time, or no stretch
 */
export function stretchOf(from: string, to: string, now: number): Stretch {
  const [start, end] = [momentOf(from, '--from', now), momentOf(to, '--to', now)];
  // A clock may be a little behind.
  if (end > now + 60) throw new CliError(`--to ${to} is in the future: there is no history yet`, { remedy: 'say now' });
  if (start >= end)
    throw new CliError(`--from ${from} (${iso(start)}) is not before --to ${to} (${iso(end)})`, {
      remedy: 'give the earlier one as --from',
    });
  return { from: start, to: end };
}

/**
 * @param option for the message: `--from`
 * @returns seconds since 1970
 * @throws CliError for what is no time
 */
export function momentOf(text: string, option: string, now: number): number {
  if (text === 'now') return Math.floor(now);
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const time = Date.parse(/T.*\d$/.test(text) && !/[+-]\d\d:?\d\d$/.test(text) ? `${text}Z` : text);
    if (Number.isFinite(time)) return Math.floor(time / 1000);
  }
  try {
    return Math.floor(now - parseDuration(text.replace(/^-/, '')));
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
    throw new CliError(`${option} "${text}" is no time`, { remedy: `give ${FORMS}` });
  }
}

/** `2026-03-01T12:00:00Z` */
export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** Seconds of `30s`. @throws CliError */
export function stepOf(text: string): number {
  try {
    const step = parseDuration(text);
    if (step >= 1) return step;
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
  }
  throw new CliError(`--step "${text}" is no duration of a second or more`, { remedy: 'give one, such as 30s or 1m' });
}

export function formatLength({ from, to }: Stretch): string {
  return formatDuration(to - from);
}
