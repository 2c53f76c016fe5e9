import { z } from 'zod';

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a copy of the store holds, so that whoever has it can see whether it is whole. */
export const manifestSchema = z.strictObject({
  format: z.literal('chainwatch-aggregator-backup-1'),
  /** The version of the tables. */
  schema: z.int().min(1),
  /** The moment that it shows: ISO 8601, UTC. */
  at: z.iso.datetime(),
  /** The highest number of a sample at that moment. */
  lastId: count,
  /** Rows of each table. */
  rows: z.record(z.string(), count),
  /** SHA-256 over all rows: see `contentOf`. */
  content: sha256,
  /** Of the database file. */
  bytes: count,
  sha256,
});

export type Manifest = z.output<typeof manifestSchema>;
