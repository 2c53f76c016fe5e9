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
    // A clock that was put back, or is behind that of the log: from here on it counts, and does not stand at zero until it is past that time again.
    if (this.#knownAt > now) this.#knownAt = now;
    return (now - this.#knownAt) / 1000;
  }
}
