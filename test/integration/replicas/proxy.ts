import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** `open` passes everything; `refuse` breaks connections; `stall` keeps them, and nothing comes through, as with a cut cable. */
export type ProxyMode = 'open' | 'refuse' | 'stall';

/** A way to a server of loopback that can be cut. */
export class CutProxy {
  readonly #server: Server;
  readonly #target: () => number;
  readonly #sockets = new Set<Socket>();
  #mode: ProxyMode = 'open';

  private constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer((client) => this.#pass(client));
  }

  /** @param target the port at the moment of a connection */
  static async open(target: () => number): Promise<CutProxy> {
    const proxy = new CutProxy(target);
    proxy.#server.listen({ host: '127.0.0.1', port: 0 });
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Bytes that were stalled are lost with their connections, as those of a cut cable. */
  set(mode: ProxyMode): void {
    const was = this.#mode;
    this.#mode = mode;
    for (const socket of this.#sockets) {
      if (mode === 'stall') socket.pause();
      else if (mode === 'refuse' || was === 'stall') socket.destroy();
    }
  }

  close(): void {
    this.set('refuse');
    this.#server.close();
  }

  #pass(client: Socket): void {
    if (this.#mode === 'refuse') {
      client.destroy();
      return;
    }
    const server = connect({ host: '127.0.0.1', port: this.#target() });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk) => {
        if (this.#mode === 'open') to.write(chunk);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    if (this.#mode !== 'stall') return;
    client.pause();
    server.pause();
  }
}
