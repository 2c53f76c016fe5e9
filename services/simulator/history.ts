import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { FaultInterval } from '../../chains/simulator.ts';

const interval = z.strictObject({
  fault: z.string(),
  from: z.number(),
  to: z.number().optional(),
  instance: z.string().optional(),
});
const schema = z.strictObject({
  format: z.literal(1),
  wallStart: z.number(),
  timeScale: z.number(),
  networks: z.record(z.string(), z.array(interval)),
});
type State = z.infer<typeof schema>;

/**
 * When the simulation began and what went wrong since: all that a simulator needs to know, kept on disk.
 *
 * Faults that are over stay, since counters are computed from the whole history. That is a few dozen bytes for each time that
 * somebody plays one.
 */
export class FaultHistory {
  readonly #file: string;
  readonly #state: State;

  /** @param now unix seconds; the beginning, where nothing was kept or it was kept for another speed of time */
  constructor(file: string, timeScale: number, now: number) {
    this.#file = file;
    const kept = read(file);
    this.#state = kept?.timeScale === timeScale ? kept : { format: 1, wallStart: now, timeScale, networks: {} };
    this.#save();
  }

  get wallStart(): number {
    return this.#state.wallStart;
  }

  /** Seconds of simulated time. @param now unix seconds */
  timeAt(now: number): number {
    return (now - this.#state.wallStart) * this.#state.timeScale;
  }

  /** Unix seconds at which a simulated time is or was. */
  wallAt(time: number): number {
    return this.#state.wallStart + time / this.#state.timeScale;
  }

  faultsOf(network: string): readonly FaultInterval[] {
    return this.#state.networks[network] ?? [];
  }

  /** Nothing happens where it is active already. */
  begin(network: string, fault: string, instance: string | undefined, now: number): void {
    const known = this.faultsOf(network);
    if (known.some((each) => each.fault === fault && each.instance === instance && each.to === undefined)) return;
    const begun = { fault, from: this.timeAt(now), ...(instance === undefined ? {} : { instance }) };
    this.#state.networks[network] = [...known, begun];
    this.#save();
  }

  /** Ends a fault, on one instance or wherever it is active; without a fault, all of the network. @returns how many ended */
  end(network: string, now: number, fault?: string, instance?: string): number {
    const to = this.timeAt(now);
    let ended = 0;
    this.#state.networks[network] = this.faultsOf(network).map((each) => {
      const meant =
        (fault === undefined || each.fault === fault) && (instance === undefined || each.instance === instance);
      if (!meant || each.to !== undefined) return each;
      ended += 1;
      return { ...each, to };
    });
    this.#save();
    return ended;
  }

  /** Whole or not at all. */
  #save(): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    const draft = `${this.#file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(this.#state)}\n`);
    renameSync(draft, this.#file);
  }
}

function read(file: string): State | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
