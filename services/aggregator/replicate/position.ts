import type { LogMark } from '../store/records.ts';

/** A stream as it is now. */
export interface StreamState {
  /** The moment when it was made, as the server writes it: another one is another log. */
  readonly created: string;
  /** One more than the last where it is empty. */
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** Where a replica goes on reading. */
export type Position =
  | { readonly go: 'on'; readonly from: number }
  /** The log is not the one that was read, or has lost what was read: what is left is read again, which changes nothing that is known. */
  | { readonly go: 'anew'; readonly from: number; readonly reason: string }
  /** What would come next is gone. */
  | { readonly go: 'snapshot'; readonly reason: string };

/**
 * Compares what was read with what is there.
 *
 * @param nameAt the name of the message with a number; undefined where there is none
 */
export async function findPosition(
  state: StreamState,
  mark: LogMark | undefined,
  nameAt: (seq: number) => Promise<string | undefined>,
): Promise<Position> {
  const { created, firstSeq, lastSeq } = state;
  const beforeFirst = Math.max(0, firstSeq - 1);
  if (mark === undefined || mark.stream !== created) {
    const reason = mark === undefined ? 'nothing was read yet' : 'the stream was deleted and made again';
    if (beforeFirst === 0) return { go: 'anew', from: 0, reason };
    return { go: 'snapshot', reason: `${reason}, and its first ${beforeFirst} messages are gone` };
  }
  if (lastSeq < mark.seq) {
    return { go: 'anew', from: beforeFirst, reason: `the stream ends at ${lastSeq}, and ${mark.seq} had been read` };
  }
  if (beforeFirst > mark.seq) {
    return { go: 'snapshot', reason: `the stream begins at ${firstSeq}, and ${mark.seq} was read last` };
  }
  if (mark.seq >= firstSeq && mark.name !== '' && (await nameAt(mark.seq)) !== mark.name) {
    return { go: 'anew', from: beforeFirst, reason: `message ${mark.seq} is another one than was read` };
  }
  return { go: 'on', from: mark.seq };
}
