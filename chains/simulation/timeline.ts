/**
 * Simulated time as one process lives it, with what went wrong when.
 *
 * In compressed time `timeScale` simulated seconds pass in each real one. What is exposed must look to Prometheus, whose clock is
 * real, like a chain that lives faster: timestamps are real, durations are shorter, counters count simulated events.
 */
import type { FaultInterval, Moment, SimulatedTarget } from '../simulator.ts';
import {
  eventsBefore,
  lastTickBefore,
  type Stretch,
  secondsBefore,
  secondsOutside,
  stretchAt,
  stretchesOf,
  ticksBefore,
} from './stretches.ts';

/** The chain had lived this long when the simulation began: nothing starts from zero. A hundred days. */
const PAST = 8_640_000;
/** Processes had run this long: three days. */
const UPTIME = 259_200;

/** How a counter grows. */
export interface Growth {
  /** Events per second when all is well. */
  readonly perSecond: number;
  /** Faults during which it does not grow. */
  readonly not?: readonly string[];
  /** Faults during which it grows faster: fault → events per second besides. */
  readonly plus?: Readonly<Record<string, number>>;
}

export class Timeline {
  readonly #moment: Moment;
  readonly #target: SimulatedTarget;
  /** Since when the process has run, in seconds of the chain's life. */
  readonly startedAt: number;

  /** @param down the fault that takes the process away; when it ends the process starts anew */
  constructor(moment: Moment, target: SimulatedTarget, down?: string) {
    this.#moment = moment;
    this.#target = target;
    const restarts = down === undefined ? [] : this.mine(down).filter(({ to }) => to <= this.now);
    this.startedAt = restarts.at(-1)?.to ?? PAST - UPTIME;
  }

  /** Seconds of the chain's life. */
  get now(): number {
    return this.#moment.time + PAST;
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

  /** When the faults concern this process: those of all processes, and those narrowed to this one. */
  mine(...faults: readonly string[]): Stretch[] {
    return this.#stretches(faults, ({ instance }) => instance === undefined || instance === this.#target.instance);
  }

  /** The same for faults that need a healthy process to compare with: the first is spared unless it is named. */
  replicas(...faults: readonly string[]): Stretch[] {
    const { index, instance: own } = this.#target;
    return this.#stretches(faults, ({ instance }) => (instance === undefined ? index > 0 : instance === own));
  }

  /** When the faults concern the chain as a whole: not those narrowed to one process. */
  chain(...faults: readonly string[]): Stretch[] {
    return this.#stretches(faults, ({ instance }) => instance === undefined);
  }

  /** When the faults concern anybody: for processes that stand for the chain, such as the one batcher. */
  anybody(...faults: readonly string[]): Stretch[] {
    return this.#stretches(faults, () => true);
  }

  isActive(...faults: readonly string[]): boolean {
    return stretchAt(this.mine(...faults), this.now) !== undefined;
  }

  /** Seconds since the present stretch began in which at least one of the faults is active. */
  during(...faults: readonly string[]): number | undefined {
    const present = stretchAt(this.mine(...faults), this.now);
    return present && this.now - present.from;
  }

  /** A counter since the process started; it falls at a restart only. */
  count({ perSecond, not = [], plus = {} }: Growth): number {
    const without = this.mine(...not);
    const extra = Object.entries(plus).map(([fault, rate]) => [this.mine(fault), rate] as const);
    const total = (time: number) =>
      Math.floor(
        perSecond * secondsOutside(without, time) +
          extra.reduce((sum, [stretches, rate]) => sum + rate * secondsBefore(stretches, time), 0),
      );
    return total(this.now) - total(this.startedAt);
  }

  /** Events at the start of a fault and every `period` seconds while it lasts, since the process started. */
  events(period: number, ...faults: readonly string[]): { readonly count: number; readonly last: number | undefined } {
    const stretches = this.mine(...faults);
    const { count, last } = eventsBefore(stretches, period, this.now);
    const before = eventsBefore(stretches, period, this.startedAt).count;
    return { count: count - before, last: count > before ? last : undefined };
  }

  /** Multiples of `period` outside the stretches, since the process started, and the last of them. */
  rounds(
    period: number,
    not: readonly Stretch[],
    delay = 0,
  ): { readonly count: number; readonly last: number | undefined } {
    const until = this.now - delay;
    const count = ticksBefore(period, not, until) - ticksBefore(period, not, this.startedAt);
    return { count: Math.max(0, count), last: count > 0 ? lastTickBefore(period, not, until) : undefined };
  }

  /** Deterministic noise in [0, 1), another one for each key and each `period` seconds. */
  noise(key: string, period: number): number {
    const slot = Math.floor(this.now / period);
    let hash = 2166136261 ^ this.#moment.seed;
    for (const unit of `${this.#target.instance}/${key}/${slot}`)
      hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 16777619);
    hash ^= hash >>> 15;
    return (Math.imul(hash, 2246822519) >>> 0) / 2 ** 32;
  }

  /** `base` with up to `spread` more, as a whole number. */
  around(key: string, base: number, spread: number, period = 60): number {
    return Math.floor(base + spread * this.noise(key, period));
  }

  #stretches(faults: readonly string[], concerns: (interval: FaultInterval) => boolean): Stretch[] {
    return stretchesOf(this.#moment.faults, faults, concerns, PAST);
  }
}
