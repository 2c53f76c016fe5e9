/**
 * How far a replica is behind: the time since it was last known to have all that the log had. That no server answers does not make it zero: it grows.
 */
export class Lag {
  #knownAt: number;

  /** @param startedAt Unix milliseconds: before something was read nothing else is known */
  constructor(startedAt: number) {
    this.#knownAt = startedAt;
  }

  /** The store has all that the log had at this time, or the message that it took then. Unix milliseconds. */
  has(at: number): void {
    if (at > this.#knownAt) this.#knownAt = at;
  }

  /** What the store has read was lost, or is another log's. */
  begin(at: number): void {
    this.#knownAt = at;
  }

  seconds(now: number): number {
    return Math.max(0, now - this.#knownAt) / 1000;
  }
}
