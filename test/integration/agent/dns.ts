/** A name server that knows SRV records of one name, and says of any other that it does not exist. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface Srv {
  readonly priority: number;
  readonly port: number;
}

const NO_SUCH_NAME = 3;

export class NameServer {
  readonly #socket: Socket;
  readonly #name: string;
  records: readonly Srv[] = [];
  /** How often it was asked. */
  asked = 0;
  address = '';

  static async start(name: string): Promise<NameServer> {
    const server = new NameServer(name);
    server.#socket.bind(0, '127.0.0.1');
    await once(server.#socket, 'listening');
    server.address = `127.0.0.1:${server.#socket.address().port}`;
    return server;
  }

  private constructor(name: string) {
    this.#name = name;
    this.#socket = createSocket('udp4', (message, from) => {
      this.asked += 1;
      this.#socket.send(this.#answer(message), from.port, from.address);
    });
  }

  stop(): void {
    this.#socket.close();
  }

  /** RFC 1035, section 4: head, the question again, and the records. */
  #answer(message: Buffer): Buffer {
    const end = message.indexOf(0, 12) + 5;
    const question = message.subarray(12, end);
    const known = this.#name === nameIn(question);
    const head = Buffer.alloc(12);
    message.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8580 | (known ? 0 : NO_SUCH_NAME), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(known ? this.records.length : 0, 6);
    return Buffer.concat([head, question, ...(known ? this.records.map(record) : [])]);
  }
}

function record({ priority, port }: Srv): Buffer {
  const target = encoded('localhost');
  const head = Buffer.alloc(18);
  // The name of the question, SRV, IN, and a minute to live.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(33, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(6 + target.length, 10);
  head.writeUInt16BE(priority, 12);
  head.writeUInt16BE(0, 14);
  head.writeUInt16BE(port, 16);
  return Buffer.concat([head, target]);
}

function encoded(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function nameIn(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 0; question[at] !== 0; at += 1 + (question[at] ?? 0)) {
    labels.push(question.toString('latin1', at + 1, at + 1 + (question[at] ?? 0)));
  }
  return labels.join('.').toLowerCase();
}
