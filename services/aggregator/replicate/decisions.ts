import { createHash, randomUUID } from 'node:crypto';
import type { Logger } from '../../shared/log.ts';
import type { ControlEntry, JsonObject } from '../control/control.ts';
import type { DecidedReader } from '../control/decided.ts';
import { chainData, stateData, WANTED } from '../control/state.ts';
import type { KeyChain } from '../keys/chain.ts';
import type { LogMark } from '../store/records.ts';
import { bringAgain } from './bringing.ts';
import type { Link } from './link.ts';
import { HEADERS } from './message.ts';

/** Peers whose keys are read at once. */
const AT_ONCE = 200;
/** What the log has shown so often and the store does not take, is not said once more. */
const MOST_TRIES = 3;
/** What headers and the frame of an entry take. */
const FRAME_BYTES = 2_560;
/** Names of messages that say again what was decided begin so. */
export const STATE_NAME = '!state/';

export interface LostDecisionsOptions {
  readonly link: Pick<Link, 'publish' | 'look'>;
  /** Undefined while the store has none. */
  readonly decided: () => DecidedReader | undefined;
  /** Of decisions. */
  readonly subject: string;
  readonly log: Logger;
  /** The place up to which the log was read, where all of it was; else undefined. */
  readonly readTo: () => LogMark | undefined;
  readonly onPublished: () => void;
}

/**
 * Brings to the log what was decided and it does not have: every replica that holds a decision does, so that none hangs on one of them. Messages are
 * named by what they say, so that what several say at once the log takes once; and what a replica has read there it does not say again.
 */
export class LostDecisions {
  readonly #options: LostDecisionsOptions;
  readonly #published = new Map<string, { readonly seq: number; readonly tries: number }>();
  readonly #tooLarge = new Set<string>();
  readonly #stop = new AbortController();
  #isWanted = false;

  constructor(options: LostDecisionsOptions) {
    this.#options = options;
  }

  /** The log is another one, or has lost something: what it said before is worth nothing. */
  forget(): void {
    this.#published.clear();
  }

  /** Looks for decisions that the log does not have, until `stop`. */
  run(): Promise<void> {
    const { link, log } = this.#options;
    return bringAgain(() => this.bring(), {
      what: 'lost decisions',
      link,
      log,
      signal: this.#stop.signal,
    });
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Lets ask the other replicas to say what they hold: the log began too late to know. */
  want(): void {
    this.#isWanted = true;
  }

  /** One look. @throws what the store or the log throws */
  async bring(): Promise<void> {
    const { link, decided, readTo } = this.#options;
    // Before the store is asked: what was not found up to there is not there.
    const mark = readTo();
    const reader = decided();
    const most = (link.look?.mostBytes ?? 0) - FRAME_BYTES;
    if (mark === undefined || reader === undefined || most < 0) return;
    if (this.#isWanted) {
      await this.#publish({ kind: 'state', epoch: 0, at: nowInSeconds(), data: WANTED }, randomUUID(), 0);
      this.#isWanted = false;
    }
    let before = reader.missingMark;
    let isMissing = before > 0;
    for (let after = { network: '', peer: '' }; !this.#stop.signal.aborted; ) {
      const page = reader.missingChains(after, AT_ONCE);
      isMissing ||= page.length > 0;
      for (const chains of this.#pack(page, most)) {
        await this.#say(reader.epoch, stateData(before, chains), mark);
        before = 0;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < AT_ONCE) break;
      after = last;
    }
    if (before > 0) await this.#say(reader.epoch, stateData(before, []), mark);
    if (!isMissing) this.#published.clear();
  }

  /** As many in each message as it takes. */
  #pack(chains: readonly KeyChain[], most: number): KeyChain[][] {
    const packed: KeyChain[][] = [];
    let room = 0;
    for (const chain of chains) {
      const size = Buffer.byteLength(JSON.stringify(chainData(chain))) + 1;
      if (size > most) {
        this.#complain(chain, size);
        continue;
      }
      if (size > room) {
        packed.push([]);
        room = most;
      }
      packed.at(-1)?.push(chain);
      room -= size;
    }
    return packed;
  }

  #complain({ network, peer }: KeyChain, size: number): void {
    if (this.#tooLarge.has(`${network}/${peer}`)) return;
    this.#tooLarge.add(`${network}/${peer}`);
    const remedy = 'raise max_payload of the NATS servers, and max_msg_size of the stream';
    this.#options.log.error({ network, peer, size, remedy }, 'the keys of a peer do not fit into a message of the log');
  }

  async #say(epoch: number, data: JsonObject, mark: LogMark): Promise<void> {
    const hash = createHash('sha256')
      .update(JSON.stringify([epoch, data]))
      .digest('base64url');
    const { seq = 0, tries = 0 } = this.#published.get(hash) ?? {};
    if (seq > mark.seq || tries >= MOST_TRIES) return;
    await this.#publish({ kind: 'state', epoch, at: nowInSeconds(), data }, hash, tries);
    if (tries + 1 === MOST_TRIES) {
      this.#options.log.error(
        { epoch },
        'a decision was brought to the log again and again, and is not taken from there',
      );
    }
  }

  async #publish(entry: ControlEntry, hash: string, tries: number): Promise<void> {
    const { link, subject, log, onPublished } = this.#options;
    const name = `${STATE_NAME}${hash}`;
    // A log that has lost a message may still remember its id.
    const id = tries < 1 ? name : `${name}~${tries}`;
    const data = Buffer.from(JSON.stringify(entry));
    const { seq, duplicate } = await link.publish({ subject, id, data, headers: { [HEADERS.name]: name } });
    this.#published.set(hash, { seq, tries: tries + 1 });
    if (duplicate) return;
    onPublished();
    log.warn(
      { epoch: entry.epoch, seq },
      'decisions that the log of the replicas did not have were brought there again',
    );
  }
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
