import { Worker } from 'node:worker_threads';
import { ServiceFault } from '../../shared/fault.ts';
import type { Logger } from '../../shared/log.ts';
import { Reader } from './reader.ts';
import { type Answer, type Command, type Delivery, type Outcome, StoreError, type WriterOptions } from './records.ts';

/** One commit takes no more, so that the request behind it does not wait for ever. */
const MAX_COMMIT = 2_000;
/** Alerts that may wait for the disk; with more, senders are told to come again. */
const MAX_WAITING = 50_000;
/** A sender that waits longer has usually gone; it is told so that it tries again. */
const ANSWER_WITHIN_MS = 8_000;
const PROBE_EVERY_MS = 1_000;

export interface StoreEvents {
  /** After a commit: how many alerts it held, and how long it took. */
  readonly onCommit?: (alerts: number, seconds: number) => void;
  /** A commit, probe or prune failed. */
  readonly onError?: (kind: 'full' | 'io' | 'slow' | 'overloaded', reason: string) => void;
  /** The writer's thread died. The process must go: nothing can be made durable any more. */
  readonly onDeath?: (error: Error) => void;
}

interface Waiting {
  readonly deliveries: readonly Delivery[];
  readonly resolve: (outcomes: Outcome[]) => void;
  readonly reject: (error: StoreError) => void;
  readonly since: number;
}

/**
 * The receiver's store: deliveries go in, durable when the promise resolves.
 *
 * Group commit: what arrives while the disk is busy goes into the next commit together, so the number of syncs does not
 * grow with the number of requests. After a failed write the store is "failing" and tries by itself until one succeeds;
 * meanwhile each request still tries, and is refused if its own write fails.
 */
export class Store {
  readonly #options: WriterOptions;
  readonly #events: StoreEvents;
  readonly #log: Logger;
  readonly #worker: Worker;
  #waiting: Waiting[] = [];
  #committing: readonly Waiting[] = [];
  #waitingAlerts = 0;
  #pruneBefore: number | undefined;
  #probeWanted = false;
  #busySince: number | undefined;
  #onAnswer: ((answer: Answer) => void) | undefined;
  #failure: { kind: 'full' | 'io'; reason: string; since: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reader: Reader | undefined;
  #closing: (() => void) | undefined;

  private constructor(options: WriterOptions, events: StoreEvents, log: Logger) {
    this.#options = options;
    this.#events = events;
    this.#log = log;
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: options });
    this.#worker.on('message', (answer: Answer) => this.#onAnswer?.(answer));
    this.#worker.on('error', (error) => this.#events.onDeath?.(error));
    this.#timer = setInterval(() => this.#tick(), PROBE_EVERY_MS);
  }

  /**
   * Opens the database. With a full disk the store opens in the failing state and goes on trying.
   *
   * @throws ServiceFault where trying again cannot help (a wrong path, another program's file, damage)
   */
  static async open(options: WriterOptions, events: StoreEvents, log: Logger): Promise<Store> {
    const store = new Store(options, events, log);
    const answer = await store.#ask({ do: 'probe' });
    if (!answer.ok && answer.fatal) {
      await store.#end();
      throw new ServiceFault(`the database ${options.path} cannot be used: ${answer.reason}`, answer.remedy);
    }
    store.#note(answer);
    return store;
  }

  /**
   * Makes deliveries durable.
   *
   * @returns what became of each, in their order
   * @throws StoreError when they are not durable; the sender has to send them again
   */
  commit(deliveries: readonly Delivery[]): Promise<Outcome[]> {
    if (deliveries.length === 0) return Promise.resolve([]);
    if (this.#waitingAlerts + deliveries.length > MAX_WAITING) {
      this.#events.onError?.('overloaded', 'too many alerts wait for the disk');
      return Promise.reject(new StoreError('overloaded', `${this.#waitingAlerts} alerts wait for the disk already`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ deliveries, resolve, reject, since: Date.now() });
      this.#waitingAlerts += deliveries.length;
      this.#pump();
    });
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

  /** Alerts that wait for the disk. */
  waiting(): number {
    return this.#waitingAlerts;
  }

  /** @returns undefined as long as the database could not be opened */
  reader(): Reader | undefined {
    return this.#reader;
  }

  /** Commits what waits, then closes. Nothing may be committed afterwards. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#pruneBefore = undefined;
    this.#probeWanted = false;
    if (this.#busySince !== undefined || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#closing = resolve;
      });
    }
    this.#reader?.close();
    await this.#ask({ do: 'close' });
    await this.#end();
  }

  async #end(): Promise<void> {
    clearInterval(this.#timer);
    this.#worker.removeAllListeners('error');
    await this.#worker.terminate();
  }

  /** One command at a time: the thread works them off in order anyway, and what waits here can still share a commit. */
  #ask(command: Command): Promise<Answer> {
    this.#busySince = Date.now();
    return new Promise((resolve) => {
      this.#onAnswer = (answer) => {
        this.#onAnswer = undefined;
        this.#busySince = undefined;
        resolve(answer);
      };
      this.#worker.postMessage(command);
    });
  }

  #pump(): void {
    if (this.#busySince !== undefined) return;
    if (this.#waiting.length > 0) {
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
    const answer = await this.#ask({ do: 'commit', deliveries: batch.flatMap(({ deliveries }) => deliveries) });
    this.#committing = [];
    this.#note(answer);
    if (answer.ok) {
      this.#events.onCommit?.(answer.outcomes.length, answer.seconds);
      let from = 0;
      for (const { deliveries, resolve } of batch) {
        resolve(answer.outcomes.slice(from, from + deliveries.length));
        from += deliveries.length;
      }
    } else {
      for (const { reject } of batch) reject(new StoreError(answer.kind, answer.reason));
    }
    this.#pump();
  }

  #takeBatch(): Waiting[] {
    let alerts = 0;
    let requests = 0;
    for (const { deliveries } of this.#waiting) {
      if (requests > 0 && alerts + deliveries.length > MAX_COMMIT) break;
      alerts += deliveries.length;
      requests += 1;
    }
    this.#waitingAlerts -= alerts;
    return this.#waiting.splice(0, requests);
  }

  #after(answer: Answer): void {
    this.#note(answer);
    this.#pump();
  }

  #note(answer: Answer): void {
    this.#openReader();
    if (answer.ok) return;
    const { kind, reason, remedy } = answer;
    this.#events.onError?.(kind, reason);
    if (this.#failure === undefined) {
      this.#log.error(
        { path: this.#options.path, kind, reason, remedy },
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

  #openReader(): void {
    if (this.#reader !== undefined) return;
    try {
      this.#reader = new Reader(this.#options.path);
    } catch {
      // Not created yet, because the disk is full: the failure that is noted says it.
    }
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
    const isLate = ({ since }: Waiting) => Date.now() - since > ANSWER_WITHIN_MS;
    const late = this.#waiting.filter(isLate);
    this.#waiting = this.#waiting.filter((entry) => !isLate(entry));
    for (const { deliveries } of late) this.#waitingAlerts -= deliveries.length;
    const refused = [...this.#committing.filter(isLate), ...late];
    for (const { reject } of refused) {
      reject(new StoreError('slow', `the disk has not answered for ${ANSWER_WITHIN_MS / 1000} s`));
    }
    if (refused.length > 0) this.#events.onError?.('slow', 'the disk has not answered');
  }
}
