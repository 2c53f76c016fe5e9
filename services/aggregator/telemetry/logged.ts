import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BatchFault } from '../ingest/fault.ts';
import type { Part } from '../ingest/parts.ts';
import type { Batch } from '../store/records.ts';
import type { Summary } from '../store/telemetryRows.ts';

/** Before the name of what is no batch of snapshots: no sender can name one so. */
const BEGIN = '!telemetry/';

const schema = z.object({ node: z.string(), at: z.int(), seq: z.int(), receivedAt: z.int(), body: z.string() });

/** A summary on its way to the disk and to the log of the replicas. Its name is the same wherever and however often it is sent. */
export function telemetryBatch(summary: Summary): Batch {
  const { network, node, at, seq, receivedAt } = summary;
  const hash = createHash('sha256')
    .update(JSON.stringify([node, at, seq]))
    .digest('base64url');
  const bytes = new TextEncoder().encode(JSON.stringify(summary));
  return { network, name: `${BEGIN}${hash}`, receivedAt, bytes, spans: new Uint32Array(0), summary };
}

/** @param name without the network */
export function isTelemetry(name: string): boolean {
  return name.startsWith(BEGIN);
}

/** @returns undefined for what is no summary as we write them */
export function readTelemetry(network: string, bytes: Uint8Array): Summary | undefined {
  try {
    const { node, at, seq, receivedAt, body } = schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    const value: unknown = JSON.parse(body);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { network, node, at, seq, receivedAt, body } : undefined;
  } catch {
    return undefined;
  }
}

/** A summary is one message. @param most its bytes. @throws BatchFault where it is too large */
export function telemetryParts({ name, bytes }: Batch, most: number): Part[] {
  if (bytes.length <= most) return [{ name, from: 0, to: 0, whole: true }];
  throw new BatchFault('too_many', `it takes ${bytes.length} bytes; the log of the replicas takes ${most}`);
}
