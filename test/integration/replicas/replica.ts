import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AggregatorPlace, type AggregatorProcess, until } from '../aggregator/process.ts';
import { NatsCluster } from './nats.ts';

/** What real programs are waited for. */
export const PATIENCE = 120_000;

export type Settings = Readonly<Record<string, unknown>>;

/** Aggregators that share a log, and the NATS servers that hold it, in one folder. */
export class Replicas {
  readonly folder: string;
  readonly nats: NatsCluster;
  readonly #places: AggregatorPlace[] = [];

  private constructor(folder: string, nats: NatsCluster) {
    this.folder = folder;
    this.nats = nats;
  }

  static async open(natsServers: 1 | 3): Promise<Replicas> {
    const folder = mkdtempSync(join(tmpdir(), 'chainwatch-replicas-'));
    try {
      return new Replicas(folder, await NatsCluster.start(folder, natsServers));
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** The folder of one; it stays from one process to the next. */
  place(index: number): AggregatorPlace {
    this.#places[index] ??= new AggregatorPlace(mkdtempSync(join(this.folder, `replica-${index}-`)));
    return this.#places[index];
  }

  /** @param more over the settings of the replication */
  settings(index: number, more: Settings = {}): Settings {
    const streamReplicas = this.nats.size;
    const replication = { servers: this.nats.urls, streamReplicas, name: `replica-${index}`, ...more };
    return { history: 65_536, replication };
  }

  start(index: number, more: Settings = {}): Promise<AggregatorProcess> {
    return this.place(index).start({ settings: this.settings(index, more) });
  }

  async clear(): Promise<void> {
    for (const place of this.#places) await place?.clear();
    await this.nats.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function untilReady(replica: AggregatorProcess): Promise<void> {
  return until(async () => (await replica.ready()).status === 200, 'the replica is ready', PATIENCE);
}
