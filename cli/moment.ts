/** Moments as people type them, and as we print them. */
import { DurationError, parseDuration } from '../config/duration.ts';
import { CliError } from './errors.ts';

const FORMS = 'a date (2026-03-01), a time (2026-03-01T12:00:00Z), how long ago (7d, 36h), or now';

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
