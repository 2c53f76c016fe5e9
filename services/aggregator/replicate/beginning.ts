import { messageOf } from '../../shared/fault.ts';
import type { Logger } from '../../shared/log.ts';
import type { OtherReplica, SilentReplica } from './others.ts';
import type { StreamState } from './position.ts';

/** What an empty replica can begin with. */
export interface Choice {
  /** Whose snapshot; undefined for what the log has. */
  readonly from: OtherReplica | undefined;
  /** Who may have more than that, and why it is not known; empty where nobody is. */
  readonly missing: string;
}

/** There may be a replica to begin with, which does not answer: a little later it may. */
export class NotYet extends Error {}

/**
 * A log that was made anew, or lets go of what is old, does not show what it had before: only a replica that was there has it.
 *
 * @returns the one of which all is there since the earliest, of those the one that has read furthest
 */
export function choose(others: readonly (OtherReplica | SilentReplica)[], state: StreamState): Choice {
  const { created, firstSeq } = state;
  const far = others
    .filter((other) => 'seq' in other)
    .filter(({ stream, seq }) => stream === created && seq >= firstSeq - 1)
    .sort((a, b) => a.since - b.since || b.seq - a.seq);
  const [from] = far;
  if (from?.since === 0) return { from, missing: '' };
  const unknown = others.filter((other) => ('seq' in other ? !far.includes(other) : other.isNew !== true));
  const missing = unknown.map((other) => `${other.url}: ${'seq' in other ? 'it reads another log' : other.trouble}`);
  return { from, missing: missing.join('; ') };
}

export interface BeginningOptions {
  readonly ask: () => Promise<readonly (OtherReplica | SilentReplica)[]>;
  /** Milliseconds that an empty replica waits for those that do not answer. */
  readonly patience: number;
  /** Takes the place of another one. */
  readonly take: (other: OtherReplica, state: StreamState) => Promise<void>;
  readonly log: Logger;
  /** Milliseconds of a clock that never jumps; for tests. */
  readonly now?: () => number;
}

/** `taken`: a snapshot of another one is in place. `whole`: the log has all that there is. `late`: what is older than the log may be missing. */
export type Begun = 'taken' | 'whole' | 'late';

/** How a replica that has nothing begins. */
export class Beginning {
  readonly #options: BeginningOptions;
  #from: number | undefined;
  #said = '';

  constructor(options: BeginningOptions) {
    this.#options = options;
  }

  /** @throws NotYet while it is worth waiting */
  async begin(state: StreamState): Promise<Begun> {
    const { ask, patience, log, now = () => performance.now() } = this.#options;
    this.#from ??= now();
    const { from, missing } = choose(await ask(), state);
    const isOver = now() - this.#from >= patience;
    if (missing !== '' && !isOver) throw this.#notYet(missing);
    let trouble = missing;
    if (from !== undefined) {
      try {
        log.info({ from: from.url, upTo: from.seq }, 'this replica is empty and begins with a snapshot of another one');
        await this.#options.take(from, state);
        return 'taken';
      } catch (error) {
        trouble = `${from.url}: ${messageOf(error)}`;
        if (!isOver) throw this.#notYet(trouble);
      }
    }
    if (trouble === '' && state.firstSeq <= 1) return 'whole';
    const reason = trouble === '' ? 'no other replica has what the log no longer has' : trouble;
    const remedy = 'it takes a snapshot by itself when another replica that has more answers';
    log.warn({ reason, remedy }, 'this replica begins with what the log has, and may lack what is older');
    return 'late';
  }

  /** Takes the place of another one that has more than this one. @param since from when on this one has all, Unix seconds @throws where it fails */
  async complete(state: StreamState, since: number): Promise<Begun> {
    const { ask, take, log } = this.#options;
    const { from } = choose(await ask(), state);
    if (from === undefined || from.since >= since) return 'late';
    log.info({ from: from.url, upTo: from.seq }, 'another replica has what is missing here: a snapshot of it is taken');
    await take(from, state);
    return 'taken';
  }

  #notYet(reason: string): NotYet {
    if (reason !== this.#said) {
      const seconds = this.#options.patience / 1000;
      this.#options.log.info(
        { reason, seconds },
        'this replica is empty and waits for another one, to begin with its snapshot',
      );
    }
    this.#said = reason;
    return new NotYet(`it is empty and waits for another replica: ${reason}`);
  }
}
