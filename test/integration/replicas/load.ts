import { setTimeout as sleep } from 'node:timers/promises';
import { type AggregatorProcess, numbered, TOKEN } from '../aggregator/process.ts';

const WORKERS = 4;
const EACH = 3;
const ANSWER_MS = 10_000;

/** What senders know when all is over. */
export interface History {
  readonly acknowledged: Set<number>;
  /** No answer, or an error: it may be there, or not. */
  readonly unknown: Set<number>;
  /** Requests that were refused or not answered. */
  failures: number;
  /** Decisions that a leader said it has made. */
  decisions: number;
}

/** Senders that go on, from one replica to the next as an agent does, and somebody who lets the leader decide. */
export class Load {
  readonly history: History = { acknowledged: new Set(), unknown: new Set(), failures: 0, decisions: 0 };
  readonly #replicas: () => readonly AggregatorProcess[];
  readonly #working: Promise<unknown>;
  #next = 0;
  #ended = false;

  constructor(replicas: () => readonly AggregatorProcess[]) {
    this.#replicas = replicas;
    this.#working = Promise.all([...Array.from({ length: WORKERS }, (_, index) => this.#send(index)), this.#decide()]);
  }

  async end(): Promise<History> {
    this.#ended = true;
    await this.#working;
    return this.history;
  }

  async #send(worker: number): Promise<void> {
    const { acknowledged, unknown } = this.history;
    for (let at = worker; !this.#ended; at += 1) {
      const numbers = Array.from({ length: EACH }, () => this.#next++);
      const body = JSON.stringify(numbers.map(numbered));
      const isAcknowledged = await this.#deliver(body, `batch-${numbers[0]}`, at);
      for (const n of numbers) (isAcknowledged ? acknowledged : unknown).add(n);
      await sleep(10);
    }
  }

  /** Tries one replica after the other, with the same name. */
  async #deliver(body: string, name: string, first: number): Promise<boolean> {
    for (let tries = 0; tries < 6; tries += 1) {
      if ((await this.#post('/ingest', body, first + tries, { 'x-batch-id': name })) === 200) return true;
      this.history.failures += 1;
      await sleep(200);
    }
    return false;
  }

  async #decide(): Promise<void> {
    // From long before all that is sent: nothing goes, and yet all replicas have to agree.
    for (let before = 1_000; !this.#ended; before += 1) {
      const answers = this.#replicas().map((_, index) =>
        this.#post('/prune', JSON.stringify({ before }), index, { 'content-type': 'application/json' }),
      );
      for (const status of await Promise.all(answers)) if (status === 200) this.history.decisions += 1;
      await sleep(200);
    }
  }

  /** @returns 0 where no answer came */
  async #post(path: string, body: string, index: number, headers: Readonly<Record<string, string>>): Promise<number> {
    const replicas = this.#replicas();
    const replica = replicas[index % replicas.length];
    try {
      const answer = await fetch(`${replica?.url}${path}`, {
        method: 'POST',
        headers: { 'x-auth-token': TOKEN, ...headers },
        body,
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      await answer.text();
      return answer.status;
    } catch {
      return 0;
    }
  }
}
