import { RpcFault } from './fault.ts';
import { HttpTransport } from './http.ts';
import { WebSocketTransport } from './webSocket.ts';

/** A way to one endpoint. */
export interface Transport {
  /**
   * @param timeout milliseconds for the whole exchange
   * @returns the `result` member, unread
   * @throws RpcFault
   */
  call(method: string, params: readonly unknown[], timeout: number): Promise<unknown>;
  close(): void;
}

export const RPC_SCHEMES: readonly string[] = ['http:', 'https:', 'ws:', 'wss:'];

/** @throws RpcFault where we cannot speak to such an address */
export function openTransport(url: URL): Transport {
  if (!RPC_SCHEMES.includes(url.protocol)) {
    throw new RpcFault('connection', `the URL starts with ${url.protocol}//; known are ${RPC_SCHEMES.join(', ')}`);
  }
  return url.protocol.startsWith('ws') ? new WebSocketTransport(url) : new HttpTransport(url);
}
