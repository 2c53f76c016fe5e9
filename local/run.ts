/** A run: the processes of one stack on this machine, started in phases, kept alive, stopped in reverse. */
import { join } from 'node:path';
import { exitCodes } from '../cli/exitCodes.ts';
import type { RunFolder } from './folder.ts';
import { identify } from './identity.ts';
import { type Command, LocalProcess } from './process.ts';
import { clearState, type RunState, writeState } from './state.ts';

/** Seconds until a program must be ready: Prometheus may have a day of write-ahead log to read. */
const READY_SECONDS = 60;

export interface RunOptions {
  readonly folder: RunFolder;
  readonly stack: string;
  readonly timeScale: number;
  readonly notes: readonly string[];
  /** Told when a program dies and is started again, after the start. */
  readonly onTrouble: (message: string) => void;
}

function isSender(process: LocalProcess): boolean {
  return process.command.name === 'alertmanager';
}

export class Run {
  readonly #options: RunOptions;
  readonly #phases: LocalProcess[][] = [];
  readonly #lastResort = (code: number) => this.#abandon(code);
  #ready = false;
  #stopping = false;

  constructor(options: RunOptions) {
    this.#options = options;
    process.on('exit', this.#lastResort);
  }

  /** Starts one phase; its programs start side by side. @throws StartError or CliError, having stopped nothing: call stop() */
  async startPhase(commands: readonly Command[], signal: AbortSignal, onReady: (name: string) => void): Promise<void> {
    const { folder } = this.#options;
    const phase = commands.map(
      (command) =>
        new LocalProcess(command, join(folder.logs, `${command.name}.log`), (process) => this.#changed(process)),
    );
    this.#phases.push(phase);
    // Nothing may run that no other terminal could find.
    this.#save();
    const results = await Promise.allSettled(
      phase.map(async (process) => {
        await process.start(READY_SECONDS, signal);
        onReady(process.command.name);
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    this.#save();
  }

  /** From here on a program that dies is started again. */
  markReady(): void {
    this.#ready = true;
    this.#save();
    // One that died while others still came up was not looked after yet.
    for (const process of this.#phases.flat()) this.#keepAlive(process);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    // What sends stops before what receives: an alert that was accepted is delivered.
    for (const phase of [...this.#phases].reverse()) {
      const [senders, others] = [phase.filter(isSender), phase.filter((process) => !isSender(process))];
      await Promise.all(senders.map((process) => process.stop()));
      await Promise.all(others.map((process) => process.stop()));
    }
    process.off('exit', this.#lastResort);
    clearState(this.#options.folder);
  }

  state(): RunState {
    const { stack, notes, timeScale } = this.#options;
    const supervisor = identify(process.pid) ?? { pid: process.pid, startedAt: '' };
    const programs = this.#phases.flat().map((each) => {
      const id = each.id;
      const { name, ready } = each.command;
      return {
        name,
        url: new URL(ready).origin,
        log: each.logFile,
        restarts: each.restarts,
        ...(id ? { process: id } : {}),
      };
    });
    return { format: 1, stack, supervisor, ready: this.#ready, timeScale, notes: [...notes], programs };
  }

  #changed(process: LocalProcess): void {
    if (this.#stopping) return;
    try {
      this.#save();
    } catch (error) {
      // A full disk must not end what runs.
      this.#options.onTrouble(error instanceof Error ? error.message : String(error));
    }
    if (this.#ready) this.#keepAlive(process);
  }

  #keepAlive(process: LocalProcess): void {
    const { state, command, logFile } = process;
    if (state.is !== 'ended') return;
    this.#options.onTrouble(`${command.name} ended (${state.how}); starting it again. Its log: ${logFile}`);
    process.revive().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.onTrouble(`${command.name} cannot be started again: ${reason}`);
    });
  }

  #save(): void {
    writeState(this.#options.folder, this.state());
  }

  /** When this process ends without having stopped them: they run in groups of their own, and would go on alone. */
  #abandon(exitCode: number): void {
    // A second Ctrl-C: the person has waited long enough.
    const signal = exitCode === exitCodes.interrupted ? 'SIGKILL' : 'SIGTERM';
    for (const process of this.#phases.flat()) process.signal(signal);
  }
}
