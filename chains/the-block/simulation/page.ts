/** How the pages of the simulated programs are made: as the Rust client does, which registers a metric when it is first used. */
import { Exposition, type Labels } from '../../simulation/exposition.ts';
import type { Growth, Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';

/** The client's default buckets. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

export class Page {
  readonly #page = new Exposition({ help: helpOf });
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  gauge(name: string, value: number, labels: Labels = {}): this {
    this.#page.gauge(name, value, labels);
    return this;
  }

  counter(name: string, growth: Growth, labels: Labels = {}): this {
    this.#page.counter(name, this.#timeline.count(growth), labels);
    return this;
  }

  /** As long as nothing has happened there is no such series. */
  events(name: string, period: number, faults: readonly string[], labels: Labels = {}): this {
    const { count } = this.#timeline.events(period, ...faults);
    if (count > 0) this.#page.counter(name, count, labels);
    return this;
  }

  /** Most take `usual` seconds; while the fault lasts all take `slow`. */
  durations(
    name: string,
    { usual, slow, fault, buckets = SECONDS }: Durations,
    labels: Labels = {},
    scaled = true,
  ): this {
    const took = (seconds: number) => (scaled ? this.#timeline.duration(seconds) : seconds);
    this.#page.histogram(
      name,
      buckets,
      [
        { value: took(usual), count: this.#timeline.count({ perSecond: 0.5, not: [fault] }) },
        { value: took(slow), count: this.#timeline.count({ perSecond: 0, plus: { [fault]: 0.5 } }) },
      ],
      labels,
    );
    return this;
  }

  toString(): string {
    return this.#page.toString();
  }
}

export interface Durations {
  readonly usual: number;
  readonly slow: number;
  readonly fault: string;
  readonly buckets?: readonly number[];
}
