import { randomUUID } from 'node:crypto';
import { createFailpoint, type Failpoint } from '../shared/failpoint.ts';
import { messageOf } from '../shared/fault.ts';
import type { Logger } from '../shared/log.ts';
import { ClientTls, type ClientTlsPaths } from '../shared/tls/clientTls.ts';
import { Connections } from './http.ts';
import type { BackoffLimits } from './push/backoff.ts';
import { hostLookup } from './push/hostLookup.ts';
import { DiskQueue } from './push/queue.ts';
import { type DropReason, type PushTrouble, pack, Sender } from './push/sender.ts';
import { srvResolver } from './push/srv.ts';
import { type Discovery, Targets } from './push/targets.ts';
import type { PushFault } from './push/verdict.ts';
import { type BatchBounds, batchesOf, encodeSnapshot, type PeerSnapshot } from './snapshot.ts';

export type { PeerSnapshot } from './snapshot.ts';

/** Where aggregators are: URLs, the preferred first, or a name of DNS with SRV records. */
export type Aggregators =
  | readonly string[]
  | {
      /** `_aggregator._tcp.example.org` */
      readonly srv: string;
      readonly scheme?: 'http' | 'https';
      /** Milliseconds between two questions; a minute where left out. */
      readonly interval?: number;
      /** `host:port` of name servers, of hosts too that the system does not know; those of the system where left out. */
      readonly servers?: readonly string[];
    };

export interface ClientOptions {
  readonly aggregators: Aggregators;
  /** The `node_id` of snapshots that name none. */
  readonly node: string;
  /** For this client alone; two clients cannot share one. */
  readonly queueFolder: string;
  /** 256 MiB where left out. */
  readonly maxQueueBytes?: number;
  /** Of the peers; where left out that of the token. */
  readonly network?: string;
  /** Asked for before each request, so that it may change. */
  readonly token?: () => string | undefined;
  readonly tls?: ClientTlsPaths;
  /** Milliseconds for one request; ten seconds where left out. */
  readonly timeout?: number;
  /** One second to one minute where left out. */
  readonly backoff?: BackoffLimits;
  /** 1,000 snapshots and 1 MiB where left out. */
  readonly batch?: BatchBounds;
  readonly log?: Logger;
  readonly observer?: Partial<ClientObserver>;
  readonly failpoint?: Failpoint;
}

/** Is told what happens, for metrics. */
export interface ClientObserver {
  onPushed(snapshots: number, seconds: number): void;
  onFault(reason: PushFault): void;
  onDropped(reason: DropReason, snapshots: number): void;
}

export interface ClientState {
  readonly batches: number;
  readonly snapshots: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Aggregators that are known. */
  readonly targets: number;
  /** Milliseconds; undefined before the first acknowledgement. */
  readonly lastSuccess: number | undefined;
  readonly trouble: PushTrouble | undefined;
  readonly tlsProblem: string | undefined;
}

export interface Pushed {
  /** Durable on this machine: they arrive, or are counted as dropped. */
  readonly queued: number;
  /** Why others were not taken, by their place in what was pushed. */
  readonly invalid: readonly { readonly index: number; readonly reason: string }[];
}

/** Sends snapshots of peers to aggregators, by way of a queue on the disk. */
export interface Client {
  /**
   * Durable on this machine when it returns; an aggregator may have it much later.
   *
   * @throws Error where the disk fails; what was queued before it failed stays queued
   */
  push(snapshots: readonly PeerSnapshot[]): Promise<Pushed>;
  state(): ClientState;
  /** Finishes the request that is under way. What waits stays on the disk for the next client with this folder. */
  close(): Promise<void>;
}

/** @throws ServiceFault where the folder belongs to another process, or a TLS file cannot be used */
export async function openClient(options: ClientOptions): Promise<Client> {
  const { log, observer = {}, maxQueueBytes: maxBytes = 268_435_456 } = options;
  const { batch: bounds = { maxSnapshots: 1_000, maxBytes: 1_048_576 } } = options;
  const failpoint = options.failpoint ?? createFailpoint(undefined);
  const tls = new ClientTls(options.tls ?? {}, log);
  const servers = 'srv' in options.aggregators ? (options.aggregators.servers ?? []) : [];
  const connections = new Connections(servers.length === 0 ? undefined : hostLookup(servers));
  const onDropped = (reason: DropReason, snapshots: number, why: string) => {
    observer.onDropped?.(reason, snapshots);
    log?.warn({ reason, snapshots, why }, 'snapshots were dropped');
  };
  const queue = await DiskQueue.open({
    folder: options.queueFolder,
    maxBytes,
    failpoint,
    onDropped: ({ snapshots }) => onDropped('full', snapshots, 'the queue is full: the oldest make room'),
  });
  const targets = new Targets(discoveryOf(options.aggregators));
  const tell = teller(log);
  let lastSuccess: number | undefined;
  let closed = false;
  const sender = new Sender({
    queue,
    targets,
    connections,
    token: options.token ?? (() => undefined),
    tls: () => tls.current(),
    network: options.network,
    timeout: options.timeout ?? 10_000,
    backoff: options.backoff ?? { min: 1_000, max: 60_000 },
    failpoint,
    onPushed: (snapshots, seconds) => {
      lastSuccess = Date.now();
      tell('ok', '');
      observer.onPushed?.(snapshots, seconds);
    },
    onFault: (reason, message) => {
      tell(reason, message);
      observer.onFault?.(reason);
    },
    onDropped,
  });
  sender.start();

  return {
    push: async (snapshots) => {
      if (closed) throw new Error('the client is closed');
      const stamp = { node: options.node, at: Math.floor(Date.now() / 1000) };
      const texts: string[] = [];
      const invalid: { index: number; reason: string }[] = [];
      for (const [index, snapshot] of snapshots.entries()) {
        try {
          texts.push(encodeSnapshot(snapshot, stamp));
        } catch (error) {
          invalid.push({ index, reason: messageOf(error) });
        }
      }
      if (invalid.length > 0) onDropped('invalid', invalid.length, invalid[0]?.reason ?? '');
      let queued = 0;
      let tried = 0;
      for (const batch of batchesOf(texts, bounds)) {
        try {
          if ((await queue.append(await pack(batch), randomUUID())) !== undefined) queued += batch.length;
        } catch (error) {
          onDropped('disk', texts.length - tried, messageOf(error));
          throw error;
        }
        tried += batch.length;
        sender.poke();
      }
      return { queued, invalid };
    },
    state: () => ({
      batches: queue.length,
      snapshots: queue.snapshots,
      bytes: queue.bytes,
      maxBytes,
      targets: targets.size,
      lastSuccess,
      trouble: sender.trouble(),
      tlsProblem: tls.problem(),
    }),
    close: async () => {
      closed = true;
      await sender.stop();
      connections.close();
      await queue.close();
    },
  };
}

function discoveryOf(aggregators: Aggregators): Discovery {
  if (!('srv' in aggregators)) return { urls: aggregators };
  const { srv, scheme = 'http', interval = 60_000, servers = [] } = aggregators;
  return { srv, scheme, interval, resolve: srvResolver(servers) };
}

/** Says what changed, and nothing while it stays. */
function teller(log: Logger | undefined): (state: 'ok' | PushFault, message: string) => void {
  let said: string = 'ok';
  return (state, message) => {
    if (state === said) return;
    if (state === 'ok') log?.info('the aggregator takes batches again');
    else log?.warn({ reason: state, message }, 'a batch could not be delivered');
    said = state;
  };
}
