import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** A sample of a metric that names what it belongs to in the logs. */
export interface Correlation {
  readonly metric: string;
  readonly correlation_id: string;
  readonly peer_id: string;
  readonly value: number;
  /** Unix seconds. */
  readonly timestamp: number;
}

/** Reads correlations, in the reader's own connection. */
export class CorrelationReader {
  readonly #newest: StatementSync;

  constructor(db: DatabaseSync) {
    this.#newest = db.prepare(`
      SELECT metric, correlation_id, peer, value, at FROM correlation
      WHERE network = ? AND metric = ? ORDER BY at DESC, id DESC LIMIT ?`);
  }

  /** Of these networks together, newest first. */
  newest(networks: readonly string[], metric: string, limit: number): Correlation[] {
    return networks
      .flatMap((network) => this.#newest.all(network, metric, limit))
      .map((row) => ({
        metric: String(row.metric),
        correlation_id: String(row.correlation_id),
        peer_id: String(row.peer),
        value: Number(row.value),
        timestamp: Number(row.at),
      }))
      .sort((a, b) => b.timestamp - a.timestamp)
      .slice(0, limit);
  }
}
