import { z } from 'zod';

const count = z.int().min(0);
/** `ahead` is missing where the aggregator is of a version that takes any time. */
const schema = z.object({ stored: count, duplicates: count, expired: count, ahead: count.default(0) });

/** Says to an aggregator that we know the word `ahead`: without it, it counts those as `expired`. */
export const COUNTS_HEADER = { 'x-counts': 'ahead' } as const;

export interface Acknowledgement {
  /** Snapshots that were not kept, since they are dated later than they came. */
  readonly ahead: number;
}

/**
 * Reads the answer that says what became of a batch of so many snapshots.
 *
 * @returns undefined where it does not say that of each. A login page of a proxy comes with status 200 too, and a batch that is given to it would be lost
 */
export function acknowledgementIn(body: string, snapshots: number): Acknowledgement | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const read = schema.safeParse(value);
  if (!read.success) return undefined;
  const { stored, duplicates, expired, ahead } = read.data;
  return stored + duplicates + expired + ahead === snapshots ? { ahead } : undefined;
}
