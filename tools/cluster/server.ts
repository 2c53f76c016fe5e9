import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithUs, hasEnded } from './guard.ts';

export interface ServerCommand {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  /** Over this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Appended to. */
  readonly logFile: string;
  /** Asked until it is true: then the server can do its work. */
  readonly isReady: () => Promise<boolean>;
}

/** A server did not come up. */
export class ServerError extends Error {
  /** Somebody else has taken a port between our choice and its use. */
  readonly portTaken: boolean;

  constructor(message: string, portTaken: boolean) {
    super(message);
    this.portTaken = portTaken;
  }
}

const READY_MS = 60_000;
const SHOWN_LINES = 15;

/** All that run now: whatever ends this process, they do not outlive it. */
const running = new Set<ChildProcess>();
const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** A child process that serves. */
export class Server {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    if (running.size === 0) process.on('exit', killAll);
    running.add(child);
    const { pid } = child;
    if (pid !== undefined) endWithUs(pid);
    void this.#ended.then(() => {
      running.delete(child);
      if (pid !== undefined) hasEnded(pid);
      if (running.size === 0) process.off('exit', killAll);
    });
  }

  /**
   * Starts it and waits until it is ready.
   * @throws ServerError with the end of its log; the signal's reason when aborted, after it has ended
   */
  static async start(command: ServerCommand, signal?: AbortSignal): Promise<Server> {
    signal?.throwIfAborted();
    const log = openSync(command.logFile, 'a');
    // A group of its own: Ctrl-C in a terminal reaches only us, and whoever has started the cluster decides.
    const env = { ...process.env, ...command.env };
    const child = spawn(command.path, [...command.args], { stdio: ['ignore', log, log], detached: true, env });
    closeSync(log);
    const server = new Server(command.name, child);
    const deadline = Date.now() + READY_MS;
    try {
      while (!(await command.isReady().catch(() => false))) {
        signal?.throwIfAborted();
        if (!server.isRunning) throw server.#failure(command, 'ended at once');
        if (Date.now() > deadline) throw server.#failure(command, `was not ready within ${READY_MS / 1000} s`);
        await sleep(50);
      }
      return server;
    } catch (error) {
      await server.kill();
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return running.has(this.#child);
  }

  /** Ends it as a power cut would. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #failure({ name, logFile }: ServerCommand, what: string): ServerError {
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-SHOWN_LINES);
    const portTaken = lines.some((line) => line.includes('address already in use'));
    return new ServerError(`${name} ${what}. The end of ${logFile}:\n${lines.join('\n')}`, portTaken);
  }
}

/** Ports on loopback that nobody holds now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  // All open at once, so that none is given twice.
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen({ host: '127.0.0.1', port: 0 }, () => {
            const address = server.address();
            if (typeof address === 'object' && address) resolve(address.port);
            else reject(new Error('no port was given'));
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  return ports;
}
