/**
 * Simulated time as one process lives it, with what went wrong when.
 *
 * In compressed time `timeScale` simulated seconds pass in each real one. What is exposed must look to Prometheus, whose clock is
 * real, like a chain that lives faster: timestamps are real, durations are shorter, counters count simulated events.
 */
import type { FaultInterval, Moment } from '../simulator.ts';

/** The chain had lived this long when the simulation began: nothing starts from zero. About a hundred days. */
const PAST = 8_640_000;

interface Stretch {
  readonly from: number;
  readonly to: number;
}

export class Timeline {
  readonly #moment: Moment;
  readonly #instance: string;

  constructor(moment: Moment, instance: string) {
    this.#moment = moment;
    this.#instance = instance;
  }

  /** Seconds of the chain's life. */
  get now(): number {
    return this.#moment.time + PAST;
  }

  /** When the simulation began, on the same clock. */
  get start(): number {
    return PAST;
  }

  /** A time of the chain's life as a unix timestamp of the real clock. */
  wall(time: number): number {
    const { wallStart, timeScale } = this.#moment;
    return wallStart + (time - PAST) / timeScale;
  }

  /** A duration of the chain's life in real seconds. */
  duration(seconds: number): number {
    return seconds / this.#moment.timeScale;
  }

  isActive(...faults: readonly string[]): boolean {
    return this.during(...faults) !== undefined;
  }

  /** Seconds since the present stretch began in which at least one of the faults is active. */
  during(...faults: readonly string[]): number | undefined {
    const last = this.#stretches(faults).at(-1);
    return last && last.to >= this.#moment.time ? this.#moment.time - last.from : undefined;
  }

  /** Seconds until now in which at least one of the faults was active: what a counter has missed, or counted besides. */
  total(...faults: readonly string[]): number {
    return this.#stretches(faults).reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** How often one of the faults began. */
  occurrences(...faults: readonly string[]): number {
    return this.#stretches(faults).length;
  }

  /** The time at which something stands that moves with the chain but stops while one of the faults lasts. */
  held(...faults: readonly string[]): number {
    return this.now - (this.during(...faults) ?? 0);
  }

  /** The value of a counter that rises by `perSecond` except while one of the faults lasts. */
  count(perSecond: number, ...except: readonly string[]): number {
    return Math.floor(perSecond * (this.now - this.total(...except)));
  }

  /** Deterministic noise in [0, 1), another one for each key and each `period` seconds. */
  noise(key: string, period: number): number {
    const slot = Math.floor(this.now / period);
    let hash = 2166136261 ^ this.#moment.seed;
    for (const unit of `${this.#instance}/${key}/${slot}`)
      hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 16777619);
    hash ^= hash >>> 15;
    return (Math.imul(hash, 2246822519) >>> 0) / 2 ** 32;
  }

  /** Past and present stretches, overlapping ones joined, in order. */
  #stretches(faults: readonly string[]): Stretch[] {
    const { time } = this.#moment;
    const concerns = ({ fault, from, instance }: FaultInterval) =>
      faults.includes(fault) && from <= time && (instance === undefined || instance === this.#instance);
    const sorted = this.#moment.faults
      .filter(concerns)
      .map(({ from, to }) => ({ from, to: Math.min(to ?? time, time) }))
      .sort((a, b) => a.from - b.from);
    const joined: Stretch[] = [];
    for (const stretch of sorted) {
      const last = joined.at(-1);
      if (last && stretch.from <= last.to)
        joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, stretch.to) };
      else joined.push(stretch);
    }
    return joined;
  }
}
