import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Anvil } from './anvil.ts';

/** An address behind which one node can be changed for another at once: nobody sees the new one half-way through its blocks. */
export class Crossing {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #node: Anvil;

  private constructor(node: Anvil) {
    this.#node = node;
    this.#server = createServer((socket) => this.#forward(socket));
  }

  static async to(node: Anvil): Promise<Crossing> {
    const crossing = new Crossing(node);
    await new Promise<void>((resolve) => crossing.#server.listen(0, '127.0.0.1', resolve));
    return crossing;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** From here on everybody is led to this node: also those who were connected to the other one, who have to connect anew. */
  lead(node: Anvil): void {
    this.#node = node;
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #forward(incoming: Socket): void {
    const outgoing = connect(this.#node.port, '127.0.0.1');
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      // What comes of an error is the end of both, which 'close' brings.
      socket.on('error', () => {});
      socket.pipe(other);
    }
  }
}
