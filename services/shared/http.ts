import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { type Address, addressOf } from './address.ts';
import { AddressInUse, codeOf, messageOf, ServiceFault } from './fault.ts';
import type { Logger } from './log.ts';
import { gauge, histogram, sharedMetrics } from './metrics.ts';
import { KnownRoutes } from './routes.ts';
import type { ServerTls } from './tls/serverTls.ts';

export type App = FastifyInstance;

/** The body of every answer that is not a success. */
export interface ErrorBody {
  /** A stable word for programs: `unauthorized`, `store_full`. */
  readonly error: string;
  readonly reason: string;
  readonly remedy: string;
}

/** Thrown by a handler to answer with an ErrorBody. */
export class HttpFault extends Error {
  override name = 'HttpFault';
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: ErrorBody, headers: Readonly<Record<string, string>> = {}) {
    super(body.reason);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** One thing that a service needs for its work. `ok: false` makes /readyz fail; other members are shown as they are. */
export interface ReadinessCheck {
  readonly ok: boolean;
  readonly reason?: string;
  readonly [detail: string]: string | number | boolean | null | undefined;
}

export interface AppOptions {
  readonly log: Logger;
  readonly registry: Registry;
  readonly readiness: Readonly<Record<string, () => ReadinessCheck>>;
  readonly maxBodyBytes?: number;
  /** Plain HTTP where left out. */
  readonly tls?: ServerTls | undefined;
  /**
   * Sees each request first; true where it answers it itself. For a path so hot that the router and its hooks would be
   * most of the work.
   */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Called for each answer with status 400 or more, with the error word. */
  readonly onRejected?: (error: string, request: FastifyRequest) => void;
}

const SERVER_OPTIONS = {
  /** A sender that takes longer to send one request is slow on purpose, or lost. */
  requestTimeout: 15_000,
  headersTimeout: 10_000,
  /** Longer than the minute that senders commonly wait between two groups, so that they find their connection open. */
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16_384,
  connectionsCheckingInterval: 1_000,
} as const;
const MAX_CONNECTIONS = 1_024;

/**
 * The HTTP server that every service starts from: `/metrics`, `/healthz`, `/readyz`, JSON errors, limits.
 *
 * Routes are added by the service; `listen` opens it.
 */
export function createApp(options: AppOptions): App {
  const { log, registry, tls } = options;
  const readiness = tls === undefined ? options.readiness : { ...options.readiness, tls: () => tls.check() };
  const app = fastify({
    logger: false,
    bodyLimit: options.maxBodyBytes ?? 1_048_576,
    forceCloseConnections: 'idle',
    // A name of 256 bytes, each written as %XX.
    routerOptions: { maxParamLength: 1_024 },
    serverFactory: (handle) => {
      const listener = (request: IncomingMessage, response: ServerResponse) => {
        if (options.intercept?.(request, response) !== true) handle(request, response);
      };
      return tls === undefined
        ? createHttpServer(SERVER_OPTIONS, listener)
        : tls.createServer(SERVER_OPTIONS, listener);
    },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, _request, reply) => {
      const body: ErrorBody = { error: 'bad_request', reason: error.message, remedy: 'send a well-formed URL' };
      reply.raw.writeHead(400, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    },
  });
  app.server.maxConnections = MAX_CONNECTIONS;

  const durations = histogram(registry, sharedMetrics.httpRequestSeconds);
  gauge(registry, sharedMetrics.ready, (ready) => ready.set(checkReadiness(readiness).ready ? 1 : 0));

  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    durations.observe({ method: request.method, route, code: String(reply.statusCode) }, reply.elapsedTime / 1000);
  });
  app.setErrorHandler((error: FastifyError | HttpFault, request, reply) => {
    const fault = error instanceof HttpFault ? error : translateError(error, log);
    options.onRejected?.(fault.body.error, request);
    return sendFault(reply, fault);
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = routes.methodsOf(request.url.split('?')[0] ?? '');
    if (allowed.length > 0) {
      options.onRejected?.('method_not_allowed', request);
      return sendFault(reply, wrongMethod(request, allowed));
    }
    options.onRejected?.('not_found', request);
    return sendFault(
      reply,
      new HttpFault(404, {
        error: 'not_found',
        reason: `there is no ${request.method} ${request.url.split('?')[0]?.slice(0, 200)}`,
        remedy: `known are ${routes}`,
      }),
    );
  });

  const routes = new KnownRoutes();
  app.addHook('onRoute', ({ method, url }) => routes.add(method, url));

  app.get('/healthz', async () => ({ alive: true }));
  app.get('/readyz', async (_request, reply) => {
    const state = checkReadiness(readiness);
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  return app;
}

/**
 * Opens the server.
 *
 * @throws ServiceFault when the address cannot be had
 */
export async function listen(app: App, want: { readonly host: string; readonly port: number }): Promise<Address> {
  try {
    await app.listen({ host: want.host, port: want.port, backlog: 1_024 });
  } catch (error) {
    throw listenFault(error, want);
  }
  const bound = app.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : want.port;
  return addressOf(want.host, port, app.server instanceof TlsServer ? 'https' : 'http');
}

/**
 * Sees whether the server could be opened, and lets go again: before a service has left anything on disk.
 *
 * @throws ServiceFault when the address cannot be had
 */
export async function requireFreeAddress(want: { readonly host: string; readonly port: number }): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host: want.host, port: want.port, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    throw listenFault(error, want);
  } finally {
    server.close();
  }
}

/**
 * Stops accepting, and waits until every request that was accepted is answered.
 *
 * A connection that falls idle after its last answer would otherwise hold the server open for its whole keep-alive time.
 */
export async function closeApp(app: App): Promise<void> {
  const sweeping = setInterval(() => app.server.closeIdleConnections(), 50);
  try {
    await app.close();
  } finally {
    clearInterval(sweeping);
  }
}

function listenFault(error: unknown, { host, port }: { readonly host: string; readonly port: number }): unknown {
  const place = `${host}:${port}`;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new AddressInUse(host, port);
    case 'EACCES':
      return new ServiceFault(`this user may not listen on ${place}`, 'choose a port above 1023 with --listen');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ServiceFault(
        `${host} is no address of this machine`,
        'choose one with --listen, for example 127.0.0.1',
        // While a machine starts, an address of it may not be there yet.
        { passing: true },
      );
    default:
      return error;
  }
}

function wrongMethod({ method, url }: FastifyRequest, allowed: readonly string[]): HttpFault {
  const reason = `${url.split('?')[0]?.slice(0, 200)} takes no ${method}`;
  const body = { error: 'method_not_allowed', reason, remedy: `use ${allowed.join(' or ')}` };
  return new HttpFault(405, body, { allow: allowed.join(', ') });
}

/** All checks; ready when each is ok. A check that throws is not. */
export function checkReadiness(readiness: AppOptions['readiness']): {
  ready: boolean;
  checks: Record<string, ReadinessCheck>;
} {
  const attempt = (check: () => ReadinessCheck): ReadinessCheck => {
    try {
      return check();
    } catch (error) {
      return { ok: false, reason: messageOf(error) };
    }
  };
  const checks = Object.fromEntries(Object.entries(readiness).map(([name, check]) => [name, attempt(check)]));
  return { ready: Object.values(checks).every(({ ok }) => ok), checks };
}

function sendFault(reply: FastifyReply, fault: HttpFault): FastifyReply {
  return reply.code(fault.status).headers(fault.headers).type('application/json; charset=utf-8').send(fault.body);
}

function translateError(error: FastifyError, log: Logger): HttpFault {
  const status = error.statusCode ?? 500;
  if (status === 413) {
    const remedy = 'send less at once, or raise maxBodyBytes where this service has it';
    return new HttpFault(413, { error: 'too_large', reason: 'the body is larger than this service takes', remedy });
  }
  if (status === 415) {
    const remedy = 'send JSON, with the header content-type: application/json (curl sends another one by itself)';
    return new HttpFault(415, { error: 'not_json', reason: 'the body is not said to be JSON', remedy });
  }
  if (status >= 400 && status < 500) {
    return new HttpFault(status, { error: 'bad_request', reason: error.message, remedy: 'correct the request' });
  }
  log.error({ err: error }, 'a request failed for a reason of our own');
  const remedy = 'see the log of this service; the sender may try again';
  return new HttpFault(500, { error: 'internal', reason: 'the service failed on this request', remedy });
}

function answerBrokenRequest(error: Error, socket: Socket): void {
  const code = codeOf(error);
  // Without TLS agreed upon there is nothing that the other side could read.
  if (code === 'ECONNRESET' || !socket.writable || /^ERR_(?:SSL|TLS)_/.test(code ?? '')) {
    socket.destroy();
    return;
  }
  const status =
    code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? '408 Request Timeout'
      : code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request';
  const body = JSON.stringify({
    error: 'bad_request',
    reason: messageOf(error),
    remedy: 'send one complete HTTP/1.1 request at a time',
  } satisfies ErrorBody);
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
