import { MAX_ANSWER_BYTES, readAnswer } from './answer.ts';
import { asRpcFault, RpcFault } from './fault.ts';
import type { Transport } from './transport.ts';

interface Waiting {
  resolve(result: unknown): void;
  reject(fault: RpcFault): void;
}

/** JSON-RPC over one WebSocket, opened at the first call and again after it was lost. */
export class WebSocketTransport implements Transport {
  readonly #url: URL;
  readonly #waiting = new Map<number, Waiting>();
  #socket: WebSocket | undefined;
  #lastId = 0;
  #received = 0;

  constructor(url: URL) {
    this.#url = url;
  }

  call(method: string, params: readonly unknown[], timeout: number): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const receivedBefore = this.#received;
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#waiting.delete(id);
      };
      const timer = setTimeout(() => {
        settle();
        reject(new RpcFault('timeout', `no answer within ${timeout} ms`));
        // Nothing at all came: the socket may be dead without anybody having said so.
        if (this.#received === receivedBefore) this.#drop(new RpcFault('timeout', 'the connection is silent'));
      }, timeout);
      this.#waiting.set(id, {
        resolve(result) {
          settle();
          resolve(result);
        },
        reject(fault) {
          settle();
          reject(fault);
        },
      });
      this.#send(JSON.stringify({ jsonrpc: '2.0', id, method, params }), id);
    });
  }

  close(): void {
    this.#drop(new RpcFault('connection', 'the connection was closed'));
  }

  #send(text: string, id: number): void {
    const socket = this.#socket ?? this.#open();
    if (socket === undefined) {
      this.#waiting.get(id)?.reject(new RpcFault('connection', 'the URL cannot be opened as a WebSocket'));
    } else if (socket.readyState === WebSocket.OPEN) {
      socket.send(text);
    } else {
      socket.addEventListener('open', () => socket.send(text), { once: true });
    }
  }

  #open(): WebSocket | undefined {
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.#url);
    } catch {
      return undefined;
    }
    const lost = () => {
      if (this.#socket === socket) this.#drop(new RpcFault('connection', 'the WebSocket was closed or refused'));
    };
    socket.addEventListener('close', lost);
    socket.addEventListener('error', lost);
    socket.addEventListener('message', ({ data }) => this.#receive(data));
    this.#socket = socket;
    return socket;
  }

  #receive(data: unknown): void {
    if (typeof data !== 'string') return;
    this.#received += 1;
    if (data.length > MAX_ANSWER_BYTES) {
      this.#drop(new RpcFault('payload', `the answer is larger than ${MAX_ANSWER_BYTES} bytes`));
      return;
    }
    try {
      const answer = readAnswer(data);
      // Others are notifications, or answers that came too late.
      const waiting = typeof answer.id === 'number' ? this.#waiting.get(answer.id) : undefined;
      if (waiting !== undefined) settleWith(waiting, answer.result);
    } catch (error) {
      // Whom it was for cannot be told, so nobody may go on waiting for it.
      this.#drop(asRpcFault(error));
    }
  }

  #drop(fault: RpcFault): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    for (const waiting of [...this.#waiting.values()]) waiting.reject(fault);
  }
}

function settleWith(waiting: Waiting, result: () => unknown): void {
  try {
    waiting.resolve(result());
  } catch (error) {
    waiting.reject(asRpcFault(error));
  }
}
