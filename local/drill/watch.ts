/** Asks Prometheus which alerts fire, and the receiver which have come; switches faults of the simulator. */
import { z } from 'zod';
import type { AtReceiver, FiringNow } from './observed.ts';

const vector = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
});
const alertList = z.object({
  alerts: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      status: z.enum(['firing', 'resolved']),
      firstReceivedAt: z.string(),
      receivedAt: z.string(),
    }),
  ),
  nextCursor: z.string().nullable(),
});
const refusal = z.object({ reason: z.string() });

/** A machine that is busy takes its time. */
const ANSWER_MS = 20_000;

export class Watch {
  readonly #prometheus: string;
  readonly #receiver: string;
  readonly #simulator: string;
  readonly #signal: AbortSignal;

  constructor(
    urls: { readonly prometheus: string; readonly receiver: string; readonly simulator: string },
    signal: AbortSignal,
  ) {
    this.#prometheus = urls.prometheus;
    this.#receiver = urls.receiver;
    this.#simulator = urls.simulator;
    this.#signal = signal;
  }

  /** @param since real seconds: also what fired only for a moment in this time */
  async firing(since: number): Promise<FiringNow[]> {
    const range = `${Math.max(1, Math.ceil(since * 1000))}ms`;
    const query = `max_over_time(ALERTS{alertstate="firing",alertname!="Watchdog"}[${range}])`;
    const answer = vector.parse(await this.#get(`${this.#prometheus}/api/v1/query?query=${encodeURIComponent(query)}`));
    return answer.data.result.map(({ metric }) => ({ labels: metric }));
  }

  /** What will fire if it goes on. */
  async pending(): Promise<FiringNow[]> {
    const query = 'ALERTS{alertstate="pending"}';
    const answer = vector.parse(await this.#get(`${this.#prometheus}/api/v1/query?query=${encodeURIComponent(query)}`));
    return answer.data.result.map(({ metric }) => ({ labels: metric }));
  }

  async received(): Promise<AtReceiver[]> {
    const all: AtReceiver[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: z.infer<typeof alertList> = alertList.parse(
        await this.#get(`${this.#receiver}/alerts?state=all&limit=1000${cursor === '' ? '' : `&cursor=${cursor}`}`),
      );
      for (const { labels, status, firstReceivedAt, receivedAt } of page.alerts)
        all.push({ labels, status, firstReceivedAt: Date.parse(firstReceivedAt), receivedAt: Date.parse(receivedAt) });
      cursor = page.nextCursor;
    }
    return all;
  }

  /** The only sample of a query; `undefined` where there is none. */
  async number(query: string): Promise<number | undefined> {
    const schema = z.object({
      data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
    });
    const { data } = schema.parse(
      await this.#get(`${this.#prometheus}/api/v1/query?query=${encodeURIComponent(query)}`),
    );
    const value = data.result[0]?.value[1];
    return value === undefined ? undefined : Number(value);
  }

  /** @throws Error where the simulator refuses */
  async switch(method: 'PUT' | 'DELETE', network: string, fault: string): Promise<void> {
    const response = await fetch(`${this.#simulator}/faults/${network}/${fault}`, { method, signal: this.#until() });
    if (response.ok) return;
    const told = refusal.safeParse(await response.json().catch(() => undefined));
    throw new Error(told.success ? told.data.reason : `the simulator answers ${response.status}`);
  }

  async #get(url: string): Promise<unknown> {
    return (await fetch(url, { signal: this.#until() })).json();
  }

  #until(): AbortSignal {
    return AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWER_MS)]);
  }
}
