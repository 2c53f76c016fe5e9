/** A name server that knows SRV records of one name and their host, and says of any other that it does not exist. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface Srv {
  readonly priority: number;
  readonly port: number;
}

const NO_SUCH_NAME = 3;
const TYPE_A = 1;

export class NameServer {
  readonly #socket: Socket;
  readonly #name: string;
  records: readonly Srv[] = [];
  /** The host of the records. With another name than `localhost` it has the address 127.0.0.1 here alone. */
  host = 'localhost';
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
    const name = nameIn(question);
    const records = name === this.#name ? this.records.map((each) => record(each, this.host)) : this.#address(question);
    const known = name === this.#name || name === this.host;
    const head = Buffer.alloc(12);
    message.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8580 | (known ? 0 : NO_SUCH_NAME), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    return Buffer.concat([head, question, ...records]);
  }

  #address(question: Buffer): readonly Buffer[] {
    const isOfHost = nameIn(question) === this.host && question.readUInt16BE(question.length - 4) === TYPE_A;
    return isOfHost ? [Buffer.from([0xc0, 0x0c, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1])] : [];
  }
}

function record({ priority, port }: Srv, host: string): Buffer {
  const target = encoded(host);
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
