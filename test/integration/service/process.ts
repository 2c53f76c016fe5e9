/** A service as a process of its own, in a temporary folder: what the crash and disk tests start, kill and start again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const TOKEN = 'integration-token-integration';

export interface StartOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder with settings and a token; the processes of its service come and go. */
export abstract class ServicePlace<P extends ServiceProcess> {
  readonly folder: string;
  readonly tokenFile: string;
  readonly service: string;
  readonly #running = new Set<P>();

  constructor(service: string, folder = mkdtempSync(join(tmpdir(), `chainwatch-${service}-`))) {
    this.service = service;
    this.folder = folder;
    this.tokenFile = join(folder, 'token');
    writeFileSync(this.tokenFile, `${TOKEN}\n`, { mode: 0o600 });
  }

  protected abstract make(settings: string, env: Readonly<Record<string, string>>): P;

  get database(): string {
    return join(this.folder, `${this.service}.db`);
  }

  async start(options: StartOptions = {}): Promise<P> {
    const started = this.spawn(options);
    await started.listening;
    return started;
  }

  /** Starts without waiting; for those that are to die early, or refuse. */
  spawn({ settings = {}, env = {} }: StartOptions = {}): P {
    const file = join(this.folder, 'settings.json');
    const all = { listen: '127.0.0.1:0', tokenFile: this.tokenFile, database: this.database, ...settings };
    writeFileSync(file, JSON.stringify(all));
    const spawned = this.make(file, env);
    this.#running.add(spawned);
    return spawned;
  }

  running(): readonly P[] {
    return [...this.#running];
  }

  async clear(): Promise<void> {
    for (const each of this.#running) await each.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class ServiceProcess {
  readonly child: ChildProcess;
  /** Lines of its log. */
  readonly log: Record<string, unknown>[] = [];
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly listening: Promise<void>;
  url = '';
  stderr = '';

  constructor(service: string, settings: string, env: Readonly<Record<string, string>>) {
    const serve = join(import.meta.dirname, 'serve.ts');
    this.child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', serve, service, settings], {
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

  async ready(): Promise<{
    status: number;
    body: { ready: boolean; checks: Record<string, Record<string, unknown>> };
  }> {
    const answer = await fetch(`${this.url}/readyz`);
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  }

  /** The value of a metric without labels, or with exactly these: `name{a="b"}`. */
  async metric(series: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
  }
}

/** Waits until something holds. */
export async function until(holds: () => Promise<boolean> | boolean, what: string, withinMs = 120_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`after ${withinMs / 1000} s still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
