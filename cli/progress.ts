/** One line on standard error that says what is being done: only for a person, and gone when it is done. */
import type { Io } from './io.ts';

const CLEAR_LINE = '\r\u001b[K';
/** Milliseconds between two drawings: faster than anybody reads, slower than what a terminal can take. */
const EVERY = 100;

export interface Progress {
  show(what: string): void;
  clear(): void;
}

export function progressOn({ progress, err }: Io): Progress {
  let drawn = 0;
  const show = (what: string) => {
    if (!progress || Date.now() - drawn < EVERY) return;
    drawn = Date.now();
    err(`${CLEAR_LINE}${what.slice(0, 100)}`);
  };
  return {
    show,
    clear: () => {
      if (drawn > 0) err(CLEAR_LINE);
      drawn = 0;
    },
  };
}
