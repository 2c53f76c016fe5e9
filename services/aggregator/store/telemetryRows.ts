import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** What a node says of itself at one moment. */
export interface Summary {
  readonly network: string;
  readonly node: string;
  /** Unix seconds: the node's clock. */
  readonly at: number;
  /** The node's own count of its summaries; 0 where it has none. */
  readonly seq: number;
  /** Unix seconds: our clock when it came. */
  readonly receivedAt: number;
  /** A JSON object. */
  readonly body: string;
}

/** Summaries that are kept of a node. */
export const WINDOW = 120;

export interface Told {
  readonly stored: boolean;
  /** It would have been one node too many. */
  readonly refused: boolean;
}

export class TelemetryRows {
  readonly #sql: ReturnType<typeof prepareWrites>;

  constructor(db: DatabaseSync) {
    this.#sql = prepareWrites(db);
  }

  /**
   * Within a transaction: keeps a summary, and forgets what is too old, or too many of its node.
   *
   * @param limits.retention seconds
   * @param limits.maxReporters nodes that may send summaries
   */
  add(summary: Summary, limits: { readonly retention: number; readonly maxReporters: number }): Told {
    const { network, node, at, seq, receivedAt, body } = summary;
    this.#sql.forgetOld.run(receivedAt - limits.retention);
    const known = this.#sql.known.get(network, node) !== undefined;
    if (!known && Number(this.#sql.nodes.get()?.nodes) >= limits.maxReporters) return { stored: false, refused: true };
    const stored = this.#sql.add.run(network, node, at, seq, receivedAt, body).changes > 0;
    this.#sql.forgetMany.run(network, node, network, node, WINDOW - 1);
    return { stored, refused: false };
  }
}

/** Reads summaries, in the reader's own connection. */
export class TelemetryReader {
  readonly #sql: ReturnType<typeof prepareReads>;

  constructor(db: DatabaseSync) {
    this.#sql = prepareReads(db);
  }

  /** The newest summary of each node of these networks, in the order of network and node, behind the one that is named. */
  latest(networks: readonly string[], after: { network: string; node: string }, limit: number): Summary[] {
    const found: Summary[] = [];
    for (const network of [...networks].sort()) {
      if (found.length >= limit || network < after.network) continue;
      const from = network === after.network ? after.node : '';
      for (const row of this.#sql.latest.all(network, from, limit - found.length)) found.push(summaryOf(row));
    }
    return found;
  }

  /** All that is kept of a node, newest first. */
  ofNode(network: string, node: string): Summary[] {
    return this.#sql.ofNode.all(network, node).map(summaryOf);
  }

  networks(): string[] {
    return this.#sql.networks.all().map(({ network }) => String(network));
  }
}

function summaryOf(row: Readonly<Record<string, unknown>>): Summary {
  const { network, node, at, seq, received_at, body } = row;
  return {
    network: String(network),
    node: String(node),
    at: Number(at),
    seq: Number(seq),
    receivedAt: Number(received_at),
    body: String(body),
  };
}

function prepareWrites(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    known: sql('SELECT 1 FROM telemetry WHERE network = ? AND node = ? LIMIT 1'),
    nodes: sql('SELECT count(*) AS nodes FROM (SELECT DISTINCT network, node FROM telemetry)'),
    add: sql('INSERT OR IGNORE INTO telemetry (network, node, at, seq, received_at, body) VALUES (?, ?, ?, ?, ?, ?)'),
    forgetMany: sql(`
      DELETE FROM telemetry WHERE network = ? AND node = ? AND (at, seq) < (
        SELECT at, seq FROM telemetry WHERE network = ? AND node = ? ORDER BY at DESC, seq DESC LIMIT 1 OFFSET ?)`),
    forgetOld: sql('DELETE FROM telemetry WHERE received_at < ?'),
  };
}

function prepareReads(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    latest: sql(`
      SELECT * FROM telemetry AS newest WHERE network = ? AND node > ? AND (at, seq) = (
        SELECT at, seq FROM telemetry WHERE network = newest.network AND node = newest.node
        ORDER BY at DESC, seq DESC LIMIT 1)
      ORDER BY node LIMIT ?`),
    ofNode: sql('SELECT * FROM telemetry WHERE network = ? AND node = ? ORDER BY at DESC, seq DESC'),
    networks: sql('SELECT DISTINCT network FROM telemetry'),
  };
}
