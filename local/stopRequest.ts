/** Whoever asks a start to end: Ctrl-C, a request to stop, a terminal that was closed. */
import type { EventEmitter } from 'node:events';
import { Interrupted } from '../cli/errors.ts';
import { exitCodes } from '../cli/exitCodes.ts';

const SIGNALS = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated, SIGHUP: exitCodes.terminated } as const;

/** One Ctrl-C may arrive twice: from the terminal, and from a program between it and us. */
const SAME_REQUEST_MS = 1000;

export interface StopRequest {
  /** Aborted by the first request; its reason is an `Interrupted`. */
  readonly signal: AbortSignal;
  /** Resolves at the first request, with whether anybody is there to be told what follows from it. */
  readonly made: Promise<{ readonly watched: boolean }>;
  /** From here on signals do again what they do by themselves. */
  forget(): void;
}

/**
 * @param insist called at a second request: the person will not wait any longer
 * @param signals the process; for tests another emitter of its signals
 */
export function listenForStop(insist: () => void, signals: EventEmitter = process): StopRequest {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<{ watched: boolean }>();
  let first: number | undefined;
  const handlers = Object.entries(SIGNALS).map(([name, exitCode]) => {
    const handler = () => {
      if (first === undefined) {
        first = performance.now();
        controller.abort(new Interrupted(exitCode));
        resolve({ watched: name !== 'SIGHUP' });
      } else if (performance.now() - first > SAME_REQUEST_MS) insist();
    };
    signals.on(name, handler);
    return { name, handler };
  });
  const forget = () => {
    for (const { name, handler } of handlers) signals.removeListener(name, handler);
  };
  return { signal: controller.signal, made: promise, forget };
}
