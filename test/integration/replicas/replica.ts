import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Etcd } from '../aggregator/etcd.ts';
import { AggregatorPlace, type AggregatorProcess, PEERS, until } from '../aggregator/process.ts';
import { NatsCluster } from './nats.ts';

/** What real programs are waited for. */
export const PATIENCE = 120_000;

export type Settings = Readonly<Record<string, unknown>>;

/** Aggregators that share a log, the NATS servers that hold it, and the etcd by which they elect a leader, in one folder. */
export class Replicas {
  readonly folder: string;
  readonly nats: NatsCluster;
  readonly etcd: Etcd;
  /** Of their log. */
  readonly stream: string;
  readonly #places: AggregatorPlace[] = [];

  private constructor(folder: string, nats: NatsCluster, etcd: Etcd, stream: string) {
    this.folder = folder;
    this.nats = nats;
    this.etcd = etcd;
    this.stream = stream;
  }

  static async open(natsServers: 1 | 3): Promise<Replicas> {
    const folder = mkdtempSync(join(tmpdir(), 'chainwatch-replicas-'));
    try {
      const nats = await NatsCluster.start(folder, natsServers);
      const etcd = await Etcd.start(join(folder, 'etcd'));
      return new Replicas(folder, nats, etcd, 'chainwatch-aggregator');
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Others, with another log and another leader on the same servers. Those of one are ended by `end`. */
  others(stream: string): Replicas {
    return new Replicas(this.folder, this.nats, this.etcd, stream);
  }

  /** The folder of one; it stays from one process to the next. */
  place(index: number): AggregatorPlace {
    this.#places[index] ??= new AggregatorPlace(mkdtempSync(join(this.folder, `replica-${index}-`)));
    return this.#places[index];
  }

  /** @param more over the settings of the replication */
  settings(index: number, more: Settings = {}): Settings {
    const streamReplicas = this.nats.size;
    const { stream } = this;
    const replication = { servers: this.nats.urls, stream, streamReplicas, name: `replica-${index}`, ...more };
    const etcd = { endpoints: [this.etcd.url], key: `/${stream}`, ttl: '5s' };
    return { history: 65_536, replication, leader: { name: `replica-${index}`, etcd } };
  }

  start(index: number, more: Settings = {}): Promise<AggregatorProcess> {
    return this.place(index).start({ settings: this.settings(index, more) });
  }

  /** Starts several and waits until each is ready. */
  async startAll<const I extends readonly number[]>(indexes: I): Promise<{ [K in keyof I]: AggregatorProcess }>;
  async startAll(indexes: readonly number[]): Promise<AggregatorProcess[]> {
    const started = await Promise.all(indexes.map((index) => this.start(index)));
    await Promise.all(started.map(untilReady));
    return started;
  }

  streamState() {
    return this.nats.manage(async (manager) => (await manager.streams.info(this.stream)).state);
  }

  /** Ends them; the servers stay. */
  async end(): Promise<void> {
    for (const place of this.#places) await place?.clear();
  }

  async clear(): Promise<void> {
    await this.end();
    await this.nats.stop();
    await this.etcd.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function untilReady(replica: AggregatorProcess): Promise<void> {
  return until(async () => (await replica.ready()).status === 200, 'the replica is ready', PATIENCE);
}

export const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** The numbers of all snapshots of `numbered` that it has, those twice that are there twice. */
export async function numbersAt(replica: AggregatorProcess): Promise<number[]> {
  const peers = range(0, PEERS).map((index) => replica.numbersOf(`peer-${index}`));
  return (await Promise.all(peers)).flat().sort((a, b) => a - b);
}

export async function untilHas(replica: AggregatorProcess, numbers: readonly number[]): Promise<void> {
  const wanted = [...numbers].sort((a, b) => a - b).join();
  // One that takes a snapshot answers nothing meanwhile.
  const has = async () => (await numbersAt(replica).catch(() => [])).join() === wanted;
  await until(has, `the replica has ${numbers.length} snapshots, each once`, PATIENCE);
}

/** Sends a batch again under the same name, as senders do, until it is acknowledged. */
export function untilTaken(replica: AggregatorProcess, snapshots: readonly unknown[], name: string): Promise<void> {
  const taken = async () => (await replica.push(snapshots, { 'x-batch-id': name })).status === 200;
  return until(taken, 'the batch is acknowledged', PATIENCE);
}
