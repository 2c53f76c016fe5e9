import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { codeOf, messageOf } from '../shared/fault.ts';
import type { TlsMaterial } from '../shared/tls/clientTls.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  /** Of the answer. */
  readonly maxBytes: number;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

export type ExchangeFaultKind = 'connection' | 'timeout' | 'tls' | 'payload';

/** An exchange that brought no answer. The message never holds the URL: it may hold a key. */
export class ExchangeFault extends Error {
  override name = 'ExchangeFault';
  readonly kind: ExchangeFaultKind;
  /** The other side hung up on a long body: it may have had enough of it, and what it said of that was lost with the connection. */
  readonly cut: boolean;

  constructor(kind: ExchangeFaultKind, message: string, cut = false) {
    super(message);
    this.kind = kind;
    this.cut = cut;
  }
}

/** Connections that are kept open between exchanges; opened anew when the TLS material changes. */
export class Connections {
  readonly #options: { readonly keepAlive: true; readonly maxSockets: number; readonly lookup?: LookupFunction };
  readonly #http: HttpAgent;
  #https: HttpsAgent;
  #material = '';
  #closed = false;

  /** @param lookup how addresses of hosts are found; the system's way where left out */
  constructor(lookup?: LookupFunction) {
    this.#options = { keepAlive: true, maxSockets: 4, ...(lookup === undefined ? {} : { lookup }) };
    this.#http = new HttpAgent(this.#options);
    this.#https = new HttpsAgent(this.#options);
  }

  /** @throws Error for material that is no PEM */
  trust(material: TlsMaterial): void {
    const said = JSON.stringify(material);
    if (said === this.#material) return;
    const { ca, cert, key } = material;
    const given = { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert, key }) };
    const next = new HttpsAgent({ ...this.#options, ...given });
    this.#https.destroy();
    this.#https = next;
    this.#material = said;
  }

  /**
   * Sends one request and reads its answer. Redirects are not followed: they would carry the token to somewhere else.
   *
   * @throws ExchangeFault
   */
  async exchange(url: URL, options: Exchange): Promise<Answer> {
    const first = await this.#once(url, options);
    // The other side had closed a connection that we kept, as it may at any time: no news of it, and no loss.
    return first === 'stale' ? this.#requireAnswer(await this.#once(url, options)) : first;
  }

  /** What is under way fails. */
  close(): void {
    this.#closed = true;
    this.#http.destroy();
    this.#https.destroy();
  }

  #requireAnswer(answer: Answer | 'stale'): Answer {
    if (answer === 'stale') throw new ExchangeFault('connection', 'the connection was closed');
    return answer;
  }

  #once(url: URL, { method, headers, body, timeout, maxBytes }: Exchange): Promise<Answer | 'stale'> {
    if (this.#closed) return Promise.reject(new ExchangeFault('connection', 'we are about to end'));
    const secure = url.protocol === 'https:';
    const { username, password } = url;
    const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
    const all = {
      ...headers,
      ...(username === '' && password === '' ? {} : { authorization: `Basic ${basic}` }),
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    };
    return new Promise((resolve, reject) => {
      const onAnswer = (answer: IncomingMessage) => {
        readText(answer, maxBytes).then((text) => {
          clearTimeout(timer);
          resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'], body: text });
        }, fail);
      };
      const target = { host: unbracketed(url.hostname), port: url.port, path: url.pathname + url.search };
      const request: ClientRequest = secure
        ? httpsRequest({ ...target, method, headers: all, agent: this.#https }, onAnswer)
        : httpRequest({ ...target, method, headers: all, agent: this.#http }, onAnswer);
      const fail = (error: unknown) => {
        clearTimeout(timer);
        request.destroy();
        const hungUp = HANGING_UP.has(codeOf(error) ?? '');
        if (request.reusedSocket && hungUp) resolve('stale');
        else reject(error instanceof ExchangeFault ? error : faultOf(error, hungUp && (body?.length ?? 0) > LONG));
      };
      const timer = setTimeout(() => fail(new ExchangeFault('timeout', `no answer within ${timeout} ms`)), timeout);
      request.on('error', fail);
      request.end(body);
    });
  }
}

/** Bytes. A shorter body is on its way as a whole before anybody can answer. */
const LONG = 65_536;

/** What the system says where the other side closes while we write. */
const HANGING_UP: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

async function readText(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.length;
    if (size > maxBytes) throw new ExchangeFault('payload', `the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

function faultOf(error: unknown, cut: boolean): ExchangeFault {
  const code = codeOf(error) ?? '';
  if (code === 'ECONNREFUSED') return new ExchangeFault('connection', 'connection refused: nothing listens there');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new ExchangeFault('connection', 'the name of the host cannot be resolved');
  }
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|HOSTNAME|EPROTO/.test(code)) return new ExchangeFault('tls', `TLS: ${code}`);
  const message = code === '' ? messageOf(error).slice(0, 200) : `the connection failed (${code})`;
  return new ExchangeFault('connection', message, cut);
}
