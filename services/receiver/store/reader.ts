import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { Change } from '../episode.ts';
import type { Labels, Status } from '../payload/alert.ts';
import { shortTimestamp } from '../payload/timestamp.ts';

/** An alert as `GET /alerts` shows it. Senders' times as RFC 3339, ours too. */
export interface AlertView {
  readonly fingerprint: string;
  readonly status: Status;
  readonly alertname: string;
  readonly severity: string;
  readonly network: string;
  readonly chain: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt: string | null;
  /** When the statement came that led to the present state. */
  readonly receivedAt: string;
  readonly firstReceivedAt: string;
  readonly lastReceivedAt: string;
  readonly source: string;
  readonly channel: string;
  /** How often the alert was delivered, repeats included. */
  readonly deliveries: number;
  readonly generatorURL: string;
  /** Rises with each change of any alert. */
  readonly changeId: number;
}

export interface TransitionView {
  readonly id: number;
  readonly change: Change;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly receivedAt: string;
  readonly source: string;
  readonly channel: string;
  readonly severity: string;
  readonly annotations: Labels;
}

export interface DeliveryView {
  readonly startsAt: string;
  readonly status: Status;
  readonly source: string;
  readonly channel: string;
  readonly count: number;
  /** False where the statement spoke of the past or repeated another's. */
  readonly applied: boolean;
  readonly firstReceivedAt: string;
  readonly lastReceivedAt: string;
}

/** A change in the list of what happened lately, with what is known of its alert. */
export interface RecentChange {
  readonly id: number;
  readonly change: Change;
  readonly fingerprint: string;
  readonly alertname: string;
  readonly network: string;
  readonly chain: string;
  readonly channel: string;
  readonly labels: Labels;
  /** As it was then. */
  readonly severity: string;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt: string | null;
  /** Milliseconds. */
  readonly receivedAt: number;
}

export interface WatchdogView {
  readonly labels: Labels;
  readonly status: Status;
  /** Milliseconds. */
  readonly lastFiredAt: number;
  readonly deliveries: number;
  readonly source: string;
}

export interface AlertQuery {
  readonly state: Status | 'all';
  readonly severity?: string | undefined;
  readonly network?: string | undefined;
  readonly chain?: string | undefined;
  readonly alertname?: string | undefined;
  /** Only alerts whose last change is older than this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

const FILTERS = ['severity', 'network', 'chain', 'alertname'] as const;

/** Reads what the writer has committed, beside it (WAL: neither waits for the other). Calls block, so each is bounded. */
export class Reader {
  readonly #db: DatabaseSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true, timeout: 2_000 });
  }

  /** Newest change first. */
  alerts(query: AlertQuery): AlertView[] {
    // The index begins with the status: two short reads, joined, instead of an index for both.
    const states = query.state === 'all' ? (['firing', 'resolved'] as const) : [query.state];
    const found = states.flatMap((state) => this.#alertsIn(state, query));
    return found.sort((a, b) => b.changeId - a.changeId).slice(0, query.limit);
  }

  #alertsIn(state: Status, query: AlertQuery): AlertView[] {
    const where = ['status = ?'];
    const values: SQLInputValue[] = [state];
    const add = (condition: string, value: SQLInputValue) => {
      where.push(condition);
      values.push(value);
    };
    for (const filter of FILTERS) {
      const wanted = query[filter];
      if (wanted !== undefined) add(`${filter} = ?`, wanted);
    }
    if (query.before !== undefined) add('change_id < ?', query.before);
    const rows = this.#db
      .prepare(`SELECT * FROM alert WHERE ${where.join(' AND ')} ORDER BY change_id DESC LIMIT ?`)
      .all(...values, query.limit);
    return rows.map(alertView);
  }

  alert(fingerprint: string): AlertView | undefined {
    const row = this.#db.prepare('SELECT * FROM alert WHERE fingerprint = ?').get(fingerprint);
    return row === undefined ? undefined : alertView(row);
  }

  /** Oldest first. */
  transitions(fingerprint: string, limit: number): TransitionView[] {
    const rows = this.#db
      .prepare('SELECT * FROM (SELECT * FROM transition WHERE fingerprint = ? ORDER BY id DESC LIMIT ?) ORDER BY id')
      .all(fingerprint, limit);
    return rows.map((row) => ({
      id: Number(row.id),
      change: changeOf(row.change),
      startsAt: shortTimestamp(String(row.starts_at)),
      endsAt: row.ends_at === null ? null : shortTimestamp(String(row.ends_at)),
      receivedAt: iso(row.received_at),
      source: String(row.source),
      channel: String(row.channel),
      severity: String(row.severity),
      annotations: labelsOf(row.annotations),
    }));
  }

  /** Oldest first. */
  deliveries(fingerprint: string, limit: number): DeliveryView[] {
    const rows = this.#db
      .prepare(
        'SELECT * FROM delivery WHERE fingerprint = ? ORDER BY first_received_at DESC, starts_at DESC, status DESC LIMIT ?',
      )
      .all(fingerprint, limit);
    return rows.reverse().map((row) => ({
      startsAt: shortTimestamp(String(row.starts_at)),
      status: statusOf(row.status),
      source: String(row.source),
      channel: String(row.channel),
      count: Number(row.count),
      applied: row.applied === 1,
      firstReceivedAt: iso(row.first_received_at),
      lastReceivedAt: iso(row.last_received_at),
    }));
  }

  /** Newest first. */
  recentChanges(limit: number): RecentChange[] {
    return this.#db.prepare(`${CHANGES} ORDER BY t.id DESC LIMIT ?`).all(limit).map(recentChange);
  }

  /** The newest changes of each of these alerts, the newest first of each. */
  changesOf(fingerprints: Iterable<string>, limitOfEach: number): RecentChange[] {
    const statement = this.#db.prepare(`${CHANGES} WHERE t.fingerprint = ? ORDER BY t.id DESC LIMIT ?`);
    return [...fingerprints].flatMap((fingerprint) => statement.all(fingerprint, limitOfEach).map(recentChange));
  }

  watchdogs(): WatchdogView[] {
    const rows = this.#db.prepare('SELECT * FROM watchdog ORDER BY last_fired_at DESC, fingerprint LIMIT 100').all();
    return rows.map((row) => ({
      labels: labelsOf(row.labels),
      status: statusOf(row.status),
      lastFiredAt: Number(row.last_fired_at),
      deliveries: Number(row.deliveries),
      source: String(row.source),
    }));
  }

  /** Alerts that fire, by severity. */
  firingBySeverity(): ReadonlyMap<string, number> {
    const rows = this.#db
      .prepare("SELECT severity, count(*) AS n FROM alert WHERE status = 'firing' GROUP BY severity")
      .all();
    return new Map(rows.map((row) => [String(row.severity), Number(row.n)]));
  }

  /** The id of the last change; 0 before the first. */
  lastChange(): number {
    return Number(this.#db.prepare('SELECT max(id) AS id FROM transition').get()?.id ?? 0);
  }

  /** Milliseconds of the last change; 0 before the first. */
  lastChangeAt(): number {
    return Number(this.#db.prepare('SELECT received_at AS at FROM transition ORDER BY id DESC LIMIT 1').get()?.at ?? 0);
  }

  close(): void {
    this.#db.close();
  }
}

type Row = Record<string, unknown>;

const CHANGES = `
  SELECT t.id, t.change, t.fingerprint, t.severity, t.annotations, t.starts_at, t.ends_at, t.received_at, t.channel,
    a.alertname, a.network, a.chain, a.labels
  FROM transition t JOIN alert a USING (fingerprint)`;

function recentChange(row: Row): RecentChange {
  return {
    id: Number(row.id),
    change: changeOf(row.change),
    fingerprint: String(row.fingerprint),
    alertname: String(row.alertname),
    network: String(row.network),
    chain: String(row.chain),
    channel: String(row.channel),
    labels: labelsOf(row.labels),
    severity: String(row.severity),
    annotations: labelsOf(row.annotations),
    startsAt: shortTimestamp(String(row.starts_at)),
    endsAt: row.ends_at === null ? null : shortTimestamp(String(row.ends_at)),
    receivedAt: Number(row.received_at),
  };
}

function alertView(row: Row): AlertView {
  const status = statusOf(row.status);
  return {
    fingerprint: String(row.fingerprint),
    status,
    alertname: String(row.alertname),
    severity: String(row.severity),
    network: String(row.network),
    chain: String(row.chain),
    labels: labelsOf(row.labels),
    annotations: labelsOf(row.annotations),
    startsAt: shortTimestamp(String(row.starts_at)),
    // A reopened alert remembers its last end; while it fires it has none.
    endsAt: status === 'firing' || row.ends_at === null ? null : shortTimestamp(String(row.ends_at)),
    receivedAt: iso(row.changed_at),
    firstReceivedAt: iso(row.first_received_at),
    lastReceivedAt: iso(row.last_received_at),
    source: String(row.source),
    channel: String(row.channel),
    deliveries: Number(row.deliveries),
    generatorURL: String(row.generator_url),
    changeId: Number(row.change_id),
  };
}

function statusOf(value: unknown): Status {
  return value === 'firing' ? 'firing' : 'resolved';
}

function changeOf(value: unknown): Change {
  return value === 'fired' || value === 'restarted' || value === 'reopened' ? value : 'resolved';
}

function labelsOf(json: unknown): Labels {
  return JSON.parse(String(json));
}

function iso(milliseconds: unknown): string {
  return new Date(Number(milliseconds)).toISOString();
}
