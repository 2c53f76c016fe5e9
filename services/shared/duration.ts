import { z } from 'zod';

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const PART = /(\d+)(ms|s|m|h|d|w)/g;
const WHOLE = /^(?:\d+(?:ms|s|m|h|d|w))+$/;

/**
 * Reads a duration as Prometheus writes it (`500ms`, `10m`, `1h30m`, `30d`).
 *
 * @returns milliseconds, or undefined where the text is not a duration
 */
export function parseDuration(text: string): number | undefined {
  if (!WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(PART)) {
    total += Number(digits) * (MILLISECONDS[unit ?? ''] ?? Number.NaN);
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

/**
 * A settings field that holds a duration. The file says `10m`; the program sees milliseconds.
 *
 * @param bounds inclusive, written as durations, so that the error can repeat them
 */
export function durationField(byDefault: string, bounds: { min?: string; max?: string } = {}) {
  const min = bounds.min === undefined ? 0 : (parseDuration(bounds.min) ?? 0);
  const max = bounds.max === undefined ? Number.MAX_SAFE_INTEGER : (parseDuration(bounds.max) ?? 0);
  return z
    .string({ error: 'needs a duration with its unit, such as "30s", "10m" or "30d"' })
    .default(byDefault)
    .transform((text, context) => {
      const milliseconds = parseDuration(text.trim());
      if (milliseconds === undefined) {
        context.addIssue(`"${text}" is not a duration; write a number and its unit, such as "30s", "10m" or "30d"`);
        return z.NEVER;
      }
      if (milliseconds < min) {
        context.addIssue(`"${text}" is too short; at least ${bounds.min}`);
        return z.NEVER;
      }
      if (milliseconds > max) {
        context.addIssue(`"${text}" is too long; at most ${bounds.max}`);
        return z.NEVER;
      }
      return milliseconds;
    })
    .meta({ holds: 'duration' });
}
