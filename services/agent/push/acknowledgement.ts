import { z } from 'zod';

const schema = z.object({ stored: z.int().min(0), duplicates: z.int().min(0), expired: z.int().min(0) });

/**
 * Whether an answer says that a batch of so many snapshots is durable. A login page of a proxy comes with status 200 too, and a batch that is given
 * to it would be lost.
 */
export function acknowledges(body: string, snapshots: number): boolean {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return false;
  }
  const read = schema.safeParse(value);
  return read.success && read.data.stored + read.data.duplicates + read.data.expired === snapshots;
}
