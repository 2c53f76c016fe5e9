import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Failpoint } from '../../shared/failpoint.ts';
import { inTransaction, openForWriting, requireRoom } from '../../shared/store/database.ts';
import type { StoreWriter } from '../../shared/store/records.ts';
import { advance, type EpisodeState } from '../episode.ts';
import { timestampOf } from '../payload/timestamp.ts';
import { Pruner } from './pruner.ts';
import type { Delivery, Outcome } from './records.ts';
import { STEPS } from './schema.ts';

/** The write-ahead log is moved into the database after this many deliveries; a commit counts as some, since it writes pages too. */
const CHECKPOINT_AFTER = 4_000;
const COMMIT_WEIGHT = 4;

/** The only writer of the receiver's database (see openForWriting for what durable means). */
export class Writer implements StoreWriter<Delivery, Outcome> {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #reopenAfter: number;
  readonly #failpoint: Failpoint;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #pruner: Pruner;
  #sinceCheckpoint = 0;

  /** @throws what SQLite throws where the file cannot be opened */
  constructor(path: string, reopenAfter: number, failpoint: Failpoint) {
    this.#path = path;
    this.#reopenAfter = reopenAfter;
    this.#failpoint = failpoint;
    this.#db = openForWriting(path, { steps: STEPS });
    try {
      this.#sql = prepare(this.#db);
      this.#pruner = new Pruner(this.#db);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /**
   * Makes deliveries durable, all or none.
   *
   * @returns what became of each, in their order
   */
  commit(deliveries: readonly Delivery[]): Outcome[] {
    const outcomes: Outcome[] = [];
    inTransaction(this.#db, () => {
      this.#failpoint('receiver.commit.begun');
      for (const delivery of deliveries) {
        outcomes.push(delivery.watchdog ? this.#noteWatchdog(delivery) : this.#apply(delivery));
        this.#failpoint('receiver.commit.applied');
      }
      this.#failpoint('receiver.commit.before');
    });
    this.#sinceCheckpoint += COMMIT_WEIGHT + deliveries.length;
    this.#failpoint('receiver.commit.after');
    return outcomes;
  }

  /** Whether the disk takes writes (again): writes one row durably, and sees that there is room for more than that row. */
  probe(now: number): void {
    inTransaction(this.#db, () => {
      this.#sql.probe.run(now);
    });
    requireRoom(this.#path);
  }

  /**
   * Moves the log into the database when enough was written. Passive: it neither waits for a reader nor makes one wait.
   * That it fails is no loss, the log is kept and grows.
   */
  checkpoint(): void {
    if (this.#sinceCheckpoint < CHECKPOINT_AFTER) return;
    this.#sinceCheckpoint = 0;
    this.#failpoint('receiver.checkpoint.before');
    this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    this.#failpoint('receiver.checkpoint.after');
  }

  /**
   * One bounded step of forgetting what is older than `before`.
   *
   * @returns whether the walk goes on
   */
  prune(before: number): boolean {
    let goesOn = false;
    inTransaction(this.#db, () => {
      goesOn = this.#pruner.step(before);
      this.#failpoint('receiver.prune.before');
    });
    return goesOn;
  }

  close(): void {
    this.#db.close();
  }

  #apply(delivery: Delivery): Outcome {
    const { alert, receivedAt, source, channel } = delivery;
    const row = this.#sql.findAlert.get(alert.fingerprint);
    const current: EpisodeState | undefined = row && {
      status: row.status === 'firing' ? 'firing' : 'resolved',
      startsAt: String(row.starts_at),
      endsAt: row.ends_at === null ? null : String(row.ends_at),
      changedAt: Number(row.changed_at),
    };
    const endsAt = alert.status === 'firing' ? null : (alert.endsAt ?? timestampOf(receivedAt));
    const stated = { status: alert.status, startsAt: alert.startsAt, endsAt, receivedAt };
    const { state, change } = advance(current, stated, this.#reopenAfter);

    const known =
      change === null && this.#sql.findDelivery.get(alert.fingerprint, alert.startsAt, alert.status) !== undefined;
    const key = [alert.fingerprint, alert.startsAt, alert.status, source, channel] as const;
    this.#sql.saveDelivery.run(...key, change === null ? 0 : 1, receivedAt, receivedAt);

    const annotations = JSON.stringify(alert.annotations);
    // An alert that came by a critical path stays critical for its episode, whichever copy comes last.
    const raised = row !== undefined && state.startsAt === row.starts_at && row.severity === 'critical';
    const severity = delivery.forcedSeverity ?? (raised ? 'critical' : (alert.labels.severity ?? ''));
    if (change === null) {
      const sameEpisode = alert.startsAt === state.startsAt && alert.status === state.status;
      if (sameEpisode)
        this.#sql.refreshAlert.run(receivedAt, severity, annotations, alert.generatorURL, alert.fingerprint);
      else this.#sql.countDelivery.run(receivedAt, alert.fingerprint);
      return known ? 'duplicate' : 'stale';
    }
    const { lastInsertRowid } = this.#sql.addTransition.run(
      alert.fingerprint,
      change,
      state.startsAt,
      state.status === 'firing' ? null : state.endsAt,
      receivedAt,
      source,
      channel,
      severity,
      annotations,
    );
    this.#sql.saveAlert.run(
      alert.fingerprint,
      state.status,
      state.startsAt,
      state.endsAt,
      state.changedAt,
      lastInsertRowid,
      receivedAt,
      receivedAt,
      source,
      channel,
      alert.labels.alertname ?? '',
      severity,
      alert.labels.network ?? '',
      alert.labels.chain ?? delivery.chain ?? '',
      JSON.stringify(alert.labels),
      annotations,
      alert.generatorURL,
    );
    return change;
  }

  #noteWatchdog({ alert, source, channel, receivedAt }: Delivery): Outcome {
    const labels = JSON.stringify(alert.labels);
    this.#sql.saveWatchdog.run(alert.fingerprint, alert.status, receivedAt, receivedAt, source, channel, labels);
    return 'watchdog';
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    findAlert: sql('SELECT status, starts_at, ends_at, changed_at, severity FROM alert WHERE fingerprint = ?'),
    findDelivery: sql('SELECT 1 FROM delivery WHERE fingerprint = ? AND starts_at = ? AND status = ? LIMIT 1'),
    saveDelivery: sql(`
      INSERT INTO delivery (fingerprint, starts_at, status, source, channel, count, applied, first_received_at, last_received_at)
      VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + 1, last_received_at = excluded.last_received_at,
        applied = max(applied, excluded.applied)`),
    saveAlert: sql(`
      INSERT INTO alert (fingerprint, status, starts_at, ends_at, changed_at, change_id, first_received_at, last_received_at,
        deliveries, source, channel, alertname, severity, network, chain, labels, annotations, generator_url)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET status = excluded.status, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
        changed_at = excluded.changed_at, change_id = excluded.change_id, last_received_at = excluded.last_received_at,
        deliveries = deliveries + 1, source = excluded.source, channel = excluded.channel, alertname = excluded.alertname,
        severity = excluded.severity, network = excluded.network, chain = excluded.chain, labels = excluded.labels,
        annotations = excluded.annotations, generator_url = excluded.generator_url`),
    refreshAlert: sql(`
      UPDATE alert SET deliveries = deliveries + 1, last_received_at = ?, severity = ?, annotations = ?, generator_url = ?
      WHERE fingerprint = ?`),
    countDelivery: sql('UPDATE alert SET deliveries = deliveries + 1, last_received_at = ? WHERE fingerprint = ?'),
    addTransition: sql(`
      INSERT INTO transition (fingerprint, change, starts_at, ends_at, received_at, source, channel, severity, annotations)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    saveWatchdog: sql(`
      INSERT INTO watchdog (fingerprint, status, first_received_at, last_fired_at, deliveries, source, channel, labels)
      VALUES (?, ?, ?, ?, 1, ?, ?, ?)
      ON CONFLICT DO UPDATE SET status = excluded.status, deliveries = deliveries + 1,
        last_fired_at = CASE excluded.status WHEN 'firing' THEN excluded.last_fired_at ELSE last_fired_at END,
        source = excluded.source, channel = excluded.channel, labels = excluded.labels`),
    probe: sql('INSERT INTO probe (id, at) VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at'),
  };
}
