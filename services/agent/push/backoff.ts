/** Milliseconds. */
export interface BackoffLimits {
  readonly min: number;
  readonly max: number;
}

/** Longer than that no aggregator may keep us away, whatever it says. */
export const MAX_REST_MS = 3_600_000;

/**
 * How long to wait before the next try: twice as long after each round that failed, up to `max`; half of it by chance, so that agents that lost one
 * aggregator at the same moment do not all come back at the same moment.
 *
 * @param failures rounds that have failed in a row, 1 or more; in a round every aggregator was tried
 * @param rest milliseconds until the first of them wants to be asked again (`retry-after`); never undercut
 * @param chance from 0 up to 1
 * @returns milliseconds
 */
export function backoff(failures: number, rest: number, chance: number, { min, max }: BackoffLimits): number {
  // 2 ** 1024 is infinite; nobody waits for more doublings than these.
  const ceiling = Math.min(max, min * 2 ** Math.min(Math.max(failures - 1, 0), 40));
  const own = ceiling / 2 + (chance * ceiling) / 2;
  return Math.round(rest > 0 ? Math.max(own, rest + chance * min) : own);
}

/**
 * Reads the header `retry-after`: seconds, or a date (RFC 9110).
 *
 * @param now milliseconds
 * @returns milliseconds from now, at most MAX_REST_MS; 0 where there is nothing to be read
 */
export function retryAfter(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const text = header.trim();
  const wanted = /^\d{1,15}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wanted) ? 0 : Math.min(Math.max(wanted, 0), MAX_REST_MS);
}
