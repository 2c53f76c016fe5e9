/** One child process of a run: started, watched, restarted when it dies, stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, type ProcessId } from './identity.ts';
import { writing } from './storage.ts';

export interface Command {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asked until it answers 2xx: then the program can do its work. */
  readonly ready: string;
  /** Another way to see that it can, where no plain GET tells. */
  readonly probe?: (signal: AbortSignal) => Promise<boolean>;
  /** Seconds that it may take to stop before it is killed. */
  readonly grace: number;
}

export class StartError extends Error {}

/** What has become of the program. Once `stopped` or `stopping` it is never started again. */
export type ProcessState =
  | { readonly is: 'new' }
  | { readonly is: 'running'; readonly child: ChildProcess; readonly gone: Promise<void> }
  /** By itself: `how` is its exit code, the signal that ended it, or why it could not be started. */
  | { readonly is: 'ended'; readonly how: string }
  | { readonly is: 'stopping'; readonly child: ChildProcess; readonly gone: Promise<void> }
  | { readonly is: 'stopped' };

/** The first wait before a dead program is started again; doubled each time, up to a minute. */
const RESTART_MS = 500;
const RESTART_MAX_MS = 60_000;
/** How long a program may take to answer whether it is ready. */
const PROBE_MS = 2000;

export class LocalProcess {
  readonly command: Command;
  readonly logFile: string;
  #state: ProcessState = { is: 'new' };
  #restarts = 0;
  readonly #onChange: (process: LocalProcess) => void;

  /** @param onChange called when it starts or dies, so that the state on disk can follow */
  constructor(command: Command, logFile: string, onChange: (process: LocalProcess) => void) {
    this.command = command;
    this.logFile = logFile;
    this.#onChange = onChange;
  }

  get state(): ProcessState {
    return this.#state;
  }

  get restarts(): number {
    return this.#restarts;
  }

  get id(): ProcessId | undefined {
    const state = this.#state;
    if (state.is !== 'running' && state.is !== 'stopping') return undefined;
    return state.child.pid === undefined ? undefined : identify(state.child.pid);
  }

  /**
   * Resolves when the program is ready.
   * @throws StartError with the end of its log when it is not within `seconds`; CliError where its log cannot be written; the signal's
   * reason when aborted, with the program still there
   */
  async start(seconds: number, signal: AbortSignal): Promise<void> {
    this.#spawn();
    const deadline = Date.now() + seconds * 1000;
    while (this.#state.is === 'running' && Date.now() < deadline) {
      signal.throwIfAborted();
      // Another program may answer at its address: then ours has ended, or will.
      if ((await this.isReady(signal)) && this.id !== undefined) return;
      await sleep(50);
    }
    signal.throwIfAborted();
    const why = this.#state.is === 'ended' ? `ended at once (${this.#state.how})` : `was not ready within ${seconds} s`;
    await this.stop();
    throw new StartError(`${this.command.name} ${why}. The end of ${this.logFile}:\n${tail(this.logFile, 12)}`);
  }

  async isReady(aborted: AbortSignal): Promise<boolean> {
    const { probe, ready } = this.command;
    const signal = AbortSignal.any([aborted, AbortSignal.timeout(PROBE_MS)]);
    try {
      return probe ? await probe(signal) : (await fetch(ready, { signal })).ok;
    } catch {
      return false;
    }
  }

  /** Asks it to end, waits its grace, then makes it. Resolves when it is gone. */
  async stop(): Promise<void> {
    const state = this.#state;
    switch (state.is) {
      case 'new':
      case 'ended':
        this.#state = { is: 'stopped' };
        return;
      case 'running': {
        const { child, gone } = state;
        this.#state = { is: 'stopping', child, gone };
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), this.command.grace * 1000);
        await gone;
        clearTimeout(timer);
        return;
      }
      case 'stopping':
        return state.gone;
      case 'stopped':
    }
  }

  /** Sends a signal and waits for nothing. */
  signal(signal: NodeJS.Signals): void {
    if (this.#state.is === 'running' || this.#state.is === 'stopping') this.#state.child.kill(signal);
  }

  /** Starts a program that has died once more, after a growing wait. Called by the run when it is up. */
  async revive(): Promise<void> {
    const wait = Math.min(RESTART_MAX_MS, RESTART_MS * 2 ** this.#restarts);
    this.#restarts += 1;
    await sleep(wait);
    if (this.#state.is === 'ended') this.#spawn();
  }

  #spawn(): void {
    const log = writing(this.logFile, () => {
      mkdirSync(dirname(this.logFile), { recursive: true });
      return openSync(this.logFile, 'a');
    });
    const { path, args, env } = this.command;
    // A group of its own: Ctrl-C reaches only us, and we stop the programs in the order that loses nothing.
    const child = spawn(path, args, { stdio: ['ignore', log, log], detached: true, env: { ...process.env, ...env } });
    closeSync(log);
    const gone = new Promise<void>((resolve) => {
      const end = (how: string) => {
        this.#ended(child, how);
        resolve();
      };
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      // Without a pid there was nothing to start, and no exit will follow; with one it is about a signal that could not be sent.
      child.on('error', (error) => {
        if (child.pid === undefined) end(error.message);
      });
    });
    this.#state = { is: 'running', child, gone };
    this.#onChange(this);
  }

  #ended(child: ChildProcess, how: string): void {
    const state = this.#state;
    if ((state.is !== 'running' && state.is !== 'stopping') || state.child !== child) return;
    this.#state = state.is === 'stopping' ? { is: 'stopped' } : { is: 'ended', how };
    this.#onChange(this);
  }
}

/** The last lines of a log, indented. */
export function tail(file: string, lines: number): string {
  try {
    const text = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines);
    return text.map((line) => `    ${line.slice(0, 300)}`).join('\n');
  } catch {
    return '    (no log)';
  }
}
