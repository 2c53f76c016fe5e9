import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamClient, JetStreamManager, PubAck, StreamInfo } from '@nats-io/jetstream';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { messageOf, ServiceFault } from '../../shared/fault.ts';
import type { Logger } from '../../shared/log.ts';
import { HEADERS } from './message.ts';
import type { StreamState } from './position.ts';
import type { ReplicationSettings } from './settings.ts';
import { dangersOf, leaderless, type StreamFacts, wantedStream } from './streamConfig.ts';

/** What a NATS server without a cluster says of copies on several (server/errors.json of nats-server). */
const REPLICAS_NOT_SUPPORTED = 10_074;
/** What one question to NATS may take. */
const ASK_MS = 2_000;
/** Longer than it takes three servers to find another leader, mostly. */
const PUBLISH_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
/** Looks that fail before another server is tried: this one may be cut off from the others. */
const FAILED_LOOKS = 3;
/** A server says so in a shorter time, or is away. */
const CONNECT_MS = 3_000;

/** The log as it was at one moment. */
export interface Look extends StreamState {
  /** Unix milliseconds: before the question was sent. */
  readonly at: number;
  /** Unix milliseconds: when the log took the first that it has; now where it is empty. */
  readonly firstAt: number;
  /** Bytes of one message, headers included. */
  readonly mostBytes: number;
}

export interface Outgoing {
  readonly subject: string;
  readonly id: string;
  readonly data: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** The library, loaded where there is replication. */
export type Nats = Awaited<ReturnType<typeof loadNats>>;

export async function loadNats() {
  const [transport, jetstream] = await Promise.all([import('@nats-io/transport-node'), import('@nats-io/jetstream')]);
  return { ...transport, ...jetstream };
}

/** The connection to NATS and to the stream that is the log. It comes and goes; `look` says what was last seen. */
export class Link {
  readonly #settings: ReplicationSettings;
  readonly #nats: Nats;
  readonly #log: Logger;
  #connection: NatsConnection | undefined;
  #manager: JetStreamManager | undefined;
  #client: JetStreamClient | undefined;
  #look: Look | undefined;
  #trouble = 'NATS was not reached yet';
  #said = '';
  #failed = 0;
  #stopped = false;
  readonly #onLook = new Set<() => void>();

  constructor(settings: ReplicationSettings, nats: Nats, log: Logger) {
    this.#settings = settings;
    this.#nats = nats;
    this.#log = log;
  }

  /** What was seen last, where that was a moment ago; else undefined. */
  get look(): Look | undefined {
    const fresh = this.#look !== undefined && Date.now() - this.#look.at < FAILED_LOOKS * LOOK_EVERY_MS + ASK_MS;
    return fresh && this.#failed === 0 ? this.#look : undefined;
  }

  /** Why there is no `look`. */
  get trouble(): string {
    return this.#trouble;
  }

  /** Looks at the log until `close`. @param first called after the first look, good or not: a fault ends it */
  async run(first: (fault: ServiceFault | undefined) => void): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#connect();
        await this.refresh();
        first(undefined);
      } catch (error) {
        await this.#failedLook(error);
        first(error instanceof ServiceFault ? error : undefined);
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Asks for the state of the log now. @throws where that cannot be said */
  async refresh(): Promise<Look> {
    const at = Date.now();
    const info = await this.#info();
    const trouble = leaderless(info.cluster);
    if (trouble !== undefined) throw new Error(trouble);
    const limit = Math.min(this.#connection?.info?.max_payload ?? 0, positive(info.config.max_msg_size));
    const { first_seq, last_seq, first_ts } = info.state;
    const firstAt = first_seq > last_seq ? at : Date.parse(String(first_ts));
    const [created, firstSeq, lastSeq] = [String(info.created), first_seq, last_seq];
    const look = { at, created, firstSeq, lastSeq, firstAt, mostBytes: limit };
    this.#look = look;
    this.#failed = 0;
    if (this.#said !== '') this.#log.info({ stream: this.#settings.stream }, 'the log of the replicas answers again');
    this.#said = '';
    for (const listener of this.#onLook) listener();
    return look;
  }

  /** Called after each look that succeeded. @returns what ends it */
  onLook(listener: () => void): () => void {
    this.#onLook.add(listener);
    return () => this.#onLook.delete(listener);
  }

  /** The name of a message; undefined where there is none. @throws where that cannot be said */
  async nameAt(seq: number): Promise<string | undefined> {
    const message = await this.manager().streams.getMessage(this.#settings.stream, { seq });
    return message?.header?.get(HEADERS.name);
  }

  /** @returns where it stands in the log, on the disks of most servers. @throws where that is not known */
  publish({ subject, id, data, headers }: Outgoing): Promise<PubAck> {
    if (this.#client === undefined) return Promise.reject(new Error(this.#trouble));
    const head = this.#nats.headers();
    for (const [name, value] of Object.entries(headers)) head.set(name, value);
    head.set(HEADERS.replica, this.#settings.name);
    const expect = { streamName: this.#settings.stream };
    return this.#client.publish(subject, data, { msgID: id, headers: head, expect, timeout: PUBLISH_MS });
  }

  /** @throws an Error while there is no connection */
  manager(): JetStreamManager {
    if (this.#manager === undefined) throw new Error(this.#trouble);
    return this.#manager;
  }

  /** @throws an Error while there is no connection */
  client(): JetStreamClient {
    if (this.#client === undefined) throw new Error(this.#trouble);
    return this.#client;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    this.#look = undefined;
    await this.#connection?.close();
  }

  async #connect(): Promise<void> {
    if (this.#connection !== undefined && !this.#connection.isClosed()) return;
    const connection = await this.#nats.connect(connectionOptions(this.#settings, this.#nats));
    if (this.#stopped) return connection.close();
    this.#connection = connection;
    this.#manager = await this.#nats.jetstreamManager(connection, { checkAPI: false, timeout: ASK_MS });
    this.#client = this.#nats.jetstream(connection, { timeout: ASK_MS });
  }

  async #info(): Promise<StreamInfo> {
    const { streams } = this.manager();
    const { stream } = this.#settings;
    let info: StreamInfo;
    try {
      info = await streams.info(stream);
    } catch (error) {
      if (
        !(error instanceof this.#nats.JetStreamApiError) ||
        error.code !== this.#nats.JetStreamApiCodes.StreamNotFound
      )
        throw error;
      info = await streams.add(wantedStream(this.#settings)).catch((error: unknown) => {
        throw this.#isAlone(error) ? alone(stream, error) : error;
      });
      this.#log.info({ stream, created: info.created }, 'the stream was not there and is made');
    }
    const dangers = dangersOf(factsOf(info), this.#settings);
    if (dangers.length === 0) return info;
    throw new ServiceFault(
      `the stream ${stream} cannot be the log of the replicas:\n  ${dangers.join('\n  ')}`,
      `change these (nats stream edit ${stream}), or name another stream`,
    );
  }

  #isAlone(error: unknown): boolean {
    return error instanceof this.#nats.JetStreamApiError && error.code === REPLICAS_NOT_SUPPORTED;
  }

  async #failedLook(error: unknown): Promise<void> {
    this.#failed += 1;
    this.#trouble = messageOf(error);
    if (this.#said !== this.#trouble && !this.#stopped) {
      this.#log.error(
        { reason: this.#trouble, servers: this.#settings.servers },
        'the log of the replicas does not answer',
      );
      this.#said = this.#trouble;
    }
    if (this.#failed % FAILED_LOOKS !== 0 || this.#connection?.isClosed() !== false) return;
    // It fails while there is no connection, and then there is another try under way already.
    await this.#connection.reconnect().catch(() => {});
  }
}

/** One server cannot keep three copies, however often it is asked. */
function alone(stream: string, error: unknown): ServiceFault {
  return new ServiceFault(
    `the stream ${stream} cannot be made: ${messageOf(error)}`,
    'name the servers of a NATS cluster of at least streamReplicas servers; with streamReplicas: 1 one server will do, to try it out',
  );
}

function connectionOptions(settings: ReplicationSettings, nats: Nats): ConnectionOptions {
  const { servers, name, tokenFile, credentialsFile, caFile, certFile, keyFile } = settings;
  const files = { ...(caFile && { caFile }), ...(certFile && keyFile && { certFile, keyFile }) };
  return {
    servers,
    name: `chainwatch-aggregator ${name}`,
    timeout: CONNECT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    pingInterval: 2_000,
    maxPingOut: 2,
    ignoreClusterUpdates: true,
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
    // Functions, so that a file that has changed is read at the next connection.
    ...(tokenFile && { authenticator: nats.tokenAuthenticator(() => readFileSync(tokenFile, 'utf8').trim()) }),
    ...(credentialsFile && { authenticator: nats.credsAuthenticator(() => readFileSync(credentialsFile)) }),
    // Files, which it reads at each connection.
    ...((caFile || certFile) && { tls: files }),
  };
}

function positive(limit: number): number {
  return limit > 0 ? limit : Number.POSITIVE_INFINITY;
}

function factsOf({ config }: StreamInfo): StreamFacts {
  return config;
}
