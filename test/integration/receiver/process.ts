/** The receiver as a process of its own, in a temporary folder: what the crash and disk tests start, kill and start again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AlertHistory, AlertList } from '../../../services/receiver/api.ts';

export const TOKEN = 'integration-token-integration';

export interface StartOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder with settings and a token; its receivers come and go. */
export class Place {
  readonly folder: string;
  readonly tokenFile: string;
  readonly #running = new Set<ReceiverProcess>();

  constructor(folder = mkdtempSync(join(tmpdir(), 'chainwatch-receiver-'))) {
    this.folder = folder;
    this.tokenFile = join(folder, 'token');
    writeFileSync(this.tokenFile, `${TOKEN}\n`, { mode: 0o600 });
  }

  get database(): string {
    return join(this.folder, 'receiver.db');
  }

  async start(options: StartOptions = {}): Promise<ReceiverProcess> {
    const receiver = this.spawn(options);
    await receiver.listening;
    return receiver;
  }

  /** Starts without waiting; for those that are to die early, or refuse. */
  spawn({ settings = {}, env = {} }: StartOptions = {}): ReceiverProcess {
    const file = join(this.folder, 'settings.json');
    const all = { listen: '127.0.0.1:0', tokenFile: this.tokenFile, database: this.database, ...settings };
    writeFileSync(file, JSON.stringify(all));
    const receiver = new ReceiverProcess(file, env);
    this.#running.add(receiver);
    return receiver;
  }

  running(): readonly ReceiverProcess[] {
    return [...this.#running];
  }

  async clear(): Promise<void> {
    for (const receiver of this.#running) await receiver.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class ReceiverProcess {
  readonly child: ChildProcess;
  /** Lines of its log. */
  readonly log: Record<string, unknown>[] = [];
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly listening: Promise<void>;
  url = '';
  stderr = '';

  constructor(settings: string, env: Readonly<Record<string, string>>) {
    const serve = join(import.meta.dirname, 'serve.ts');
    this.child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', serve, 'receiver', settings], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    this.child.stderr?.on('data', (chunk) => {
      this.stderr += String(chunk);
    });
    this.listening = new Promise((resolve, reject) => {
      if (this.child.stdout === null) throw new Error('no output');
      createInterface({ input: this.child.stdout }).on('line', (line) => {
        const entry: Record<string, unknown> = JSON.parse(line);
        this.log.push(entry);
        if (entry.msg !== 'listening') return;
        this.url = String(entry.address);
        resolve();
      });
      void this.exited.then(({ code, signal }) => reject(new Error(`ended (${code ?? signal}): ${this.stderr}`)));
    });
    // Who does not wait for it does not want to hear of it either.
    this.listening.catch(() => {});
  }

  /** @returns the exit code */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return (await this.exited).code;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

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

  async ready(): Promise<{
    status: number;
    body: { ready: boolean; checks: Record<string, Record<string, unknown>> };
  }> {
    const answer = await fetch(`${this.url}/readyz`);
    return { status: answer.status, body: JSON.parse(await answer.text()) };
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

  /** The value of a metric without labels, or with exactly these: `name{a="b"}`. */
  async metric(series: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
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

/** Waits until something holds. */
export async function until(holds: () => Promise<boolean> | boolean, what: string, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`after ${withinMs / 1000} s still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
