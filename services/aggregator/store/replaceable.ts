import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Failpoint } from '../../shared/failpoint.ts';
import type { StoreWriter } from '../../shared/store/records.ts';
import type { ControlEntry } from '../control/control.ts';
import { DecidedReader } from '../control/decided.ts';
import { stateData } from '../control/state.ts';
import { readBatch, WIDEST_LIMITS } from '../ingest/batch.ts';
import { isTelemetry, readTelemetry, telemetryBatch } from '../telemetry/logged.ts';
import type { Batch, BatchOutcome, KeptPart, LogMark, Question, Reply, WriterOptions } from './records.ts';
import { Writer } from './writer.ts';

/** A writer whose database can be replaced by that of another replica, which has read the log further. */
export class ReplaceableWriter implements StoreWriter<Batch, BatchOutcome, Question, Reply> {
  readonly #options: WriterOptions;
  readonly #failpoint: Failpoint;
  #writer: Writer | undefined;

  /** @throws what SQLite throws where the file cannot be opened */
  constructor(options: WriterOptions, failpoint: Failpoint) {
    this.#options = options;
    this.#failpoint = failpoint;
    this.#writer = new Writer(options, failpoint);
  }

  commit(batches: readonly Batch[]): BatchOutcome[] {
    return this.#open().commit(batches);
  }

  probe(now: number): void {
    this.#open().probe(now);
  }

  prune(before: number): boolean {
    return this.#open().prune(before);
  }

  answer(question: Question): Reply {
    if (question.ask !== 'adopt') return this.#open().answer(question);
    this.#adopt(question.path, question.stream, question.atLeast);
    return this.#open().answer({ ask: 'log' });
  }

  checkpoint(): void {
    this.#open().checkpoint();
  }

  close(): void {
    this.#writer?.close();
    this.#writer = undefined;
  }

  #open(): Writer {
    this.#writer ??= new Writer(this.#options, this.#failpoint);
    return this.#writer;
  }

  /**
   * Takes another replica's database in place of this one's. What this one has accepted and not yet brought to the log is put into it first. The old
   * one is whole until the new one is: the file is exchanged by one rename.
   *
   * @param stream the log that it must have been read from, and `atLeast` how far
   * @throws an Error where it is not further; then all is as before
   */
  #adopt(path: string, stream: string, atLeast: number): void {
    const present = this.#open();
    const sameLog = present.log.mark()?.stream === stream;
    const own = present.log.all().map((part) => (sameLog ? part : { ...part, seenSeq: 0, seenAt: 0 }));
    const copy = new Writer({ ...this.#options, path }, this.#failpoint);
    try {
      requireFurther(copy.log.mark(), stream, atLeast);
      copy.answer({ ask: 'apply', entry: decidedIn(this.#options.path) });
      for (const part of own) if (part.seenSeq === 0) copy.commit([batchOf(part)]);
      copy.log.replace(own);
    } finally {
      copy.close();
    }
    present.settle();
    this.close();
    this.#failpoint('aggregator.adopt.before');
    for (const suffix of ['-wal', '-shm']) rmSync(`${this.#options.path}${suffix}`, { force: true });
    renameSync(path, this.#options.path);
    const folder = openSync(dirname(this.#options.path), 'r');
    fsyncSync(folder);
    closeSync(folder);
    this.#failpoint('aggregator.adopt.after');
  }
}

/** What was decided, as far as this replica has heard: the others may not have. */
function decidedIn(path: string): ControlEntry {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    const decided = new DecidedReader(db);
    const { epoch, pruneBefore } = decided;
    const at = Math.floor(Date.now() / 1000);
    return { kind: 'state', epoch, at, data: stateData(pruneBefore, decided.chains()) };
  } finally {
    db.close();
  }
}

/** What the others may not have yet. It was accepted, so it is not refused. */
function batchOf({ name, receivedAt, body }: KeptPart): Batch {
  const slash = name.indexOf('/');
  const [network, own] = [name.slice(0, slash), name.slice(slash + 1)];
  if (isTelemetry(own)) {
    const summary = readTelemetry(network, body);
    if (summary === undefined) throw new Error(`${name} is no summary of a node`);
    return { ...telemetryBatch(summary), accepted: true };
  }
  const spans = readBatch(Buffer.from(body.buffer, body.byteOffset, body.length), WIDEST_LIMITS);
  return { network, name: own, receivedAt, bytes: body, spans, accepted: true };
}

function requireFurther(mark: LogMark | undefined, stream: string, atLeast: number): void {
  if (mark === undefined || mark.stream !== stream)
    throw new Error('the snapshot was not read from the log that there is');
  if (mark.seq < atLeast)
    throw new Error(`the snapshot ends at ${mark.seq} of the log, which begins behind ${atLeast}`);
}
