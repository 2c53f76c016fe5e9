/** Stands in for a Prometheus where what it answers matters more than what it knows: refusals, limits, silence. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Asked {
  readonly expr: string;
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly authorization: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One series that has a value at every step. */
export function always(labels: Readonly<Record<string, string>>, { start, end, step }: Asked): Answer {
  const count = Math.floor((end - start) / step) + 1;
  const values = Array.from({ length: count }, (_, index) => [start + index * step, '1']);
  const result = values.length === 0 ? [] : [{ metric: labels, values }];
  return { status: 200, body: JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }) };
}

export const nothing: Answer = {
  status: 200,
  body: JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }),
};

export function refused(status: number, errorType: string, error: string): Answer {
  return { status, body: JSON.stringify({ status: 'error', errorType, error }) };
}

export class FakePrometheus {
  readonly asked: Asked[] = [];
  /** `undefined` leaves the question open. */
  answer: (asked: Asked) => Answer | undefined = (asked) => always({}, asked);
  url = '';
  readonly #server: Server = createServer((request, response) => {
    void readQuestion(request).then((asked) => {
      this.asked.push(asked);
      const answer = this.answer(asked);
      if (answer) response.writeHead(answer.status).end(answer.body);
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function readQuestion(request: IncomingMessage): Promise<Asked> {
  const form = new URLSearchParams(await text(request));
  const number = (name: string) => Number(form.get(name));
  return {
    ...{ expr: form.get('query') ?? '', start: number('start'), end: number('end'), step: number('step') },
    authorization: request.headers.authorization,
  };
}
