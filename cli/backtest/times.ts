/** The stretch of history that is looked at. */
import { DurationError, formatDuration, parseDuration } from '../../config/duration.ts';
import { CliError } from '../errors.ts';
import { iso, momentOf } from '../moment.ts';

export interface Stretch {
  /** Seconds since 1970, whole. */
  readonly from: number;
  readonly to: number;
}

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
