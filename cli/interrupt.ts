import { Interrupted } from './errors.ts';
import { exitCodes } from './exitCodes.ts';

const SIGNALS = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated, SIGHUP: exitCodes.terminated } as const;

/**
 * Runs work that must tidy up after itself: Ctrl-C aborts its signal instead of ending the process, and its own `finally` runs.
 * @throws Interrupted when it was asked to stop, whatever the work made of that
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const handlers = Object.entries(SIGNALS).map(([name, exitCode]) => {
    const handler = () => controller.abort(new Interrupted(exitCode));
    process.on(name, handler);
    return { name, handler };
  });
  try {
    return await work(controller.signal);
  } finally {
    for (const { name, handler } of handlers) process.off(name, handler);
    controller.signal.throwIfAborted();
  }
}
