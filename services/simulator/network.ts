import type { Fault, FaultInterval, Moment, PeerStats, Simulator } from '../../chains/simulator.ts';
import type { NetworkSettings, TargetSettings } from './settings.ts';
import type { NetworkState } from './stateFile.ts';

/**
 * Past and present faults of a network that are remembered. The exposition is a function of all of them (a counter that a
 * fault stopped stays behind for good), so none can be forgotten; a script that switches for ever finds its end here.
 */
export const MAX_FAULT_HISTORY = 1_000;

/** Since when a fault is on, and for which process; `instance` null: for all that it concerns. */
export interface ActiveFault {
  /** Milliseconds of Unix time. */
  readonly since: number;
  readonly instance: string | null;
}

/** One simulated network: its processes, when it began, and what went wrong since. */
export class SimulatedNetwork {
  readonly settings: NetworkSettings;
  readonly simulator: Simulator;
  /** Simulated seconds in each real one. */
  readonly timeScale: number;
  readonly #wallStart: number;
  #faults: readonly FaultInterval[];

  /**
   * @param before what an earlier run left; its history is gone on with
   * @param now seconds of Unix time
   */
  constructor(
    settings: NetworkSettings,
    simulator: Simulator,
    timeScale: number,
    before: NetworkState | undefined,
    now: number,
  ) {
    this.settings = settings;
    this.simulator = simulator;
    this.timeScale = timeScale;
    const kept = before?.chain === settings.chain ? before : undefined;
    // With another scale than before the simulated time goes on where it stood, so that no counter falls.
    this.#wallStart = kept === undefined ? now : now - ((now - kept.wallStart) * kept.timeScale) / timeScale;
    const known = new Set(simulator.faults.map((fault) => fault.name));
    this.#faults = (kept?.faults ?? []).filter(({ fault }) => known.has(fault));
  }

  get name(): string {
    return this.settings.network;
  }

  get history(): readonly FaultInterval[] {
    return this.#faults;
  }

  get state(): NetworkState {
    const faults = this.#faults.map((interval) => ({ ...interval }));
    return { chain: this.settings.chain, wallStart: this.#wallStart, timeScale: this.timeScale, faults };
  }

  /** Puts back what `history` was, where the new one could not be kept. */
  restore(history: readonly FaultInterval[]): void {
    this.#faults = history;
  }

  fault(name: string): Fault | undefined {
    return this.simulator.faults.find((fault) => fault.name === name);
  }

  /** Processes that a fault can be narrowed to; for a fault without components none. */
  targetsOf({ components }: Fault): readonly TargetSettings[] {
    return this.settings.targets.filter(({ component }) => components.includes(component));
  }

  /** Whether there is anything here that it could befall. */
  canHave(fault: Fault): boolean {
    return fault.components.length === 0 || this.targetsOf(fault).length > 0;
  }

  active(fault: string): readonly ActiveFault[] {
    return this.#faults
      .filter((interval) => interval.fault === fault && interval.to === undefined)
      .map(({ from, instance }) => ({
        since: (this.#wallStart + from / this.timeScale) * 1000,
        instance: instance ?? null,
      }));
  }

  /**
   * Switches a fault on.
   *
   * @returns false where it was on already for that process
   */
  begin(fault: string, instance: string | undefined, now: number): boolean {
    const on = this.#faults.some((each) => each.fault === fault && each.to === undefined && each.instance === instance);
    if (on) return false;
    const from = this.#timeAt(now);
    this.#faults = [...this.#faults, { fault, from, ...(instance === undefined ? {} : { instance }) }];
    return true;
  }

  /**
   * Switches faults off.
   *
   * @param fault undefined: all
   * @param instance undefined: for all processes
   * @returns how many were on
   */
  end(fault: string | undefined, instance: string | undefined, now: number): number {
    const to = this.#timeAt(now);
    const concerned = (each: FaultInterval) =>
      each.to === undefined &&
      (fault === undefined || each.fault === fault) &&
      (instance === undefined || each.instance === instance);
    const count = this.#faults.filter(concerned).length;
    // A clock that was set back must not make a fault end before it began.
    this.#faults = this.#faults.map((each) => (concerned(each) ? { ...each, to: Math.max(to, each.from) } : each));
    return count;
  }

  /** @returns the exposition of a process, or undefined where it is down */
  expose({ component, index, instance }: TargetSettings, now: number): string | undefined {
    return this.simulator.expose({ component, index, instance }, this.#momentAt(now));
  }

  /** @returns what a process says of its peers, or undefined where it says nothing */
  peers({ component, index, instance }: TargetSettings, now: number): readonly PeerStats[] | undefined {
    return this.simulator.peers?.({ component, index, instance }, this.#momentAt(now));
  }

  #momentAt(now: number): Moment {
    return {
      time: this.#timeAt(now),
      wallStart: this.#wallStart,
      timeScale: this.timeScale,
      faults: this.#faults,
      seed: seedOf(this.name),
    };
  }

  #timeAt(now: number): number {
    return Math.max(0, (now - this.#wallStart) * this.timeScale);
  }
}

/** The same network has the same noise in every run. */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const unit of name) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
