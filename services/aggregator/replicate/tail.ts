import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { messageOf } from '../../shared/fault.ts';
import type { Logger } from '../../shared/log.ts';
import { readBatch, WIDEST_LIMITS } from '../ingest/batch.ts';
import type { Batch, BatchOutcome, LogMark } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { type Begun, NotYet } from './beginning.ts';
import type { Link, Look } from './link.ts';
import { type LogMessage, readMessage } from './message.ts';
import { findPosition, type Position } from './position.ts';
import { Pump } from './pump.ts';
import { subjectsOf } from './streamConfig.ts';

const FETCH_MS = 2_000;
/** Bytes that wait for the store at most. */
const MOST_WAITING = 67_108_864;
const AGAIN_MS = 500;
/** A reader that has gone is forgotten by the server. */
const FORGOTTEN_AFTER_NS = 30_000_000_000;
const MILLION = 1_000_000;

export interface TailOptions {
  readonly link: Link;
  readonly store: Pick<Store, 'commit' | 'ask'>;
  readonly stream: string;
  readonly log: Logger;
  /** Whether the store has a message already: what this replica accepted itself. */
  readonly isOwn: (name: string) => boolean;
  /** After a commit: the messages that were in it, and what became of them. */
  readonly onRead: (messages: readonly LogMessage[], outcomes: readonly BatchOutcome[]) => void;
  /** The log is another one, or has lost something: it is read from behind this place on. */
  readonly onAnew: (reason: string) => void;
  /** All that the log had at this time is in the store. Unix milliseconds. */
  readonly onCaughtUp: (at: number) => void;
  /** Brings the store to a later place, since the log does not have what would come next. @throws where nobody can */
  readonly catchUp: (look: Look) => Promise<void>;
  /** How a replica that has nothing begins; see Beginning. @throws NotYet */
  readonly begin: (look: Look) => Promise<Begun>;
  /** Takes the place of another replica that has more. @param since from when on this one has all */
  readonly complete: (look: Look, since: number) => Promise<Begun>;
}

/**
 * Reads the log into the store, one session after the other. A session reads with one consumer of the server from behind the place up to which the
 * store has it; whatever is not as it should be ends it, and the next one looks again where to begin.
 */
export class Tail {
  readonly #options: TailOptions;
  readonly #stop = new AbortController();
  #mark: LogMark | undefined;
  #trouble = 'nothing was read yet';
  #caughtUp = false;
  #since = 0;
  #isToBeComplete = false;

  constructor(options: TailOptions) {
    this.#options = options;
  }

  /** The place up to which the store has the log. */
  get mark(): LogMark | undefined {
    return this.#mark;
  }

  /** Whether all was read that was there at some moment of this session. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  get trouble(): string {
    return this.#trouble;
  }

  /** From when on all is in the store; 0 for the beginning. Unix seconds. */
  get since(): number {
    return this.#since;
  }

  /** What the store remembers. @param since from now on, where it is given @throws while the store does not say */
  async recall(since?: number): Promise<void> {
    const reply = await this.#options.store.ask({ ask: 'log', ...(since !== undefined && { since }) });
    if (reply.of !== 'log') return;
    this.#mark = reply.mark;
    this.#since = reply.since;
  }

  /** Ends the session, since another replica may have what is missing here. */
  complete(): void {
    this.#isToBeComplete = true;
  }

  async run(): Promise<void> {
    const { signal } = this.#stop;
    let said = '';
    while (!signal.aborted) {
      try {
        await this.#session();
        said = '';
      } catch (error) {
        this.#trouble = messageOf(error);
        const isSaid = error instanceof NotYet || said === this.#trouble;
        if (!isSaid && this.#options.link.look !== undefined) {
          this.#options.log.warn(
            { reason: this.#trouble },
            'the log of the replicas is read again from where it was read to',
          );
          said = this.#trouble;
        }
      }
      this.#caughtUp = false;
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  async #session(): Promise<void> {
    const { link, store, stream, onAnew, catchUp } = this.#options;
    const look = await link.refresh();
    await this.recall();
    const isNew = this.#mark === undefined && (await this.#isEmpty());
    if ((isNew || this.#isToBeComplete) && (await this.#begin(look, isNew))) return;
    const first: Position = { go: 'anew', from: Math.max(0, look.firstSeq - 1), reason: 'nothing was read yet' };
    const position = isNew ? first : await findPosition(look, this.#mark, (seq) => link.nameAt(seq));
    if (position.go === 'snapshot') {
      this.#trouble = position.reason;
      return catchUp(look);
    }
    if (position.go === 'anew') {
      const mark = { stream: look.created, seq: position.from, name: '', at: 0 };
      await store.ask({ ask: 'beginLog', mark });
      this.#mark = mark;
      onAnew(position.reason);
    }
    const info = await link.manager().consumers.add(stream, {
      ack_policy: 'none',
      deliver_policy: 'by_start_sequence',
      opt_start_seq: position.from + 1,
      inactive_threshold: FORGOTTEN_AFTER_NS,
      mem_storage: true,
      num_replicas: 1,
    });
    const consumer = await link.client().consumers.get(stream, info.name);
    // Made between two looks at the same log, so it reads that one: it goes with it.
    const again = await link.refresh();
    if (again.created !== look.created) throw new Error('the stream was made anew meanwhile');
    await this.#read(consumer, look.created);
  }

  /** @returns whether another replica's store is in place now */
  async #begin(look: Look, isNew: boolean): Promise<boolean> {
    const { begin, complete, log } = this.#options;
    this.#isToBeComplete = false;
    if (isNew) {
      const begun = await begin(look);
      if (begun === 'late') await this.recall(Math.floor(look.firstAt / 1000));
      return begun === 'taken';
    }
    try {
      return (await complete(look, this.#since)) === 'taken';
    } catch (error) {
      // What is missing is missing a while longer; what comes is read meanwhile.
      log.warn({ reason: messageOf(error) }, 'what is missing here could not be had from another replica; tried again');
      return false;
    }
  }

  /** A store that has samples and has read nothing was that of a single aggregator. */
  async #isEmpty(): Promise<boolean> {
    const reply = await this.#options.store.ask({ ask: 'moment', activeSince: 0 });
    return reply.of === 'moment' && reply.lastId === 0;
  }

  async #read(consumer: Consumer, created: string): Promise<void> {
    const { link } = this.#options;
    let delivered = 0;
    const atEnd = () => this.#compare(created);
    const forget = link.onLook(atEnd);
    try {
      while (!this.#stop.signal.aborted && !this.#isToBeComplete) {
        const { mostBytes = MOST_WAITING } = link.look ?? {};
        const max_messages = Math.max(4, Math.min(500, Math.floor(MOST_WAITING / mostBytes)));
        const messages = await consumer.fetch({ max_messages, expires: FETCH_MS });
        const end = () => messages.stop();
        this.#stop.signal.addEventListener('abort', end, { once: true });
        const pump = new Pump<JsMsg>((waiting) => this.#take(waiting, created));
        try {
          for await (const message of messages) {
            delivered += 1;
            if (message.info.deliverySequence !== delivered) throw new Error('the server left out a message');
            pump.add(message);
          }
          await pump.end();
        } finally {
          this.#stop.signal.removeEventListener('abort', end);
          await pump.end().catch(() => {});
        }
      }
    } finally {
      forget();
      await consumer.delete().catch(() => false);
    }
  }

  /** After each look at the log: whether the store has all that was there. */
  #compare(created: string): void {
    const { look } = this.#options.link;
    if (look === undefined || this.#mark === undefined || look.created !== created) return;
    if (this.#mark.stream !== created || this.#mark.seq < look.lastSeq) return;
    this.#caughtUp = true;
    this.#options.onCaughtUp(look.at);
  }

  /** @throws where the store does not take it, or something is missing */
  async #take(waiting: readonly JsMsg[], created: string): Promise<void> {
    const { store, stream, isOwn, onRead, log } = this.#options;
    const subjects = subjectsOf(stream);
    const messages: LogMessage[] = [];
    for (const message of waiting) {
      const { streamSequence: seq, timestampNanos } = message.info;
      const before = messages.at(-1)?.mark.seq ?? this.#mark?.seq ?? 0;
      if (seq !== before + 1) await this.#requireGone(before + 1, seq);
      const header = (name: string) => message.headers?.get(name) ?? '';
      const raw = {
        subject: message.subject,
        seq,
        at: Math.floor(timestampNanos / MILLION),
        data: message.data,
        header,
      };
      messages.push(readMessage(raw, created, subjects));
    }
    const batches = messages.map((message): Batch => {
      try {
        return batchOf(message, isOwn);
      } catch (error) {
        const { seq, name } = message.mark;
        log.error(
          { seq, name, reason: messageOf(error) },
          'a message in the log of the replicas cannot be read, and is left out',
        );
        return { ...NOTHING, mark: message.mark };
      }
    });
    const outcomes = await store.commit(batches);
    this.#mark = messages.at(-1)?.mark ?? this.#mark;
    onRead(messages, outcomes);
  }

  /** Messages in the middle may be gone (somebody deleted them, a disk lost them); the first ones mean that a snapshot is needed. */
  async #requireGone(from: number, to: number): Promise<void> {
    const { firstSeq } = await this.#options.link.refresh();
    if (firstSeq > from) throw new Error(`the stream begins at ${firstSeq}, and ${from} would come next`);
    this.#options.log.warn(
      { from, to: to - 1 },
      'the log of the replicas has lost messages; who accepted them publishes them again',
    );
  }
}

const NOTHING = {
  network: '',
  name: '',
  receivedAt: 0,
  bytes: new Uint8Array(0),
  spans: new Uint32Array(0),
  markOnly: true,
} as const;

/** @throws BatchFault for a batch that nobody of us wrote */
function batchOf(message: LogMessage, isOwn: (name: string) => boolean): Batch {
  const { mark } = message;
  if (message.kind === 'unknown') throw new Error(message.reason);
  if (message.kind === 'control') return { ...NOTHING, mark, control: message.entry };
  if (isOwn(mark.name)) return { ...NOTHING, mark };
  if (message.kind === 'telemetry') {
    const { summary } = message;
    return { ...NOTHING, network: summary.network, receivedAt: summary.receivedAt, markOnly: false, summary, mark };
  }
  const { network, name, receivedAt, bytes } = message;
  return { network, name, receivedAt, bytes, spans: readBatch(bytes, WIDEST_LIMITS), mark };
}
