import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const PATIENCE_MS = 5_000;
const KEPT_LINES = 30;

export interface GoRun {
  readonly go: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** Each line of stderr, where go tells what it does. */
  readonly onLine: (line: string) => void;
}

/** The process groups of the go commands that run now. */
const running = new Set<ChildProcess>();

/**
 * Runs a go command and returns its stdout.
 * @throws Error with go's last words when it fails; the signal's reason when aborted, after go and its compilers have ended
 */
export async function runGo({ go, args, cwd, env, signal, onLine }: GoRun): Promise<string> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    // A group of its own, so that the compilers that go has started end with it.
    const child = spawn(go, [...args], { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const forget = remember(child);
    const words: string[] = [];
    let output = '';
    let failure: Error | undefined;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    createInterface(child.stderr).on('line', (line) => {
      words.push(line);
      if (words.length > KEPT_LINES) words.shift();
      onLine(line);
    });

    let impatience: NodeJS.Timeout | undefined;
    const onAbort = () => {
      // Asked by SIGINT go removes its temporary files.
      killGroup(child, 'SIGINT');
      impatience = setTimeout(() => killGroup(child, 'SIGKILL'), PATIENCE_MS);
    };
    signal?.addEventListener('abort', onAbort, { once: true });

    child.once('error', (error) => {
      failure = error;
    });
    child.once('close', (code, ended) => {
      forget();
      clearTimeout(impatience);
      signal?.removeEventListener('abort', onAbort);
      if (signal?.aborted) return reject(signal.reason);
      if (failure) return reject(failure);
      if (code === 0) return resolve(output);
      reject(
        new Error(
          `\`go ${args[0]}\` in ${cwd} ${ended ? `was ended by ${ended}` : `failed with ${code}`}:\n${words.join('\n')}`,
        ),
      );
    });
  });
}

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// The terminal's Ctrl-C does not reach a group of its own, and most callers have a signal for that. For those that have not, go ends with us.
function remember(child: ChildProcess): () => void {
  if (running.size === 0) {
    process.on('exit', endAll);
    for (const name of ENDING) process.on(name, endAllAndUs);
  }
  running.add(child);
  return () => {
    running.delete(child);
    if (running.size > 0) return;
    process.off('exit', endAll);
    for (const name of ENDING) process.off(name, endAllAndUs);
  };
}

function endAll(): void {
  for (const child of running) killGroup(child, 'SIGINT');
}

function endAllAndUs(name: NodeJS.Signals): void {
  if (process.listenerCount(name) > 1) return;
  endAll();
  process.off(name, endAllAndUs);
  process.kill(process.pid, name);
}

function killGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
