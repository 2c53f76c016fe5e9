/** The steps of a start as a person sees them: a line for each; the one under way says what it does, in a log now and then. */

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;
/** Where nothing can be drawn over: often enough to see that it goes on, seldom enough for a log. */
const LINE_MS = 10_000;
const CLEAR_LINE = '\r\u001b[K';

export interface StepOutput {
  write(text: string): unknown;
  /** Lines may be drawn over. */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Step<T> {
  readonly title: string;
  /** Aborted: whatever the work makes of it, the step ends with the signal's reason. */
  readonly signal: AbortSignal;
  /** `say`: what is being done just now. */
  readonly work: (say: (what: string) => void) => Promise<T>;
  /** Said behind the title when it is done. */
  readonly summary?: (result: T) => string;
}

/**
 * Does one step, and shows it. When it fails only its title is marked: what went wrong is for the caller to say, once.
 * @returns what the work returns @throws what the work throws
 */
export async function step<T>({ title, signal, work, summary }: Step<T>, out: StepOutput = process.stderr): Promise<T> {
  signal.throwIfAborted();
  const line = out.isTTY ? animated(title, out) : logged(title, out);
  const done = (mark: string, text: string) => {
    line.clear();
    out.write(`${mark} ${text}\n`);
  };
  try {
    const result = await work((what) => line.say(what));
    signal.throwIfAborted();
    const said = summary?.(result) ?? '';
    done('✔', said === '' ? title : `${title}: ${said}`);
    return result;
  } catch (error) {
    done('✖', signal.aborted ? `${title}: interrupted` : title);
    signal.throwIfAborted();
    throw error;
  }
}

interface Line {
  say(what: string): void;
  clear(): void;
}

function logged(title: string, out: StepOutput): Line {
  let detail = '';
  const timer = setInterval(() => out.write(`… ${title}${detail === '' ? '' : `: ${detail}`}\n`), LINE_MS);
  return {
    say: (what) => {
      detail = what;
    },
    clear: () => clearInterval(timer),
  };
}

function animated(title: string, out: StepOutput): Line {
  let detail = '';
  let frame = 0;
  const draw = () => {
    const text = `${FRAMES[frame % FRAMES.length]} ${title}${detail === '' ? '' : `: ${detail}`}`;
    // A line that wraps could not be drawn over.
    out.write(`${CLEAR_LINE}${text.slice(0, (out.columns || 80) - 1)}`);
    frame += 1;
  };
  draw();
  const timer = setInterval(draw, FRAME_MS);
  return {
    say: (what) => {
      detail = what;
    },
    clear: () => {
      clearInterval(timer);
      out.write(CLEAR_LINE);
    },
  };
}
