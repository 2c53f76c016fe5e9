/**
 * Piecewise linear functions of time: how far a chain, or a node that follows it, has come. Exact, so that the same moment is
 * always the same, however one gets there.
 */
import { join, type Stretch } from './stretches.ts';

interface Corner {
  readonly at: number;
  readonly value: number;
  /** From here to the next corner. */
  readonly slope: number;
}

export class Path {
  readonly #corners: readonly Corner[];

  private constructor(corners: readonly Corner[]) {
    this.#corners = corners;
  }

  /** What goes on with real time: at `t` it has come to `t`. */
  static readonly clock = new Path([{ at: 0, value: 0, slope: 1 }]);

  /** Advances with time, but at `rate` within the stretches, and never makes up for it. */
  static halting(stretches: readonly Stretch[], rate = 0): Path {
    const corners: Corner[] = [{ at: 0, value: 0, slope: 1 }];
    for (const { from, to } of stretches) {
      corners.push({ at: from, value: valueAt(corners, from), slope: rate });
      if (to !== Infinity) corners.push({ at: to, value: valueAt(corners, to), slope: 1 });
    }
    return new Path(corners);
  }

  /** Follows this path `delay` behind it; within the stretches only at `rate`, afterwards at `catchUp` until it is there again. */
  followed({
    delay = 0,
    stretches,
    rate = 0,
    catchUp,
  }: {
    readonly delay?: number;
    readonly stretches: readonly Stretch[];
    readonly rate?: number;
    readonly catchUp: number;
  }): Path {
    const target = (time: number) => this.at(time) - delay;
    const holds = join(stretches);
    const times = new Set([0, ...this.#corners.map(({ at }) => at)]);
    for (const { from, to } of holds) {
      times.add(from);
      if (to !== Infinity) times.add(to);
    }
    const sorted = [...times].sort((a, b) => a - b);
    let next = 0;
    const corners: Corner[] = [];
    let value = target(0);
    for (const [index, start] of sorted.entries()) {
      const end = sorted[index + 1] ?? Infinity;
      const lead = cornerAt(this.#corners, start)?.slope ?? 1;
      while ((holds[next]?.to ?? Infinity) <= start) next += 1;
      const held = (holds[next]?.from ?? Infinity) <= start;
      const gap = target(start) - value;
      const speed = held ? rate : catchUp;
      if (gap <= 0 && (!held || rate >= lead)) {
        corners.push({ at: start, value, slope: lead });
        value = target(end === Infinity ? start : end);
        continue;
      }
      corners.push({ at: start, value, slope: speed });
      const met = speed > lead ? start + gap / (speed - lead) : Infinity;
      if (met < end) {
        corners.push({ at: met, value: target(met), slope: lead });
        if (end !== Infinity) value = target(end);
      } else if (end !== Infinity) value += speed * (end - start);
    }
    return new Path(corners);
  }

  at(time: number): number {
    return valueAt(this.#corners, time);
  }

  /** When `value` was first reached. */
  when(value: number): number {
    let found = this.#corners[0];
    for (const corner of this.#corners) {
      if (corner.value >= value && corner !== this.#corners[0]) break;
      found = corner;
    }
    if (!found) return 0;
    return found.slope === 0 ? found.at : found.at + (value - found.value) / found.slope;
  }
}

/** The last corner at or before `time`, else the first. */
function cornerAt(corners: readonly Corner[], time: number): Corner | undefined {
  let low = 0;
  let high = corners.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((corners[middle]?.at ?? Infinity) <= time) low = middle;
    else high = middle - 1;
  }
  return corners[low];
}

function valueAt(corners: readonly Corner[], time: number): number {
  const corner = cornerAt(corners, time);
  return corner ? corner.value + corner.slope * (time - corner.at) : time;
}
