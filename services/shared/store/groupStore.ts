import { Worker } from 'node:worker_threads';
import { ServiceFault } from '../fault.ts';
import type { Logger } from '../log.ts';
import type { StoreEvents, StoreKind } from './kind.ts';
import { Reading } from './reading.ts';
import { type Answer, afterDeath, type Command, StoreError } from './records.ts';
import { sumOf, type Waiting } from './waiting.ts';

/** A sender that waits longer has usually gone; it is told so that it tries again. */
const ANSWER_WITHIN_MS = 8_000;
const PROBE_EVERY_MS = 1_000;

/**
 * A store with one writer: items go in, durable when the promise resolves.
 *
 * Group commit: what arrives while the disk is busy goes into the next commit together, so the number of syncs does not
 * grow with the number of requests. After a failed write the store is "failing" and tries by itself until one succeeds;
 * meanwhile each request still tries, and is refused if its own write fails.
 */
export class GroupStore<Item, Outcome, Reader extends { close(): void }, Question = never, Reply = never> {
  readonly #kind: StoreKind<Item, Reader>;
  readonly #events: StoreEvents;
  readonly #log: Logger;
  readonly #worker: Worker;
  #waiting: Waiting<Item, Outcome>[] = [];
  #committing: readonly Waiting<Item, Outcome>[] = [];
  #waitingWeight = 0;
  #questions: { readonly question: Question; readonly answered: (answer: Answer<Outcome, Reply>) => void }[] = [];
  #pruneBefore: number | undefined;
  #probeWanted = false;
  #busySince: number | undefined;
  #onAnswer: ((answer: Answer<Outcome, Reply>) => void) | undefined;
  #failure: { kind: 'full' | 'io'; reason: string; since: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #reading: Reading<Item, Reader>;
  #closing: (() => void) | undefined;
  #death: Error | undefined;

  private constructor(kind: StoreKind<Item, Reader>, events: StoreEvents, log: Logger) {
    this.#kind = kind;
    this.#reading = new Reading(kind);
    this.#events = events;
    this.#log = log;
    this.#worker = new Worker(kind.worker, { workerData: kind.workerData });
    this.#worker.on('message', (answer: Answer<Outcome, Reply>) => this.#onAnswer?.(answer));
    this.#worker.on('error', (error) => this.#die(error));
    this.#timer = setInterval(() => this.#tick(), PROBE_EVERY_MS);
  }

  /**
   * Opens the database. With a full disk the store opens in the failing state and goes on trying.
   *
   * @throws ServiceFault where trying again cannot help (a wrong path, another program's file, damage); what the writer's thread died of
   */
  static async open<Item, Outcome, Reader extends { close(): void }, Question = never, Reply = never>(
    kind: StoreKind<Item, Reader>,
    events: StoreEvents,
    log: Logger,
  ): Promise<GroupStore<Item, Outcome, Reader, Question, Reply>> {
    const store = new GroupStore<Item, Outcome, Reader, Question, Reply>(kind, events, log);
    const answer = await store.#ask({ do: 'probe' });
    if (store.#death !== undefined) {
      await store.#end();
      throw store.#death;
    }
    if (!answer.ok && answer.fatal) {
      await store.#end();
      throw new ServiceFault(`the database ${kind.path} cannot be used: ${answer.reason}`, answer.remedy);
    }
    store.#note(answer);
    return store;
  }

  /**
   * Makes items durable.
   *
   * @returns what became of each, in their order
   * @throws StoreError when they are not durable; the sender has to send them again
   */
  commit(items: readonly Item[]): Promise<Outcome[]> {
    if (items.length === 0) return Promise.resolve([]);
    const { unit, weigh, maxWaiting } = this.#kind;
    const weight = items.reduce((sum, item) => sum + weigh(item), 0);
    // What is too much by itself is still taken when nothing else waits.
    if (this.#waitingWeight > 0 && this.#waitingWeight + weight > maxWaiting) {
      this.#events.onError?.('overloaded', `too many ${unit} wait for the disk`);
      return Promise.reject(new StoreError('overloaded', `${this.#waitingWeight} ${unit} wait for the disk already`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, weight, resolve, reject, since: Date.now() });
      this.#waitingWeight += weight;
      this.#pump();
    });
  }

  /**
   * What only the writer knows, after all that was committed before.
   *
   * @throws StoreError where the database is not open
   */
  async ask(question: Question): Promise<Reply> {
    const answer = await new Promise<Answer<Outcome, Reply>>((answered) => {
      this.#questions.push({ question, answered });
      this.#pump();
    });
    if (answer.ok && answer.reply !== undefined) return answer.reply;
    throw answer.ok ? new StoreError('io', 'the writer knows no answer') : new StoreError(answer.kind, answer.reason);
  }

  /** Takes away what is older than this, bit by bit, when nothing else is to do. */
  prune(before: number): void {
    this.#pruneBefore = before;
    this.#pump();
  }

  /** Null while the store takes writes, else why it does not. */
  trouble(): { readonly kind: 'full' | 'io' | 'slow'; readonly reason: string; readonly since: number } | null {
    if (this.#failure !== undefined) return this.#failure;
    if (this.#busySince !== undefined && Date.now() - this.#busySince > ANSWER_WITHIN_MS) {
      return { kind: 'slow', reason: 'the disk has not answered a commit', since: this.#busySince };
    }
    return null;
  }

  /** Of the database. */
  get path(): string {
    return this.#kind.path;
  }

  /** The weight that waits for the disk. */
  waiting(): number {
    return this.#waitingWeight;
  }

  /** @returns undefined as long as the database could not be opened */
  reader(): Reader | undefined {
    return this.#reading.reader;
  }

  /** Asks for what gives the writer another file. Meanwhile there is no reader. */
  exchange(question: Question): Promise<Reply> {
    this.#reading.close();
    return this.ask(question).finally(() => {
      this.#reading.close();
      this.#reading.open();
    });
  }

  /** Commits what waits, then closes. Nothing may be committed afterwards. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#pruneBefore = undefined;
    this.#probeWanted = false;
    if (this.#busySince !== undefined || this.#waiting.length + this.#questions.length > 0) {
      await new Promise<void>((resolve) => {
        this.#closing = resolve;
      });
    }
    this.#reading.close();
    await this.#ask({ do: 'close' });
    await this.#end();
  }

  async #end(): Promise<void> {
    clearInterval(this.#timer);
    this.#worker.removeAllListeners('error');
    await this.#worker.terminate();
  }

  /** Who waits for the thread is answered: it will not do so any more. */
  #die(error: Error): void {
    this.#death = error;
    this.#events.onDeath?.(error);
    this.#onAnswer?.(afterDeath(error));
  }

  /** One command at a time: the thread works them off in order anyway, and what waits here can still share a commit. */
  #ask(command: Command<Item, Question>, transfer: ArrayBuffer[] = []): Promise<Answer<Outcome, Reply>> {
    if (this.#death !== undefined) return Promise.resolve(afterDeath(this.#death));
    this.#busySince = Date.now();
    return new Promise((resolve) => {
      this.#onAnswer = (answer) => {
        this.#onAnswer = undefined;
        this.#busySince = undefined;
        resolve(answer);
      };
      this.#worker.postMessage(command, transfer);
    });
  }

  #pump(): void {
    if (this.#busySince !== undefined) return;
    const asked = this.#questions.shift();
    if (asked !== undefined) {
      void this.#ask({ do: 'ask', question: asked.question }).then((answer) => {
        asked.answered(answer);
        this.#pump();
      });
    } else if (this.#waiting.length > 0) {
      void this.#commitWaiting();
    } else if (this.#closing !== undefined) {
      this.#closing();
    } else if (this.#probeWanted) {
      this.#probeWanted = false;
      void this.#ask({ do: 'probe' }).then((answer) => {
        if (answer.ok) this.#recover();
        this.#after(answer);
      });
    } else if (this.#pruneBefore !== undefined) {
      const before = this.#pruneBefore;
      void this.#ask({ do: 'prune', before }).then((answer) => {
        if (!answer.ok || !answer.goesOn) this.#pruneBefore = undefined;
        this.#after(answer);
      });
    }
  }

  async #commitWaiting(): Promise<void> {
    const batch = this.#takeBatch();
    this.#committing = batch;
    const items = batch.flatMap((entry) => entry.items);
    const { transfer } = this.#kind;
    const answer = await this.#ask({ do: 'commit', items }, transfer === undefined ? [] : items.flatMap(transfer));
    this.#committing = [];
    this.#note(answer);
    if (answer.ok) {
      this.#events.onCommit?.(sumOf(batch), answer.seconds);
      let from = 0;
      for (const entry of batch) {
        entry.resolve(answer.outcomes.slice(from, from + entry.items.length));
        from += entry.items.length;
      }
    } else {
      for (const { reject } of batch) reject(new StoreError(answer.kind, answer.reason));
    }
    this.#pump();
  }

  #takeBatch(): Waiting<Item, Outcome>[] {
    let weight = 0;
    let requests = 0;
    for (const entry of this.#waiting) {
      if (requests > 0 && weight + entry.weight > this.#kind.maxCommit) break;
      weight += entry.weight;
      requests += 1;
    }
    this.#waitingWeight -= weight;
    return this.#waiting.splice(0, requests);
  }

  #after(answer: Answer<Outcome, Reply>): void {
    this.#note(answer);
    this.#pump();
  }

  #note(answer: Answer<Outcome, Reply>): void {
    this.#reading.open();
    if (answer.ok) return;
    const { kind, reason, remedy } = answer;
    this.#events.onError?.(kind, reason);
    if (this.#failure === undefined) {
      this.#log.error(
        { path: this.#kind.path, kind, reason, remedy },
        'the store does not take writes; nothing is acknowledged until it does',
      );
    }
    this.#failure = { kind, reason, since: this.#failure?.since ?? Date.now() };
  }

  /** Only a probe says so: a small commit may fit where the next one does not. */
  #recover(): void {
    if (this.#failure === undefined) return;
    this.#log.info({ failedMs: Date.now() - this.#failure.since }, 'the store takes writes again');
    this.#failure = undefined;
  }

  #tick(): void {
    if (this.#failure !== undefined) this.#probeWanted = true;
    this.#refuseLate();
    this.#pump();
  }

  /**
   * Requests behind a disk that hangs are answered, so that senders know to come again. Those whose commit has begun may
   * turn out durable after all; then the next try is a duplicate.
   */
  #refuseLate(): void {
    const isLate = ({ since }: Waiting<Item, Outcome>) => Date.now() - since > ANSWER_WITHIN_MS;
    const late = this.#waiting.filter(isLate);
    this.#waiting = this.#waiting.filter((entry) => !isLate(entry));
    this.#waitingWeight -= sumOf(late);
    const refused = [...this.#committing.filter(isLate), ...late];
    for (const { reject } of refused) {
      reject(new StoreError('slow', `the disk has not answered for ${ANSWER_WITHIN_MS / 1000} s`));
    }
    if (refused.length > 0) this.#events.onError?.('slow', 'the disk has not answered');
  }
}
