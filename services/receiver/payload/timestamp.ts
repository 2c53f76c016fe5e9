/**
 * Points in time as senders write them (RFC 3339, up to nanoseconds, any offset) in one canonical form:
 * `2026-05-01T10:00:00.000000000Z`. Two of them compare as strings as they do in time.
 *
 * Milliseconds are not enough: Alertmanager hands out nanoseconds, and a start that is compared after rounding
 * may equal another episode's.
 */

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,18}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** What Go writes for "no time": Alertmanager's endsAt while an alert fires. */
const GO_ZERO_YEAR = '0001';

/** @returns the canonical form; null for Go's zero time; undefined where the text is no timestamp */
export function parseTimestamp(text: string): string | null | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone = ''] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  // Date.UTC takes years below 100 for 19xx; setUTCFullYear does not.
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  const offset = offsetMinutes(zone);
  if (offset === undefined) return undefined;
  date.setUTCHours(Number(hour), Number(minute) - offset, Number(second));
  if (date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999) return undefined;
  if (year === GO_ZERO_YEAR && date.getUTCFullYear() <= 1) return null;
  return `${date.toISOString().slice(0, 19)}.${fraction.slice(0, 9).padEnd(9, '0')}Z`;
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** The canonical form of a clock reading in milliseconds. */
export function timestampOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 23)}000000Z`;
}

/** For answers: without the zeros that say nothing, as Go prints it. */
export function shortTimestamp(canonical: string): string {
  return canonical.replace(/\.?0*Z$/, 'Z');
}
