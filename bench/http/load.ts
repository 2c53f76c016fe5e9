import { connect, type Socket } from 'node:net';

/** A request that is ready to be sent: head and body in one buffer. */
export type Request = Buffer;

export interface LoadResult {
  /** Milliseconds per request, sorted. */
  readonly latencies: readonly number[];
  readonly seconds: number;
  readonly failures: number;
}

/** An HTTP/1.1 client on one connection, as lean as can be: the generator shares the cores with what it measures. */
class Client {
  readonly #port: number;
  #socket: Socket;
  #received = '';
  #done: ((status: number) => void) | undefined;
  #request: Request | undefined;
  /** Whether it has answered already. */
  #used = false;

  constructor(port: number) {
    this.#port = port;
    this.#socket = this.#open();
  }

  send(request: Request): Promise<number> {
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#request = request;
      if (this.#socket.destroyed || this.#socket.readableEnded) this.#again();
      else this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#read(text));
    const lost = () => {
      // What is closed later than it was replaced has nobody who waits for it.
      if (socket !== this.#socket || this.#done === undefined) return;
      // A server closes a connection that was idle for some seconds, be it while the next request is on its way.
      if (this.#used && this.#received === '') this.#again();
      else this.#answer(0);
    };
    return socket.on('error', lost).on('close', lost);
  }

  #again(): void {
    this.#used = false;
    this.#socket = this.#open();
    if (this.#request !== undefined) this.#socket.write(this.#request);
  }

  #answer(status: number): void {
    const done = this.#done;
    this.#done = undefined;
    this.#request = undefined;
    this.#received = '';
    this.#used = status !== 0;
    done?.(status);
  }

  #read(text: string): void {
    this.#received += text;
    const head = this.#received.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#received.slice(0, head))?.[1] ?? 0);
    if (this.#received.length < head + 4 + length) return;
    this.#answer(Number(this.#received.slice(9, 12)));
  }
}

/** @param headers besides those that every request has; their names in small letters */
export function requestOf(
  path: string,
  body: string,
  token: string,
  headers: Readonly<Record<string, string>> = {},
): Request {
  const all = {
    host: '127.0.0.1',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

/**
 * As fast as it goes: each connection sends its next request when the last is answered.
 *
 * @param requests made as they are sent, where they are not there already
 * @param seconds after which no further one is sent
 */
export async function flatOut(
  port: number,
  requests: Iterable<Request>,
  connections: number,
  seconds = Number.POSITIVE_INFINITY,
): Promise<LoadResult> {
  const latencies: number[] = [];
  let failures = 0;
  const source = requests[Symbol.iterator]();
  const begun = performance.now();
  const next = (): Request | undefined => {
    if (performance.now() - begun > seconds * 1000) return undefined;
    const { done, value } = source.next();
    return done === true ? undefined : value;
  };
  const work = async () => {
    const client = new Client(port);
    for (let request = next(); request !== undefined; request = next()) {
      const sent = performance.now();
      if (!isTaken(await client.send(request))) failures += 1;
      latencies.push(performance.now() - sent);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
  return { latencies: latencies.sort((a, b) => a - b), seconds: (performance.now() - begun) / 1000, failures };
}

/**
 * At a fixed rate, whether or not the answers keep up. The latency of a request counts from the moment when it was due,
 * so a server that stops for a while is charged for everything that had to wait.
 */
export async function paced(port: number, requests: readonly Request[], perSecond: number): Promise<LoadResult> {
  const latencies: number[] = [];
  let failures = 0;
  const idle: Client[] = Array.from({ length: 16 }, () => new Client(port));
  const all = [...idle];
  const due: { request: Request; at: number }[] = [];
  const begun = performance.now();
  let next = 0;
  await new Promise<void>((resolve) => {
    const pump = () => {
      for (let item = due[0]; item !== undefined; item = due[0]) {
        const client = idle.pop() ?? (all.length < 256 ? new Client(port) : undefined);
        if (client === undefined) return;
        if (!all.includes(client)) all.push(client);
        due.shift();
        const { request, at } = item;
        void client.send(request).then((status) => {
          if (!isTaken(status)) failures += 1;
          latencies.push(performance.now() - at);
          idle.push(client);
          if (latencies.length === requests.length) resolve();
          else pump();
        });
      }
    };
    const timer = setInterval(() => {
      const until = Math.min(requests.length, Math.floor(((performance.now() - begun) / 1000) * perSecond) + 1);
      for (; next < until; next += 1) {
        const request = requests[next];
        if (request !== undefined) due.push({ request, at: begun + (next / perSecond) * 1000 });
      }
      pump();
      if (next === requests.length) clearInterval(timer);
    }, 1);
  });
  for (const client of all) client.close();
  return { latencies: latencies.sort((a, b) => a - b), seconds: (performance.now() - begun) / 1000, failures };
}

/** 0 stands for a connection that broke. */
function isTaken(status: number): boolean {
  return status >= 200 && status < 300;
}

/** @param share 0.99 for p99 */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Of the requests a second of two runs. */
export function ratio(ours: LoadResult, theirs: LoadResult): string {
  return (ours.latencies.length / ours.seconds / (theirs.latencies.length / theirs.seconds)).toFixed(2);
}
