/** One child process of a run: started, watched, restarted when it dies, stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Command {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asked until it answers 2xx: then the program can do its work. */
  readonly ready: string;
  /** Another way to see that it can, where no plain GET tells. */
  readonly probe?: () => Promise<boolean>;
  /** Seconds that it may take to stop before it is killed. */
  readonly grace: number;
}

/** A process's identity that survives the reuse of its number: when it was started. */
export interface ProcessId {
  readonly pid: number;
  /** In the kernel's own clock; empty where that cannot be read. */
  readonly startedAt: string;
}

export class StartError extends Error {}

/** The first wait before a dead program is started again; doubled each time, up to a minute. */
const RESTART_MS = 500;
const RESTART_MAX_MS = 60_000;

export class LocalProcess {
  readonly command: Command;
  readonly logFile: string;
  #child: ChildProcess | undefined;
  #stopping = false;
  #restarts = 0;
  #lastExit = '';
  readonly #onChange: (process: LocalProcess) => void;

  /** @param onChange called when it starts or dies, so that the state on disk can follow */
  constructor(command: Command, logFile: string, onChange: (process: LocalProcess) => void) {
    this.command = command;
    this.logFile = logFile;
    this.#onChange = onChange;
  }

  get restarts(): number {
    return this.#restarts;
  }

  get lastExit(): string {
    return this.#lastExit;
  }

  get id(): ProcessId | undefined {
    const pid = this.#child?.pid;
    return pid === undefined || this.#child?.exitCode !== null ? undefined : identify(pid);
  }

  /** Resolves when the program is ready. @throws StartError with the end of its log when it is not within `seconds` */
  async start(seconds: number, signal: AbortSignal): Promise<void> {
    this.#spawn();
    const deadline = Date.now() + seconds * 1000;
    while (Date.now() < deadline) {
      signal.throwIfAborted();
      if (this.#child?.exitCode !== null || this.#lastExit !== '') break;
      if (await this.isReady()) return;
      await sleep(50);
    }
    const why = this.#lastExit === '' ? `was not ready within ${seconds} s` : `ended at once (${this.#lastExit})`;
    await this.stop();
    throw new StartError(`${this.command.name} ${why}. The end of ${this.logFile}:\n${tail(this.logFile, 12)}`);
  }

  async isReady(): Promise<boolean> {
    const { probe, ready } = this.command;
    try {
      return probe ? await probe() : (await fetch(ready, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
      return false;
    }
  }

  /** Asks it to end, waits its grace, then makes it. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), this.command.grace * 1000);
    await gone;
    clearTimeout(timer);
  }

  #spawn(): void {
    mkdirSync(dirname(this.logFile), { recursive: true });
    const log = openSync(this.logFile, 'a');
    const { path, args, env } = this.command;
    // A group of its own: Ctrl-C reaches only us, and we stop the programs in the order that loses nothing.
    const child = spawn(path, args, { stdio: ['ignore', log, log], detached: true, env: { ...process.env, ...env } });
    closeSync(log);
    this.#child = child;
    this.#lastExit = '';
    child.once('error', (error) => {
      this.#lastExit = error.message;
      this.#onChange(this);
    });
    child.once('exit', (code, signal) => this.#died(child, signal ?? `exit code ${code}`));
    this.#onChange(this);
  }

  #died(child: ChildProcess, how: string): void {
    if (child !== this.#child) return;
    this.#lastExit = how;
    this.#onChange(this);
  }

  /** Starts a program that has died once more, after a growing wait. Called by the run when it is up. */
  async revive(): Promise<void> {
    const wait = Math.min(RESTART_MAX_MS, RESTART_MS * 2 ** this.#restarts);
    this.#restarts += 1;
    await sleep(wait);
    if (!this.#stopping) this.#spawn();
  }

  get isStopping(): boolean {
    return this.#stopping;
  }
}

/** @returns the identity of a living process, or `undefined` */
export function identify(pid: number): ProcessId | undefined {
  try {
    process.kill(pid, 0);
  } catch {
    return undefined;
  }
  return { pid, startedAt: startTime(pid) };
}

export function isAlive({ pid, startedAt }: ProcessId): boolean {
  const now = identify(pid);
  return now !== undefined && (now.startedAt === startedAt || startedAt === '');
}

/** Field 22 of /proc/<pid>/stat; the name in field 2 may hold spaces and parentheses, so count from its end. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is no longer alive: its parent merely has not asked yet.
    return fields[0] === 'Z' ? 'zombie' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

export function tail(file: string, lines: number): string {
  try {
    const text = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines);
    return text.map((line) => `    ${line.slice(0, 300)}`).join('\n');
  } catch {
    return '    (no log)';
  }
}
