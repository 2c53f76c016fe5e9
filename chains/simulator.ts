/**
 * What a simulator is: a pure function from a moment to the exposition of one process. Time, seed and the history of faults go
 * in; text in Prometheus' format comes out. So a simulation can be continued, repeated and tested without waiting.
 */

/** Something that can go wrong. */
export interface Fault {
  readonly name: string;
  /** One line for a person. */
  readonly summary: string;
  /**
   * Alerts that fire while it lasts, those included that another one mutes; on a network that has every component. Sorted.
   * Where `within` is given these are all that have fired by then.
   */
  readonly alerts: readonly string[];
  /** Simulated seconds until all of `alerts` fire. */
  readonly within?: number;
  /** Alerts that follow besides where it is left on for half a day. Sorted. */
  readonly later?: readonly string[];
  /** Components whose processes it can be narrowed to with an instance. */
  readonly components: readonly string[];
  /** Simulated seconds for which all must have been well before, where its alerts compare with that long ago. */
  readonly calm?: number;
  /** Their processes end and start anew again and again: what they count falls each time. */
  readonly restarts?: boolean;
}

/** A stretch of simulated time in which a fault is active. */
export interface FaultInterval {
  readonly fault: string;
  /** Seconds of simulated time. */
  readonly from: number;
  /** Absent while it lasts. */
  readonly to?: number | undefined;
  /** Only this process; absent: all that the fault concerns. */
  readonly instance?: string | undefined;
}

export interface SimulatedTarget {
  readonly component: string;
  /** Among the processes of its component; 0 is the one that leads, where one does. */
  readonly index: number;
  readonly instance: string;
}

export interface Moment {
  /** Seconds of simulated time since the simulation began. */
  readonly time: number;
  /** Unix seconds of real time when the simulation began. */
  readonly wallStart: number;
  /** Simulated seconds in each real one. */
  readonly timeScale: number;
  readonly faults: readonly FaultInterval[];
  /** Tells networks apart. */
  readonly seed: number;
}

/** What a process says of one of its peers. */
export interface PeerStats {
  readonly peer: string;
  readonly metrics: Readonly<Record<string, unknown>>;
}

export interface Simulator {
  readonly chain: string;
  /** Sorted by name. */
  readonly faults: readonly Fault[];
  /** @returns the exposition, or `undefined` where the process is down and refuses the connection */
  expose(target: SimulatedTarget, moment: Moment): string | undefined;
  /** What an agent beside the process would push of its peers; `undefined` where it does not answer. Absent: nothing of this chain is pushed. */
  peers?(target: SimulatedTarget, moment: Moment): readonly PeerStats[] | undefined;
}
