import type { Etcd } from '../aggregator/etcd.ts';
import type { AggregatorProcess } from '../aggregator/process.ts';
import type { NatsCluster } from './nats.ts';
import { CutProxy, type ProxyMode } from './proxy.ts';
import { Replicas, untilReady } from './replica.ts';

export const REPLICAS = [0, 1, 2] as const;

interface Ways {
  readonly nats: readonly CutProxy[];
  readonly etcd: CutProxy;
}

/** Three replicas, three NATS servers and an etcd; each replica has ways of its own to all of them, which can be cut. */
export class Stand {
  readonly replicas: Replicas;
  readonly #ways: readonly Ways[];
  readonly #processes: AggregatorProcess[] = [];

  private constructor(replicas: Replicas, ways: readonly Ways[]) {
    this.replicas = replicas;
    this.#ways = ways;
  }

  static async open(): Promise<Stand> {
    const replicas = await Replicas.open(3);
    const ways: Ways[] = [];
    for (const _ of REPLICAS) {
      const nats = await Promise.all(REPLICAS.map((index) => CutProxy.open(() => replicas.nats.port(index))));
      ways.push({ nats, etcd: await CutProxy.open(() => replicas.etcd.port) });
    }
    const stand = new Stand(replicas, ways);
    await Promise.all(REPLICAS.map((index) => stand.start(index)));
    await Promise.all(stand.processes.map(untilReady));
    return stand;
  }

  get nats(): NatsCluster {
    return this.replicas.nats;
  }

  get etcd(): Etcd {
    return this.replicas.etcd;
  }

  get processes(): readonly AggregatorProcess[] {
    return this.#processes;
  }

  process(index: number): AggregatorProcess {
    const found = this.#processes[index];
    if (found === undefined) throw new Error(`no replica ${index}`);
    return found;
  }

  /** Again, with what it knew. */
  async start(index: number): Promise<void> {
    const way = this.#ways[index];
    const servers = way?.nats.map(({ port }) => `nats://127.0.0.1:${port}`);
    const etcd = { endpoints: [`http://127.0.0.1:${way?.etcd.port}`], ttl: '2s' };
    const settings = {
      ...this.replicas.settings(index, { servers }),
      leader: { name: `replica-${index}`, etcd },
    };
    this.#processes[index] = await this.replicas.place(index).start({ settings });
  }

  signal(index: number, signal: NodeJS.Signals): void {
    this.process(index).child.kill(signal);
  }

  /** Sets the ways of one replica. */
  cut(index: number, mode: ProxyMode, what: readonly ('nats' | 'etcd')[] = ['nats', 'etcd']): void {
    const way = this.#ways[index];
    if (what.includes('nats')) for (const each of way?.nats ?? []) each.set(mode);
    if (what.includes('etcd')) way?.etcd.set(mode);
  }

  /** The one that says that it leads; undefined where none does just now. */
  async leader(): Promise<number | undefined> {
    const leads = await Promise.all(
      REPLICAS.map(async (index) => {
        try {
          const answer = await fetch(`${this.process(index).url}/readyz`, { signal: AbortSignal.timeout(2_000) });
          const { checks }: { checks: Record<string, { leads?: boolean }> } = JSON.parse(await answer.text());
          return checks.leader?.leads === true;
        } catch {
          return false;
        }
      }),
    );
    const index = leads.indexOf(true);
    return index < 0 ? undefined : index;
  }

  async clear(): Promise<void> {
    for (const { nats, etcd } of this.#ways) for (const way of [...nats, etcd]) way.close();
    await this.replicas.clear();
  }
}
