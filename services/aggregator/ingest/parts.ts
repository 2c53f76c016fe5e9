import { SPAN, type Spans } from './batch.ts';
import { BatchFault } from './fault.ts';

/** Some snapshots of a batch that travel as one message. */
export interface Part {
  /** The batch's own name where it is all of it, else `<name>#<number>.<of how many>`. */
  readonly name: string;
  /** The first snapshot, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** The bytes of the batch are its bytes. */
  readonly whole: boolean;
}

/** A part is longer by this than its snapshots with a comma for each. */
const BRACKETS = 1;

/**
 * Divides a batch into messages that are not too large; the same batch always in the same way. A batch without snapshots has no parts.
 *
 * @param most bytes of a message
 * @param isPartial whether the bytes hold more than the snapshots that are meant
 * @throws BatchFault where one snapshot is too large by itself
 */
export function splitBatch(bytes: Uint8Array, spans: Spans, name: string, most: number, isPartial = false): Part[] {
  const rows = spans.length / SPAN.width;
  if (rows === 0) return [];
  if (bytes.length <= most && !isPartial) return [{ name, from: 0, to: rows, whole: true }];
  const ends: number[] = [];
  let size = BRACKETS;
  for (let row = 0; row < rows; row += 1) {
    const length = sizeOf(spans, row) + 1;
    if (length + BRACKETS > most) {
      throw new BatchFault(
        'too_many',
        `snapshot ${row} has ${length - 1} bytes; the log of the replicas takes ${most}`,
      );
    }
    if (size + length > most) {
      ends.push(row);
      size = BRACKETS;
    }
    size += length;
  }
  ends.push(rows);
  const nameOf = (index: number) => (ends.length === 1 ? name : `${name}#${index + 1}.${ends.length}`);
  return ends.map((to, index) => ({ name: nameOf(index), from: ends[index - 1] ?? 0, to, whole: false }));
}

/** A part as a batch of its own: a JSON array. */
export function partBytes(bytes: Uint8Array, spans: Spans, part: Part): Uint8Array {
  if (part.whole) return bytes;
  const pieces: Uint8Array[] = [];
  for (let row = part.from; row < part.to; row += 1) {
    const at = row * SPAN.width;
    pieces.push(Buffer.from(row === part.from ? '[' : ','), bytes.subarray(spans[at + SPAN.from], spans[at + SPAN.to]));
  }
  pieces.push(Buffer.from(']'));
  return Buffer.concat(pieces);
}

function sizeOf(spans: Spans, row: number): number {
  const at = row * SPAN.width;
  return (spans[at + SPAN.to] ?? 0) - (spans[at + SPAN.from] ?? 0);
}
