import { SPAN, type Spans } from './batch.ts';

/** What is left of a batch. */
export interface InTime {
  /** The same table where nothing was left out. */
  readonly spans: Spans;
  /** Snapshots that were left out. */
  readonly ahead: number;
}

/**
 * Leaves out what is dated later than a moment: its peer would count as active until then, and would be kept so long.
 *
 * Whoever accepts a batch decides this, before it is stored or goes to the log: replicas have it from there as it was decided, whatever
 * their own clocks and settings say.
 *
 * @param latest Unix seconds
 */
export function withoutAhead(spans: Spans, latest: number): InTime {
  const late: number[] = [];
  for (let row = 0; row < spans.length; row += SPAN.width) if ((spans[row + SPAN.at] ?? 0) > latest) late.push(row);
  if (late.length === 0) return { spans, ahead: 0 };
  const left = new Uint32Array(spans.length - late.length * SPAN.width);
  let to = 0;
  let from = 0;
  for (const row of [...late, spans.length]) {
    left.set(spans.subarray(from, row), to);
    to += row - from;
    from = row + SPAN.width;
  }
  return { spans: left, ahead: late.length };
}

/**
 * The name under which what is left of a batch is stored. Sent again later, more of it may be in time: then it is another batch, of which each
 * snapshot is looked up by itself.
 *
 * @param name what its sender calls it; empty for none
 */
export function nameOfRest(name: string, ahead: number): string {
  return name === '' || ahead === 0 ? name : `${name}#ahead.${ahead}`;
}
