import { messageOf } from '../../shared/fault.ts';
import type { Logger } from '../../shared/log.ts';
import type { LogMark } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { bringAgain } from './bringing.ts';
import type { Link } from './link.ts';
import { HEADERS } from './message.ts';

const AT_ONCE = 50;
/** What the headers of a message may take. */
export const HEADER_BYTES = 2_048;
/** One after the other that the log does not take: then it takes none, and is left alone until the next look. */
const MOST_FAILURES = 3;

export interface OwnOptions {
  readonly link: Pick<Link, 'publish' | 'look'>;
  readonly store: Pick<Store, 'ask'>;
  /** Of batches. */
  readonly subject: string;
  readonly log: Logger;
  /** The place up to which the log was read, where all of it was; else undefined. */
  readonly readTo: () => LogMark | undefined;
  readonly onPublished: (again: boolean) => void;
}

interface Published {
  readonly seq: number;
  readonly tries: number;
}

/**
 * Brings what this replica has accepted to the log, and sees that it is there: a part counts as there when it was read, not when the log
 * said so. One that the log does not show where it should stand is published again; for replicas that have it already nothing changes.
 */
export class OwnParts {
  readonly #options: OwnOptions;
  /** Parts that are published now. */
  readonly #underWay = new Set<string>();
  /** Those of them that were read before the log said that it has them. */
  readonly #early = new Set<string>();
  /** Parts that the log has acknowledged and that were not read yet. */
  readonly #published = new Map<string, Published>();
  /** Parts that are in the store, and were not read yet. */
  readonly #stored = new Set<string>();
  readonly #stop = new AbortController();
  #unseen = 0;
  #refusal: string | undefined;
  readonly #tooLarge = new Set<string>();

  constructor(options: OwnOptions) {
    this.#options = options;
  }

  /** Own parts that were not read in the log yet, a moment ago. */
  get unseen(): number {
    return this.#unseen;
  }

  /** Why the log did not take what it was sent last, though it answers; else undefined. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  isStored(name: string): boolean {
    return this.#stored.has(name);
  }

  /**
   * Publishes a part that the store has.
   *
   * @param name with the network
   * @throws where it is not known to be in the log
   */
  async publish(name: string, receivedAt: number, data: Uint8Array): Promise<void> {
    this.#stored.add(name);
    await this.#publish(name, receivedAt, data);
  }

  /** These were read in the log. */
  seen(names: readonly string[]): void {
    for (const name of names) {
      if (this.#underWay.has(name)) this.#early.add(name);
      else this.#forgetPart(name);
    }
  }

  /** The log is another one: what it said before is worth nothing. */
  forget(): void {
    for (const [name, { tries }] of this.#published) this.#published.set(name, { seq: 0, tries });
  }

  /** Looks for parts that the log does not have, until `stop`. */
  run(): Promise<void> {
    const { link, log } = this.#options;
    return bringAgain(() => this.#bring(), { what: 'own batches', link, log, signal: this.#stop.signal });
  }

  stop(): void {
    this.#stop.abort();
  }

  async #bring(): Promise<void> {
    const { store, link, readTo } = this.#options;
    const failures: unknown[] = [];
    for (let after = 0; !this.#stop.signal.aborted; ) {
      // Before the store is asked: what was not seen then, and stands no later, is not there.
      const mark = readTo();
      const reply = await store.ask({ ask: 'unseen', after, limit: AT_ONCE });
      if (reply.of !== 'log') return;
      this.#unseen = reply.unseen;
      if (reply.unseen === 0) this.#refusal = undefined;
      if (mark === undefined || link.look === undefined) return;
      for (const { name, receivedAt, body } of reply.parts) {
        if (this.#underWay.has(name) || (this.#published.get(name)?.seq ?? 0) > mark.seq) continue;
        if (this.#isTooLarge(name, body)) continue;
        try {
          await this.#publish(name, receivedAt, body);
          failures.length = 0;
        } catch (error) {
          // What comes behind it may be taken all the same.
          if (failures.push(error) >= MOST_FAILURES) throw error;
        }
      }
      const last = reply.parts.at(-1);
      if (last === undefined || reply.parts.length < AT_ONCE) break;
      after = last.id;
    }
    if (failures.length > 0) throw failures[0];
  }

  /** The log took larger messages when it was accepted: it waits until it does again. */
  #isTooLarge(name: string, { length }: Uint8Array): boolean {
    const most = (this.#options.link.look?.mostBytes ?? Number.POSITIVE_INFINITY) - HEADER_BYTES;
    if (length <= most) return false;
    const remedy = 'raise max_payload of the NATS servers, or max_msg_size of the stream, as it was before';
    if (!this.#tooLarge.has(name)) {
      this.#options.log.error(
        { name, bytes: length, most, remedy },
        'an own batch is larger than the log takes by now',
      );
    }
    this.#tooLarge.add(name);
    return true;
  }

  async #publish(name: string, receivedAt: number, data: Uint8Array): Promise<void> {
    const { link, subject, onPublished } = this.#options;
    const { tries = 0 } = this.#published.get(name) ?? {};
    const headers = { [HEADERS.name]: name, [HEADERS.received]: String(receivedAt) };
    // A log that has lost a message may still remember its id, and take no other with it.
    const id = tries < 2 ? name : `${name}~${tries}`;
    this.#underWay.add(name);
    try {
      const { seq, duplicate } = await link.publish({ subject, id, data, headers });
      this.#published.set(name, { seq, tries: tries + 1 });
      this.#refusal = undefined;
      if (!duplicate) onPublished(tries > 0 || !this.#stored.has(name));
    } catch (error) {
      this.#refusal = messageOf(error);
      throw error;
    } finally {
      this.#underWay.delete(name);
      if (this.#early.delete(name)) this.#forgetPart(name);
    }
  }

  #forgetPart(name: string): void {
    this.#published.delete(name);
    this.#tooLarge.delete(name);
    if (this.#stored.delete(name)) this.#refusal = undefined;
  }
}
