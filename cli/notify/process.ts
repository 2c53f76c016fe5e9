/** A real Alertmanager for one test alert: on a port that the system chooses, with a folder that goes away with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';
import { type LogEntry, parseEntry } from './outcome.ts';

/** Milliseconds. */
const START_WITHIN = 10_000;
const STOP_WITHIN = 3_000;

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

export interface OneShotOptions {
  readonly path: string;
  readonly config: string;
  /** For its data; must exist. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Of the stack's own Alertmanager: where links in the message lead. */
  readonly externalUrl: string;
  /** Called with every entry of its log, as it comes. */
  readonly onEntry: (entry: LogEntry) => void;
}

export class OneShotAlertmanager {
  readonly #child: ChildProcess;
  readonly #tail: string[] = [];
  readonly #listening: Promise<string>;

  constructor({ path, config, folder, env, externalUrl, onEntry }: OneShotOptions) {
    const data = join(folder, 'data');
    mkdirSync(data);
    const args = [
      `--config.file=${config}`,
      `--web.external-url=${externalUrl}`,
      `--storage.path=${data}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
      // A success is told at this level only.
      '--log.level=debug',
      '--log.format=json',
    ];
    this.#child = spawn(path, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#listening = new Promise((resolve, reject) => {
      const read = (line: string) => {
        const entry = parseEntry(line);
        if (!entry || entry.err !== undefined) this.#remember(entry?.err ?? line);
        if (entry?.msg === 'Listening on' && entry.address !== undefined) resolve(entry.address);
        if (entry) onEntry(entry);
      };
      for (const stream of [this.#child.stdout, this.#child.stderr])
        if (stream) createInterface({ input: stream }).on('line', read);
      this.#child.once('error', reject);
      this.#child.once('close', () => reject(this.#failed('ended')));
      setTimeout(() => reject(this.#failed('does not listen')), START_WITHIN).unref();
    });
    // Nobody may be waiting for it when it fails.
    this.#listening.catch(() => {});
  }

  /** `host:port`. @throws CliError with its own words where it does not start */
  listening(): Promise<string> {
    return this.#listening;
  }

  async post(alert: PostedAlert): Promise<void> {
    const response = await fetch(`http://${await this.#listening}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([alert]),
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) throw new Error(`Alertmanager refuses the test alert: ${await response.text()}`);
  }

  async metrics(): Promise<string> {
    const response = await fetch(`http://${await this.#listening}/metrics`, { signal: AbortSignal.timeout(5000) });
    return response.text();
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    // A message that hangs would hold it up.
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN);
    await gone;
    clearTimeout(timer);
  }

  #remember(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > 5) this.#tail.shift();
  }

  #failed(how: string): CliError {
    return new CliError(`Alertmanager ${how}: ${this.#tail.join('\n  ') || 'it says nothing'}`, {
      exitCode: exitCodes.failed,
    });
  }
}
