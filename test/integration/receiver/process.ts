import type { AlertHistory, AlertList } from '../../../services/receiver/api.ts';
import { ServicePlace, ServiceProcess, TOKEN } from '../service/process.ts';

export { type StartOptions, TOKEN, until } from '../service/process.ts';

/** A folder with settings and a token; its receivers come and go. */
export class Place extends ServicePlace<ReceiverProcess> {
  constructor(folder?: string) {
    super('receiver', folder);
  }

  protected override make(settings: string, env: Readonly<Record<string, string>>): ReceiverProcess {
    return new ReceiverProcess('receiver', settings, env);
  }
}

export class ReceiverProcess extends ServiceProcess {
  /** @returns the status; 0 where the connection broke, so that nothing is known */
  async deliver(alerts: readonly unknown[], path = '/webhook', token = TOKEN): Promise<number> {
    try {
      const answer = await fetch(this.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ version: '4', receiver: 'test', groupKey: '{}', status: 'firing', alerts }),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }

  /** All alerts, through all pages. */
  async alerts(query = ''): Promise<AlertList['alerts']> {
    const all: AlertList['alerts'][number][] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const url: string = `${this.url}/alerts?limit=1000${query}${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const answer = await fetch(url);
      const page: AlertList = JSON.parse(await answer.text());
      all.push(...page.alerts);
      cursor = page.nextCursor;
    }
    return all;
  }

  async history(fingerprint: string): Promise<AlertHistory> {
    const answer = await fetch(`${this.url}/alerts/${fingerprint}`);
    return JSON.parse(await answer.text());
  }
}

/** One alert per number, each with a fingerprint of its own. */
export function numbered(n: number, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    status: 'firing',
    labels: { alertname: 'Numbered', severity: 'warning', network: 'bega', n: String(n) },
    annotations: { summary: `Alert number ${n}` },
    startsAt: '2026-05-01T10:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: '',
    fingerprint: fingerprintOfNumber(n),
    ...fields,
  };
}

export function fingerprintOfNumber(n: number): string {
  return n.toString(16).padStart(16, '0');
}
