import { randomUUID } from 'node:crypto';
import type { Failpoint } from '../../shared/failpoint.ts';
import { messageOf, type ServiceFault } from '../../shared/fault.ts';
import { HttpFault, type ReadinessCheck } from '../../shared/http.ts';
import type { Logger } from '../../shared/log.ts';
import type { ControlLog } from '../control/control.ts';
import { partBytes, splitBatch } from '../ingest/parts.ts';
import type { ReplicationMetrics } from '../metrics.ts';
import type { Batch, BatchOutcome, LogMark } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { telemetryParts } from '../telemetry/logged.ts';
import { Beginning, choose } from './beginning.ts';
import { StreamControl } from './control.ts';
import { LostDecisions } from './decisions.ts';
import { Lag } from './lag.ts';
import { Link, type Look, loadNats } from './link.ts';
import type { LogMessage } from './message.ts';
import type { OtherReplica, OtherReplicas, SilentReplica } from './others.ts';
import { HEADER_BYTES, OwnParts } from './own.ts';
import type { StreamState } from './position.ts';
import { readinessOf } from './readiness.ts';
import type { ReplicationSettings } from './settings.ts';
import { subjectsOf } from './streamConfig.ts';
import { Tail } from './tail.ts';

const FORGET_EVERY_MS = 5_000;
const AGAIN_AFTER = { 'retry-after': '5' };

export interface ReplicationOptions {
  readonly settings: ReplicationSettings;
  readonly store: Store;
  readonly log: Logger;
  readonly metrics: ReplicationMetrics;
  readonly failpoint: Failpoint;
  /** Brings the store to a later place. @throws where nobody can */
  readonly catchUp: (look: Look) => Promise<void>;
  /** Takes the place of another replica. @throws where that fails */
  readonly takePlace: (other: OtherReplica, look: StreamState) => Promise<void>;
  readonly others: OtherReplicas;
}

/** What this replica tells the others. */
export interface ReplicaStatus {
  readonly replica: string;
  readonly mark: LogMark | undefined;
  /** From when on it has all; 0 for the beginning. Unix seconds. */
  readonly since: number;
  /** Seconds. */
  readonly lag: number;
}

/** One of several aggregators that have the same log. */
export class Replication {
  readonly control: ControlLog;
  readonly #options: ReplicationOptions;
  readonly #link: Link;
  readonly #tail: Tail;
  readonly #own: OwnParts;
  readonly #streamControl: StreamControl;
  readonly #lostDecisions: LostDecisions;
  readonly #lag = new Lag(Date.now());
  #running: Promise<unknown> = Promise.resolve();
  #forgetting: NodeJS.Timeout | undefined;
  /** Since the start: before, nothing is known of how far this replica is behind. */
  #hadAll = false;
  /** While the store is another's, nothing is accepted. */
  #swapping = false;

  private constructor(options: ReplicationOptions, link: Link) {
    const { settings, store, log, metrics } = options;
    this.#options = options;
    this.#link = link;
    const subjects = subjectsOf(settings.stream);
    this.#streamControl = new StreamControl(link, subjects.control);
    this.control = this.#streamControl;
    const readTo = () => (this.#tail.caughtUp ? this.#tail.mark : undefined);
    this.#lostDecisions = new LostDecisions({
      link,
      decided: () => store.reader()?.decided,
      subject: subjects.control,
      log,
      readTo,
      onPublished: () => metrics.republished.inc(),
    });
    this.#own = new OwnParts({
      link,
      store,
      subject: subjects.batch,
      log,
      readTo,
      onPublished: (again) => (again ? metrics.republished : metrics.published).inc(),
    });
    const beginning = new Beginning({
      ask: () => options.others.ask(),
      patience: settings.waitForReplicas,
      take: (other, look) => this.#swap(() => options.takePlace(other, look)),
      log,
    });
    this.#tail = new Tail({
      link,
      store,
      stream: settings.stream,
      log,
      isOwn: (name) => this.#own.isStored(name),
      onRead: (messages, outcomes) => this.#onRead(messages, outcomes),
      onAnew: (reason) => {
        log.warn({ reason }, 'the log of the replicas is read from its beginning');
        this.#own.forget();
        this.#lostDecisions.forget();
      },
      onCaughtUp: (at) => {
        this.#lag.has(at);
        this.#hadAll = true;
      },
      catchUp: (look) => this.#swap(() => options.catchUp(look)),
      begin: async (look) => {
        const begun = await beginning.begin(look);
        if (begun === 'late') this.#lostDecisions.want();
        return begun;
      },
      complete: (look, since) => beginning.complete(look, since),
    });
  }

  /**
   * Joins the other replicas. Returns when the log was looked at, or does not answer: then it is tried again.
   *
   * @throws ServiceFault where the stream must not be the log
   */
  static async open(options: ReplicationOptions): Promise<Replication> {
    const nats = await loadNats();
    const link = new Link(options.settings, nats, options.log);
    const replication = new Replication(options, link);
    const looked = Promise.withResolvers<ServiceFault | undefined>();
    const looking = link.run(looked.resolve);
    const fault = await looked.promise;
    if (fault !== undefined) {
      await link.close();
      throw fault;
    }
    // So that nobody who asks takes this one for new.
    await replication.#tail.recall().catch(() => {});
    const parts = [replication.#tail, replication.#own, replication.#lostDecisions];
    replication.#running = Promise.all([looking, ...parts.map((part) => part.run())]);
    replication.#forgetting = setInterval(() => void replication.#forgetOwn(), FORGET_EVERY_MS);
    return replication;
  }

  /**
   * Makes a batch, or a summary of a node, durable here and in the log.
   *
   * @throws HttpFault 503 where the log does not have it for certain: here it may be, and goes to the log later
   */
  async commit(batch: Batch): Promise<BatchOutcome | undefined> {
    const { store, failpoint } = this.#options;
    const look = this.#requireLog();
    const name = batch.name === '' ? randomUUID() : batch.name;
    const most = look.mostBytes - HEADER_BYTES;
    const { network, receivedAt, bytes, spans, isPartial } = batch;
    const parts =
      batch.summary === undefined ? splitBatch(bytes, spans, name, most, isPartial) : telemetryParts(batch, most);
    // The bytes may be given away to the writer.
    const messages = parts.map((part) => ({
      name: `${network}/${part.name}`,
      data: part.whole ? Uint8Array.from(bytes) : partBytes(bytes, spans, part),
    }));
    const [outcome] = await store.commit([{ ...batch, name, parts }]);
    if (outcome?.refused !== undefined) return outcome;
    failpoint('aggregator.publish.before');
    try {
      await Promise.all(messages.map((message) => this.#own.publish(message.name, receivedAt, message.data)));
    } catch (error) {
      throw logFailed(messageOf(error));
    }
    failpoint('aggregator.publish.after');
    return outcome;
  }

  lagSeconds(): number {
    return this.#lag.seconds(Date.now());
  }

  /** Messages that the log has and the store does not, as of the last look; NaN where that is not known. */
  behind(): number {
    const { look } = this.#link;
    const { mark } = this.#tail;
    if (look === undefined) return Number.NaN;
    return Math.max(0, look.lastSeq - (mark?.stream === look.created ? mark.seq : Math.max(0, look.firstSeq - 1)));
  }

  unpublished(): number {
    return this.#own.unseen;
  }

  status(): ReplicaStatus {
    return {
      replica: this.#options.settings.name,
      mark: this.#tail.mark,
      since: this.#tail.since,
      lag: this.lagSeconds(),
    };
  }

  readiness(): ReadinessCheck {
    return readinessOf({
      silence: this.#link.look === undefined ? this.#link.trouble : undefined,
      refusal: this.#own.refusal,
      lag: this.lagSeconds(),
      maxLag: this.#options.settings.maxLag / 1000,
      hadAll: this.#hadAll,
      behind: this.behind(),
      since: this.#tail.since,
      trouble: this.#tail.trouble,
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#forgetting);
    this.#tail.stop();
    this.#own.stop();
    this.#lostDecisions.stop();
    await this.#link.close();
    await this.#running;
  }

  /** Own parts that have been in the log for long enough, and that all other replicas have read; where one is silent, when the log lets go of them. */
  async #forgetOwn(): Promise<void> {
    const { settings, store, others, log } = this.#options;
    const mark = this.#tail.mark;
    if (mark === undefined) return;
    const now = Math.floor(Date.now() / 1000);
    try {
      const asked = await others.ask();
      this.#completeFrom(asked);
      const read = asked.map((other) => ('seq' in other && other.stream === mark.stream ? other.seq : 0));
      const upTo = Math.min(mark.seq, ...read);
      await store.ask({ ask: 'forgetOwn', seenBefore: now - settings.keepOwn / 1000, upTo });
      const longest = Math.max(settings.keepOwn, settings.keepLog) / 1000;
      await store.ask({ ask: 'forgetOwn', seenBefore: now - longest, upTo: mark.seq });
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'own batches that all replicas have could not be forgotten; tried again');
    }
  }

  /** Where another replica has what this one lacks, its place is taken. */
  #completeFrom(others: readonly (OtherReplica | SilentReplica)[]): void {
    const { look } = this.#link;
    const { since } = this.#tail;
    if (since === 0 || look === undefined) return;
    const { from } = choose(others, look);
    if (from !== undefined && from.since < since) this.#tail.complete();
  }

  async #swap(work: () => Promise<void>): Promise<void> {
    this.#swapping = true;
    try {
      await work();
    } finally {
      this.#swapping = false;
    }
  }

  #requireLog(): Look {
    if (this.#tail.mark === undefined) throw logFailed(`this replica has not begun yet: ${this.#tail.trouble}`);
    if (this.#swapping) throw logFailed('this replica takes the place of another one that is further');
    const { look } = this.#link;
    if (look !== undefined) return look;
    throw logFailed(this.#link.trouble);
  }

  #onRead(messages: readonly LogMessage[], outcomes: readonly BatchOutcome[]): void {
    const { metrics, settings } = this.#options;
    this.#own.seen(messages.map(({ mark }) => mark.name));
    this.#streamControl.read(messages, outcomes);
    const last = messages.at(-1);
    if (last !== undefined) this.#lag.has(last.mark.at);
    metrics.tailed.inc(messages.filter(({ replica }) => replica !== settings.name).length);
  }
}

function logFailed(why: string): HttpFault {
  const body = {
    error: 'log_failed',
    reason: `the log of the replicas does not have the batch for certain: ${why}`,
    remedy: 'send it again with the same x-batch-id, here or to another replica; see /readyz and the NATS servers',
  };
  return new HttpFault(503, body, AGAIN_AFTER);
}
