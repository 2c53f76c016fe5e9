/** Stands in for Prometheus where a page is looked at: what it says can be changed at once, and it says odd things. */
import { createServer, type Server } from 'node:http';

export interface Firing {
  readonly alertname: string;
  readonly severity: string;
  readonly network: string;
  readonly summary: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly runbook?: string;
  readonly ageSeconds?: number;
}

export interface Scraped {
  readonly network?: string;
  readonly component: string;
  readonly instance: string;
  readonly lastError?: string;
}

export class FakePrometheus {
  networks: readonly string[] = [];
  firing: readonly Firing[] = [];
  targets: readonly Scraped[] = [];
  /** Answer to the query of readings. */
  samples: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: number }[] = [];
  readonly #server: Server = createServer((request, response) => {
    const data = this.#answer(request.url?.split('?')[0] ?? '');
    response.writeHead(data === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'success', data }));
  });

  /** @returns its address */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(path: string): unknown {
    const now = new Date().toISOString();
    switch (path) {
      case '/api/v1/rules':
        return { groups: [...this.networks, undefined].map((network) => this.#group(network, now)) };
      case '/api/v1/targets':
        return {
          activeTargets: this.targets.map(({ lastError = '', ...labels }) => ({
            labels,
            health: lastError === '' ? 'up' : 'down',
            lastError,
            lastScrape: now,
          })),
        };
      case '/api/v1/query':
        return { result: this.samples.map(({ metric, value }) => ({ metric, value: [0, String(value)] })) };
      default:
        return undefined;
    }
  }

  #group(network: string | undefined, lastEvaluation: string) {
    const own = this.firing.filter((alert) => alert.network === (network ?? ''));
    const alerts = own.map(
      ({ alertname, severity, summary, description = '', runbook, labels = {}, ageSeconds = 0 }) => ({
        labels: { alertname, severity, ...(network === undefined ? {} : { network }), ...labels },
        annotations: { summary, description, ...(runbook === undefined ? {} : { runbook_url: runbook }) },
        state: 'firing',
        activeAt: new Date(Date.now() - ageSeconds * 1000).toISOString(),
      }),
    );
    const labels = network === undefined ? { chain: 'system' } : { network, chain: 'op-stack' };
    const rule = { name: 'Rule', labels, health: 'ok', alerts };
    return { name: `${network ?? 'system'}:rules`, interval: 2, lastEvaluation, rules: [rule] };
  }
}
