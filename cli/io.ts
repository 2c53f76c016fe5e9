/** What a command sees of the terminal: passed in, so that a test can be one. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What was asked for. */
  out(text: string): void;
  /** Messages about it. */
  err(text: string): void;
  /** Whether `out` may carry colours. */
  readonly color: boolean;
  /** Whether a person is there to answer questions. */
  readonly interactive: boolean;
  /** Whether progress may be drawn on `err`. */
  readonly progress: boolean;
  /** Columns of the terminal; absent where `out` goes to none. */
  readonly width?: number;
}

export function processIo(): Io {
  const { env, stdin, stdout, stderr } = process;
  const isTerminal = stdout.isTTY === true && env.TERM !== 'dumb';
  return {
    cwd: process.cwd(),
    env,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    color: !env.NO_COLOR && (isTerminal || Boolean(env.FORCE_COLOR)),
    interactive: stdin.isTTY === true && stdout.isTTY === true,
    progress: stderr.isTTY === true && env.TERM !== 'dumb',
    ...(isTerminal && stdout.columns > 0 ? { width: stdout.columns } : {}),
  };
}
