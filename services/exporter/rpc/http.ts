import { codeOf } from '../../shared/fault.ts';
import { MAX_ANSWER_BYTES, readAnswer } from './answer.ts';
import { RpcFault } from './fault.ts';
import type { Transport } from './transport.ts';

/** JSON-RPC over HTTP. Connections are kept and shared by Node's own `fetch`. */
export class HttpTransport implements Transport {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #closed = new AbortController();
  #lastId = 0;

  constructor(url: URL) {
    const { username, password } = url;
    const bare = new URL(url);
    // fetch refuses a URL with credentials in it; they belong into a header anyway.
    bare.username = '';
    bare.password = '';
    this.#url = bare.href;
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.#headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(credentials === ':' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    };
  }

  async call(method: string, params: readonly unknown[], timeout: number): Promise<unknown> {
    this.#lastId += 1;
    const deadline = AbortSignal.timeout(timeout);
    let status: number;
    let text: string;
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: this.#headers,
        body: JSON.stringify({ jsonrpc: '2.0', id: this.#lastId, method, params }),
        signal: AbortSignal.any([deadline, this.#closed.signal]),
        // A redirect would carry the key in our URL to somewhere else.
        redirect: 'error',
      });
      status = response.status;
      text = await readBounded(response);
    } catch (error) {
      if (error instanceof RpcFault) throw error;
      if (deadline.aborted) throw new RpcFault('timeout', `no answer within ${timeout} ms`);
      throw new RpcFault('connection', reasonOf(error));
    }
    // Some providers send a JSON-RPC error with a status of 4xx: the status is what tells of a bad key or a rate limit.
    if (status !== 200) throw new RpcFault('http', `HTTP status ${status}`);
    return readAnswer(text).result();
  }

  close(): void {
    this.#closed.abort();
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) {
      // Leaving the loop cancels the stream: no more of it is read.
      throw new RpcFault('payload', `the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** fetch says only "fetch failed"; what happened is in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = codeOf(cause);
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused: nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name of the host cannot be resolved';
    case undefined:
      return cause instanceof Error ? cause.message.slice(0, 200) : 'the connection failed';
    default:
      return `the connection failed (${code})`;
  }
}
