import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Server {
  readonly port: number;
  /** Tells it to end, and waits until it has. */
  stop(): Promise<void>;
  /** As a power cut would end it. */
  kill(): Promise<void>;
}

/** Starts a program of ours that prints a JSON line with its `address`. */
export async function startServer(command: readonly string[]): Promise<Server> {
  const child: ChildProcess = spawn(process.execPath, [...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('no output to read the address from');
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /"address":"http:\/\/[^"]*:(\d+)"/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return serverOf(child, Number(port));
  }
  throw new Error(`${command.join(' ')} ended before it listened`);
}

/**
 * Starts a program of others, and waits until it answers.
 *
 * @param ready the path of an answer with 200 that says so
 * @throws an Error where it ends before
 */
export async function startProgram(
  program: string,
  args: readonly string[],
  { port, ready }: { readonly port: number; readonly ready: string },
): Promise<Server> {
  const child = spawn(program, [...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2_000);
  });
  const server = serverOf(child, port);
  while (child.exitCode === null && child.signalCode === null) {
    const response = await fetch(`http://127.0.0.1:${port}${ready}`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok === true) return server;
    await sleep(50);
  }
  throw new Error(`${program} ended before it listened: ${words}`);
}

function serverOf(child: ChildProcess, port: number): Server {
  const exited = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
  const end = async (name: NodeJS.Signals) => {
    child.kill(name);
    await exited;
  };
  return { port, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
