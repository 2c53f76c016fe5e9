/** The real command as a process, in a folder of the test's choosing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Io } from '../../cli/io.ts';
import { runCli } from '../../cli/run.ts';

export const ROOT = join(import.meta.dirname, '..', '..');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  /** The folder of the program's code; default: this one. */
  readonly program?: string;
  /** Over the test's own environment; `undefined` removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether it is the first of a group of processes, all of which a signal can reach. */
  readonly ownGroup?: boolean;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export function start(
  args: readonly string[],
  { cwd, program = ROOT, env = {}, ownGroup = false }: CommandOptions,
): Running {
  const main = join(program, 'cli', 'main.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, CHAINWATCH_STACK: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

export function chainwatch(args: readonly string[], options: CommandOptions): Promise<Ended> {
  return start(args, options).ended;
}

/** The same without a process of its own: quicker, where nothing depends on one. */
export async function inProcess(args: readonly string[], { cwd, env = {} }: CommandOptions): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  const io: Io = {
    cwd,
    env: { ...process.env, NO_COLOR: '1', CHAINWATCH_STACK: undefined, ...env },
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    color: false,
    interactive: false,
    progress: false,
  };
  const code = await runCli(args, io);
  return { code, stdout, stderr };
}
