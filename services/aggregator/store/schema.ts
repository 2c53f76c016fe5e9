/**
 * What lies in the aggregator's database. Times are Unix seconds.
 *
 * - `sample`: every snapshot in the order of its arrival, as its sender wrote it. Rows are only added at the end and
 *   taken away at the front, never changed: a reader that knows the last id of a moment sees that moment. `prev` is the
 *   sample of the same peer before it, `seq` its number within the peer. This chain takes the place of an index by peer,
 *   which would cost a page per sample and commit (half of the ingest rate, measured).
 * - `peer`: one row per peer. `head`, `seq` and `last_at` are brought up to date now and then; `meta.flushed` says up to
 *   which sample. What came later is read again at the start.
 * - `batch`: the batches that named themselves, so that one that is sent again is known.
 * - `telemetry`: what nodes said of themselves last. `correlation`: samples of metrics that name what they belong to in the logs.
 * - `log`: how far the log that replicas share was read: one row, none without replicas. It changes with what was read.
 * - `own`: what this replica accepted itself and brings to that log. `seen_seq` says where it was found there; 0 as long as it was not.
 * - `key_event`: the keys of peers, one row per rotation, by names: the ids of a peer differ between replicas.
 * - `meta`: `epoch` and `prune_before` are what control/ has applied.
 * - `key_event.logged`, `meta.prune_logged`: what of it was found in the log that is read now; the rest is brought there again.
 * - `meta.since`: from when on all is here, where a replica began with a log that may not have had what is older.
 */
export const STEPS: readonly string[] = [
  `
  CREATE TABLE network (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE reporter (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE peer (
    id INTEGER PRIMARY KEY,
    network INTEGER NOT NULL REFERENCES network (id),
    name TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL DEFAULT 0,
    head INTEGER NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL DEFAULT 0,
    UNIQUE (network, name)
  ) STRICT;
  CREATE TABLE sample (
    id INTEGER PRIMARY KEY,
    peer INTEGER NOT NULL,
    reporter INTEGER NOT NULL,
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    prev INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE TABLE batch (name TEXT PRIMARY KEY, received_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX batch_by_age ON batch (received_at);
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('flushed', 0), ('probed', 0), ('pruned', 0);
  `,
  `
  CREATE TABLE key_event (
    id INTEGER PRIMARY KEY,
    network TEXT NOT NULL,
    peer TEXT NOT NULL,
    at INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    old_key TEXT NOT NULL,
    new_key TEXT NOT NULL,
    until INTEGER NOT NULL,
    how TEXT NOT NULL,
    signature TEXT NOT NULL,
    UNIQUE (network, new_key)
  ) STRICT;
  CREATE INDEX key_event_by_peer ON key_event (network, peer, id);
  CREATE INDEX key_event_by_old_key ON key_event (network, old_key);
  INSERT INTO meta VALUES ('epoch', 0), ('prune_before', 0);
  `,
  `
  CREATE TABLE telemetry (
    network TEXT NOT NULL,
    node TEXT NOT NULL,
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (network, node, at, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX telemetry_by_age ON telemetry (received_at);
  CREATE TABLE correlation (
    id INTEGER PRIMARY KEY,
    network TEXT NOT NULL,
    metric TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    peer TEXT NOT NULL,
    value REAL NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX correlation_by_metric ON correlation (network, metric, at);
  `,
  `
  CREATE TABLE log (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    stream TEXT NOT NULL,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE own (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    seen_seq INTEGER NOT NULL DEFAULT 0,
    seen_at INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX own_unseen ON own (id) WHERE seen_seq = 0;
  CREATE INDEX own_seen ON own (seen_at) WHERE seen_seq > 0;
  `,
  `
  ALTER TABLE key_event ADD COLUMN logged INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX key_event_not_logged ON key_event (network, peer) WHERE logged = 0;
  INSERT INTO meta VALUES ('prune_logged', 0);
  `,
  `INSERT INTO meta VALUES ('since', 0);`,
];
