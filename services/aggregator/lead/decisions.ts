import { messageOf } from '../../shared/fault.ts';
import { HttpFault } from '../../shared/http.ts';
import { StoreError } from '../../shared/store/records.ts';
import type { ControlEntry, ControlLog, JsonObject } from '../control/control.ts';
import type { Leadership } from './leadership.ts';
import { nameOf } from './open.ts';

export interface DecisionOptions {
  readonly leadership: Leadership;
  readonly control: ControlLog;
  /** Milliseconds. */
  readonly now: () => number;
}

function undecided(error: unknown): HttpFault {
  const full = error instanceof StoreError && error.kind === 'full';
  return new HttpFault(
    full ? 507 : 503,
    { error: full ? 'store_full' : 'undecided', reason: messageOf(error), remedy: 'see /readyz, and try again' },
    { 'retry-after': '5' },
  );
}

/** What this replica decides for all while it leads. */
export class Decisions {
  readonly #options: DecisionOptions;

  constructor(options: DecisionOptions) {
    this.#options = options;
  }

  /** Unix seconds. */
  now(): number {
    return Math.floor(this.#options.now() / 1000);
  }

  /** @throws HttpFault 421 where somebody else leads */
  requireLeading(): number {
    const epoch = this.#options.leadership.epoch();
    if (epoch === undefined) throw this.#notLeading();
    return epoch;
  }

  /**
   * Resolves when it is durable, and in this replica's store.
   *
   * @throws HttpFault 421 where somebody else leads, also where that shows only then; 503 or 507 where it is not known whether it is decided
   */
  async decide(kind: ControlEntry['kind'], data: JsonObject): Promise<void> {
    const { leadership, control } = this.#options;
    const epoch = this.requireLeading();
    const outcome = await control.append({ kind, epoch, at: this.now(), data }).catch((error: unknown) => {
      throw undecided(error);
    });
    if (outcome === 'applied') return;
    await leadership.yield();
    throw this.#notLeading();
  }

  #notLeading(): HttpFault {
    const leader = nameOf(this.#options.leadership.known().leader);
    return new HttpFault(
      421,
      {
        error: 'not_leader',
        reason: leader === undefined ? 'nobody is known to lead' : `this replica does not lead; ${leader} does`,
        remedy: leader === undefined ? 'try again soon; /readyz says why' : 'ask that one',
      },
      { 'retry-after': '2' },
    );
  }
}
