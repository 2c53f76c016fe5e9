/**
 * What lies in the receiver's database. Times named `*_at` in integers are our own clock in milliseconds; `starts_at`
 * and `ends_at` are the senders' canonical timestamps (payload/timestamp.ts), which sort as text.
 *
 * Each index is one or two more pages in every commit, so there is one only where a read that people wait for needs it.
 *
 * - `alert`: one row per fingerprint, where it stands (episode.ts).
 * - `transition`: one row per change of an alert; its id orders everything that is shown. The newest is never deleted, so
 *   that ids only rise.
 * - `delivery`: one row per statement (fingerprint, startsAt, status) and way it came; a repeat raises `count`.
 * - `watchdog`: the dead man's signals, apart from the alerts, because they are not problems.
 */
export const STEPS: readonly string[] = [
  `
  CREATE TABLE alert (
    fingerprint TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('firing', 'resolved')),
    starts_at TEXT NOT NULL,
    ends_at TEXT,
    changed_at INTEGER NOT NULL,
    change_id INTEGER NOT NULL,
    first_received_at INTEGER NOT NULL,
    last_received_at INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,
    source TEXT NOT NULL,
    channel TEXT NOT NULL,
    alertname TEXT NOT NULL,
    severity TEXT NOT NULL,
    network TEXT NOT NULL,
    chain TEXT NOT NULL,
    labels TEXT NOT NULL,
    annotations TEXT NOT NULL,
    generator_url TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alert_by_status ON alert (status, change_id);

  CREATE TABLE transition (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    change TEXT NOT NULL CHECK (change IN ('fired', 'resolved', 'restarted', 'reopened')),
    starts_at TEXT NOT NULL,
    ends_at TEXT,
    received_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    channel TEXT NOT NULL,
    severity TEXT NOT NULL,
    annotations TEXT NOT NULL
  ) STRICT;
  CREATE INDEX transition_by_alert ON transition (fingerprint, id);

  CREATE TABLE delivery (
    fingerprint TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    status TEXT NOT NULL,
    source TEXT NOT NULL,
    channel TEXT NOT NULL,
    count INTEGER NOT NULL,
    applied INTEGER NOT NULL,
    first_received_at INTEGER NOT NULL,
    last_received_at INTEGER NOT NULL,
    PRIMARY KEY (fingerprint, starts_at, status, source, channel)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE watchdog (
    fingerprint TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    first_received_at INTEGER NOT NULL,
    last_fired_at INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,
    source TEXT NOT NULL,
    channel TEXT NOT NULL,
    labels TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;
  `,
];
