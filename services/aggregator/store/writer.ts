import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Failpoint } from '../../shared/failpoint.ts';
import { Checkpointer } from '../../shared/store/checkpointer.ts';
import { inTransaction, openForWriting, requireRoom } from '../../shared/store/database.ts';
import type { StoreWriter } from '../../shared/store/records.ts';
import { Control } from '../control/apply.ts';
import { SPAN } from '../ingest/batch.ts';
import { type Part, partBytes } from '../ingest/parts.ts';
import { LogRows } from './logRows.ts';
import { namesAt } from './names.ts';
import { Pruner } from './pruner.ts';
import type { Batch, BatchOutcome, PeerState, Question, Reply, WriterOptions } from './records.ts';
import { Roster } from './roster.ts';
import { SampleRows } from './sampleRows.ts';
import { STEPS } from './schema.ts';
import { type Summary, TelemetryRows } from './telemetryRows.ts';
import { Views } from './views.ts';

/** The log is moved into the database after this many bytes of snapshots: what the disk takes in one go makes no commit wait for long. */
const CHECKPOINT_AFTER_BYTES = 1024 * 1024;
/** And begins anew after these: the commit that comes then waits for the disk twice. */
const NEW_LOG_AFTER_BYTES = 128 * 1024 * 1024;
/** Rows of peers begin to be brought up to date after this many samples; those that came since the last time are read again at the start. */
const FLUSH_AFTER = 200_000;
const LEAST_ROWS = 128;

const NOTHING = { stored: 0, duplicates: 0, expired: 0, newPeers: 0, repeated: false } as const;

/** The only writer of the aggregator's database (see openForWriting for what durable means). */
export class Writer implements StoreWriter<Batch, BatchOutcome, Question, Reply> {
  readonly log: LogRows;
  readonly #db: DatabaseSync;
  readonly #options: WriterOptions;
  readonly #failpoint: Failpoint;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #roster: Roster;
  readonly #rows: SampleRows;
  readonly #telemetry: TelemetryRows;
  readonly #pruner: Pruner;
  /** For those that somebody asks for: the walk of the other goes its own way. */
  readonly #sweeper: Pruner;
  readonly #views = new Views();
  readonly #control: Control;
  readonly #checkpointer: Checkpointer;
  #nextId: number;
  #sinceFlush = 0;

  /** @throws what SQLite throws where the file cannot be opened */
  constructor(options: WriterOptions, failpoint: Failpoint) {
    this.#options = options;
    this.#failpoint = failpoint;
    this.#db = openForWriting(options.path, { steps: STEPS, pragmas: 'PRAGMA page_size = 8192; ' });
    try {
      this.#sql = prepare(this.#db);
      this.#rows = new SampleRows(this.#db);
      this.#telemetry = new TelemetryRows(this.#db);
      this.log = new LogRows(this.#db);
      this.#control = new Control(this.#db);
      this.#roster = new Roster(this.#db, options.grain, this.#control.keys);
      this.#pruner = new Pruner(this.#db, this.#roster, this.#views, options.history);
      this.#sweeper = new Pruner(this.#db, this.#roster, this.#views, options.history);
      this.#checkpointer = new Checkpointer(this.#db, {
        path: options.path,
        every: CHECKPOINT_AFTER_BYTES,
        anew: NEW_LOG_AFTER_BYTES,
        failpoint: { name: 'aggregator.checkpoint', setting: options.failpoint },
      });
      this.#nextId = Number(this.#sql.lastId.get()?.id ?? 0) + 1;
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** Makes batches durable, all or none. @returns what became of each, in their order */
  commit(batches: readonly Batch[]): BatchOutcome[] {
    const outcomes: BatchOutcome[] = [];
    const firstId = this.#nextId;
    try {
      inTransaction(this.#db, () => {
        this.#failpoint('aggregator.commit.begun');
        for (const batch of batches) {
          outcomes.push(this.#apply(batch));
          this.#failpoint('aggregator.commit.applied');
        }
        const mark = batches.findLast((batch) => batch.mark !== undefined)?.mark;
        if (mark !== undefined) this.log.setMark(mark);
        this.#flushSome(firstId);
        this.#failpoint('aggregator.commit.before');
      });
    } catch (error) {
      this.#nextId = firstId;
      this.#rows.forget();
      this.#roster.rolledBack();
      this.#control.rolledBack();
      throw error;
    }
    this.#roster.committed();
    this.#sinceFlush += this.#nextId - firstId;
    this.#checkpointer.committed(batches.reduce((sum, { bytes }) => sum + bytes.length, 0));
    this.#failpoint('aggregator.commit.after');
    return outcomes;
  }

  probe(now: number): void {
    inTransaction(this.#db, () => {
      this.#sql.probe.run(Math.floor(now / 1000));
    });
    requireRoom(this.#options.path);
  }

  checkpoint(): void {
    this.#checkpointer.step();
  }

  /** Also what is older than the mark that all replicas have. */
  prune(before: number): boolean {
    let goesOn = false;
    inTransaction(this.#db, () => {
      goesOn = this.#pruner.step(Math.max(before, this.#control.pruneBefore * 1000));
      this.#failpoint('aggregator.prune.before');
    });
    return goesOn;
  }

  answer(question: Question): Reply {
    switch (question.ask) {
      case 'peer': {
        const ids = this.#roster.find(question.network, question.name);
        return { of: 'peers', peers: ids.map((id) => this.#state(id)) };
      }
      case 'peers':
        return { of: 'peers', peers: question.ids.map((id) => this.#state(id)) };
      case 'moment':
        return {
          of: 'moment',
          lastId: this.#nextId - 1,
          peers: this.#roster.size,
          active: this.#roster.active(question.activeSince),
          pruned: this.#pruner.pruned + this.#sweeper.pruned,
        };
      case 'hold':
        return { of: 'view', lastId: this.#nextId - 1, ...this.#views.hold(this.#roster, question.since) };
      case 'letGo':
        this.#views.letGo(question.view);
        return { of: 'view', view: question.view, lastId: 0, heads: new Float64Array(0) };
      case 'sweep':
        return this.#sweep(question.before, question.from);
      case 'apply':
        return { of: 'applied', outcome: this.#control.applyAlone(question.entry) };
      case 'decided':
        return { of: 'decided', epoch: this.#control.epoch, pruneBefore: this.#control.pruneBefore };
      case 'log':
      case 'unseen':
      case 'beginLog':
      case 'forgetOwn':
        return this.log.answer(question);
      case 'adopt':
        throw new Error('a writer cannot take the place of itself');
    }
  }

  close(): void {
    inTransaction(this.#db, () => this.#roster.flush(this.#nextId - 1));
    this.#roster.committed();
    this.#checkpointer.close();
    this.#db.close();
  }

  /** Moves all of the log into the database. @throws an Error while somebody reads */
  settle(): void {
    this.#checkpointer.close();
    if (this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy !== 0)
      throw new Error('the database is being read');
  }

  /** As many rows as samples came: then a round ends before as many others are behind. */
  #flushSome(firstId: number): void {
    if (!this.#roster.flushing) {
      if (this.#sinceFlush < FLUSH_AFTER) return;
      this.#sinceFlush = 0;
    }
    this.#roster.flushSome(Math.max(LEAST_ROWS, this.#nextId - firstId), firstId - 1);
  }

  #sweep(before: number, from: number): Reply {
    const already = this.#sweeper.pruned;
    this.#sweeper.goOnBehind(from);
    inTransaction(this.#db, () => {
      this.#sweeper.step(before * 1000);
    });
    return { of: 'swept', removed: this.#sweeper.pruned - already, next: this.#sweeper.at };
  }

  #state(id: number): PeerState {
    return { id, head: this.#roster.head(id), seq: this.#roster.seq(id), lastAt: this.#roster.lastAt(id) };
  }

  #apply(batch: Batch): BatchOutcome {
    const { network, name, receivedAt, bytes, spans, mark } = batch;
    if (mark !== undefined) this.log.seen(mark, Math.floor(Date.now() / 1000));
    if (batch.control !== undefined) return { ...NOTHING, control: this.#control.apply(batch.control) };
    if (batch.markOnly === true) return { ...NOTHING, repeated: true };
    if (batch.summary !== undefined) return this.#tell(batch.summary, batch);
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const peers = namesAt(body, spans, SPAN.peerFrom);
    const reporters = namesAt(body, spans, SPAN.nodeFrom);
    const refused = mark === undefined && batch.accepted !== true ? this.#refuse(network, peers, reporters) : undefined;
    if (refused !== undefined) return { ...NOTHING, refused };
    if (name !== '' && this.#sql.addBatch.run(`${network}/${name}`, receivedAt).changes === 0) {
      return { ...NOTHING, repeated: true };
    }
    const known = this.#keepOwn(batch);
    const oldest = Math.max(receivedAt - this.#options.retention, this.#control.pruneBefore);
    const before = this.#roster.size;
    const counts = { stored: 0, duplicates: 0, expired: 0 };
    for (let index = 0; index < peers.length; index += 1) {
      const row = index * SPAN.width;
      const at = spans[row + SPAN.at] || receivedAt;
      if (at < oldest || at >= this.#control.keys.goodUntil(network, peers[index] ?? '')) {
        counts.expired += 1;
        continue;
      }
      const reporter = this.#roster.reporter(reporters[index] ?? '');
      const peer = this.#roster.peer(network, peers[index] ?? '', at);
      if (known.some(({ from, to }) => index >= from && index < to) || this.#isKnown(peer, reporter, at)) {
        counts.duplicates += 1;
        continue;
      }
      const id = this.#nextId;
      const seq = this.#roster.seq(peer) + 1;
      const snapshot = bytes.subarray(spans[row + SPAN.from], spans[row + SPAN.to]);
      this.#rows.add(id, peer, reporter, at, seq, this.#roster.head(peer), snapshot);
      this.#roster.advance(peer, id, at);
      this.#nextId = id + 1;
      counts.stored += 1;
    }
    this.#rows.flush();
    return { ...counts, newPeers: this.#roster.size - before, repeated: false };
  }

  #tell(summary: Summary, batch: Batch): BatchOutcome {
    const isAccepted = batch.mark !== undefined || batch.accepted === true;
    const maxReporters = isAccepted ? Number.POSITIVE_INFINITY : this.#options.maxReporters;
    const { stored, refused } = this.#telemetry.add(summary, { retention: this.#options.retention, maxReporters });
    if (refused) return { ...NOTHING, refused: 'reporters' };
    // One that is known was kept when it came first: what says something else now does not go on.
    if (stored) this.#keepOwn(batch);
    return { ...NOTHING, stored: stored ? 1 : 0 };
  }

  /** Keeps what goes to the log. @returns the parts that came from there before, since another replica had accepted them */
  #keepOwn({ network, receivedAt, bytes, spans, parts = [] }: Batch): Part[] {
    return parts.filter((part) => {
      const name = `${network}/${part.name}`;
      // One that is all of its batch has been looked up already.
      const isKnown = parts.length > 1 && this.#sql.addBatch.run(name, receivedAt).changes === 0;
      if (!isKnown) this.log.keep(name, receivedAt, partBytes(bytes, spans, part));
      return isKnown;
    });
  }

  /** Names come from outside and stay in memory: whoever may send could fill it. */
  #refuse(network: string, peers: readonly string[], reporters: readonly string[]): BatchOutcome['refused'] {
    const { maxPeers, maxReporters } = this.#options;
    if (this.#roster.size + peers.length > maxPeers) {
      if (this.#roster.size + this.#roster.unknown(network, peers) > maxPeers) return 'peers';
    }
    if (this.#roster.reporters + reporters.length > maxReporters) {
      if (this.#roster.reporters + this.#roster.unknownReporters(reporters) > maxReporters) return 'reporters';
    }
    return undefined;
  }

  /** Whether a peer has a sample of this second by this reporter. Nearly always newer than all others, so no look is needed. */
  #isKnown(peer: number, reporter: number, at: number): boolean {
    if (at > this.#roster.lastAt(peer)) return false;
    this.#rows.flush();
    let id = this.#roster.head(peer);
    for (let steps = 0; id !== 0 && steps < this.#options.history; steps += 1) {
      const row = this.#sql.sample.get(id);
      if (row === undefined) return false;
      if (row.at === at && row.reporter === reporter) return true;
      id = Number(row.prev);
    }
    return false;
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    lastId: sql(
      "SELECT max((SELECT coalesce(max(id), 0) FROM sample), (SELECT value FROM meta WHERE key = 'flushed')) AS id",
    ),
    addBatch: sql('INSERT OR IGNORE INTO batch (name, received_at) VALUES (?, ?)'),
    sample: sql('SELECT at, reporter, prev FROM sample WHERE id = ?'),
    probe: sql("UPDATE meta SET value = ? WHERE key = 'probed'"),
  };
}
