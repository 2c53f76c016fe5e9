import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Counter, Registry } from 'prom-client';
import { limitedComplaints } from '../complaints.ts';
import { messageOf } from '../fault.ts';
import type { ReadinessCheck } from '../http.ts';
import type { Logger } from '../log.ts';
import { counter, gauge, sharedMetrics } from '../metrics.ts';
import { identityOf, type Pair, readPair } from './pair.ts';
import { PLAIN_HTTP, plainHttpAnswer, refusalOf } from './refusal.ts';
import type { TlsPaths } from './settings.ts';

export interface ServerTlsOptions {
  readonly log: Logger;
  readonly registry: Registry;
}

const LOOK_EVERY_MS = 1_000;
/** Whoever takes longer is slow on purpose, or lost. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
const MIN_VERSION = 'TLSv1.2';

/**
 * The TLS of a server. The files are read again when they change: new connections get the new certificate, those that are
 * open stay. A pair that is no good (half written, of two pairs, ended) is not taken: the last good one stays, and we say so.
 */
export class ServerTls {
  readonly #paths: TlsPaths;
  readonly #log: Logger;
  readonly #failures: Counter;
  #pair: Pair;
  #seen: string;
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @throws ServiceFault where the files are no good */
  constructor(paths: TlsPaths, { log, registry }: ServerTlsOptions) {
    this.#paths = paths;
    this.#log = log;
    this.#seen = identityOf(paths);
    this.#pair = readPair(paths, Date.now());
    this.#failures = counter(registry, sharedMetrics.tlsHandshakeFailures);
    gauge(registry, sharedMetrics.tlsExpiry, (metric) => metric.set(this.#pair.notAfter / 1000));
  }

  /** @param options of the HTTP part */
  createServer(options: ServerOptions, listener: RequestListener): Server {
    const server = createServer(
      {
        ...options,
        ...contextOf(this.#pair),
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
        requestCert: this.#paths.clientCa !== undefined,
        rejectUnauthorized: this.#paths.clientCa !== undefined,
      },
      listener,
    );
    this.#tellRefusals(server);
    this.#timer = setInterval(() => this.#look(server), LOOK_EVERY_MS);
    server.once('close', () => clearInterval(this.#timer));
    return server;
  }

  /** Fails only when the certificate in use has ended: then nobody can connect. */
  check(): ReadinessCheck {
    const notAfter = new Date(this.#pair.notAfter).toISOString();
    const remedy = 'put a new pair in the place of the files; it is read within a second';
    if (Date.now() > this.#pair.notAfter) return { ok: false, reason: 'the certificate has ended', remedy, notAfter };
    return this.#problem === undefined ? { ok: true, notAfter } : { ok: true, note: this.#problem, notAfter };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tellRefusals(server: Server): void {
    const complain = limitedComplaints(this.#log);
    // One that is closed does not know any more whose it was.
    const callers = new WeakMap<Socket, string>();
    server.on('connection', (socket: Socket) => callers.set(socket, socket.remoteAddress ?? ''));
    // Before the HTTP part, which hangs up.
    server.prependListener('tlsClientError', (error: Error, socket: TLSSocket) => {
      this.#failures.inc();
      const below = socketBelow(socket);
      const { authorizationError } = socket;
      const unauthorized = authorizationError ? String(authorizationError) : undefined;
      const { error: word, ...words } = refusalOf(error, unauthorized, this.#paths);
      complain(word, '', below && callers.get(below), words);
      if (word === PLAIN_HTTP) below?.write(plainHttpAnswer());
    });
  }

  #look(server: Server): void {
    const seen = identityOf(this.#paths);
    if (seen === this.#seen && this.#problem === undefined) return;
    try {
      const next = readPair(this.#paths, Date.now());
      // Written while we read: the next look sees all of it.
      if (identityOf(this.#paths) !== seen) return;
      const changed = next.cert !== this.#pair.cert || next.key !== this.#pair.key || next.ca !== this.#pair.ca;
      if (changed) {
        server.setSecureContext(contextOf(next));
        this.#log.info({ file: this.#paths.cert, notAfter: new Date(next.notAfter).toISOString() }, 'TLS files reread');
      }
      this.#pair = next;
      this.#seen = seen;
      this.#problem = undefined;
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== this.#problem) this.#log.warn({ problem }, 'TLS files: the last good pair stays in use');
      this.#problem = problem;
    }
  }
}

/** What TLS is spoken over; undefined where Node keeps it elsewhere than today. */
function socketBelow(socket: TLSSocket): Socket | undefined {
  const below: unknown = Reflect.get(socket, '_parent');
  return below instanceof Socket ? below : undefined;
}

function contextOf({ cert, key, ca }: Pair) {
  return { cert, key, minVersion: MIN_VERSION, ...(ca === undefined ? {} : { ca }) } as const;
}
