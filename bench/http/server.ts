import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a program that prints a JSON line with its `address`. */
export async function startServer(command: readonly string[]): Promise<Server> {
  const child: ChildProcess = spawn(process.execPath, [...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('no output to read the address from');
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /"address":"http:\/\/[^"]*:(\d+)"/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return {
      port: Number(port),
      stop: async () => {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }
  throw new Error(`${command.join(' ')} ended before it listened`);
}
