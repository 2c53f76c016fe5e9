import { join } from 'node:path';
import type { Counter } from 'prom-client';
import { type Client, openClient, type PeerSnapshot } from '../agent/client.ts';
import { messageOf } from '../shared/fault.ts';
import type { Logger } from '../shared/log.ts';
import { counter } from '../shared/metrics.ts';
import { SecretFile } from '../shared/secretFile.ts';
import type { ServiceContext } from '../shared/service.ts';
import { simulatorMetrics as m } from './metrics.ts';
import type { SimulatedNetwork } from './network.ts';
import type { FleetSettings } from './settings.ts';

interface Member {
  readonly network: SimulatedNetwork;
  readonly client: Client;
}

/** The aggregator comes up beside us: nobody should wait for its first figures. */
const BACKOFF = { min: 200, max: 5_000 };

/** Nodes of simulated networks, each of which pushes what it knows of its peers, as an agent beside it would. */
export class Fleet {
  readonly #members: readonly Member[];
  /** Milliseconds. */
  readonly #interval: number;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  #lastAt = 0;

  private constructor(members: readonly Member[], interval: number, log: Logger) {
    this.#members = members;
    this.#interval = interval;
    this.#log = log;
  }

  /** @throws ServiceFault where a queue belongs to another process, or the token file cannot be read */
  static async open(
    { aggregator, tokenFile, queueFolder, interval }: FleetSettings,
    networks: readonly SimulatedNetwork[],
    { log, registry, secrets }: ServiceContext,
  ): Promise<Fleet> {
    const file = tokenFile === undefined ? undefined : new SecretFile(tokenFile, { holds: 'bearer token', log });
    const token = () => file?.current()[0]?.split(/\s/, 1)[0];
    secrets.add(() => [token() ?? '']);
    const outcomes = counter(registry, m.fleetSnapshots);
    const members = await Promise.all(
      networks.map(async (network) => ({
        network,
        client: await openClient({
          aggregators: [aggregator],
          node: network.name,
          network: network.name,
          queueFolder: join(queueFolder, network.name),
          token,
          backoff: BACKOFF,
          log,
          observer: observerOf(network.name, outcomes),
        }),
      })),
    );
    return new Fleet(members, interval, log);
  }

  start(): void {
    if (!this.#stopped) this.#next();
  }

  /** What waits stays on the disk. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    await Promise.all(this.#members.map(({ client }) => client.close()));
  }

  #next(): void {
    const begun = performance.now();
    this.#running = this.#round().then(() => {
      if (this.#stopped) return;
      this.#timer = setTimeout(() => this.#next(), Math.max(0, this.#interval - (performance.now() - begun)));
    });
  }

  async #round(): Promise<void> {
    // Of two snapshots of a peer by the same node in one second the aggregator keeps one.
    const now = Math.max(Math.floor(Date.now() / 1000), this.#lastAt + 1);
    this.#lastAt = now;
    for (const { network, client } of this.#members) {
      try {
        const snapshots = snapshotsOf(network, now);
        if (snapshots.length > 0) await client.push(snapshots);
      } catch (error) {
        this.#log.warn({ network: network.name, problem: messageOf(error) }, 'the fleet could not push');
      }
    }
  }
}

function snapshotsOf(network: SimulatedNetwork, timestamp: number): PeerSnapshot[] {
  return network.settings.targets.flatMap((target) =>
    (network.peers(target, Date.now() / 1000) ?? []).map(({ peer, metrics }) => ({
      peer_id: peer,
      node_id: target.instance,
      timestamp,
      metrics,
    })),
  );
}

function observerOf(network: string, outcomes: Counter<'network' | 'outcome'>) {
  return {
    onPushed: (snapshots: number) => outcomes.inc({ network, outcome: 'delivered' }, snapshots),
    onDropped: (_reason: string, snapshots: number) => outcomes.inc({ network, outcome: 'dropped' }, snapshots),
  };
}
