import type { EventEmitter } from 'node:events';
import type { Logger } from './log.ts';
import type { RunningService } from './service.ts';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Milliseconds within which two signals are one: a supervisor tells the whole group, and a parent in it passes on what it was told. */
const SAME_MS = 100;

export interface SuperviseOptions {
  readonly log: Logger;
  /** Milliseconds that `stop()` may take. */
  readonly grace: number;
  /** Settles when the service reports that it cannot go on. */
  readonly failed: Promise<Error>;
  /** The process; for tests another emitter of its signals. */
  readonly signals?: EventEmitter;
  /** Milliseconds of a clock that never jumps; for tests. */
  readonly now?: () => number;
}

/**
 * Waits for a signal (or a failure of the service), then stops the service within its grace period.
 *
 * A second signal a moment later ends the wait at once: a person who presses Ctrl-C twice means it.
 *
 * @returns the exit code: 0 when everything accepted was finished, else 1
 */
export async function supervise(running: RunningService, options: SuperviseOptions): Promise<number> {
  const { log, grace, failed, signals = process, now = () => performance.now() } = options;
  let onSignal: (signal: string) => void = () => {};
  const listener = (signal: string) => onSignal(signal);
  for (const name of STOP_SIGNALS) signals.on(name, listener);
  try {
    const cause = await Promise.race([
      new Promise<string>((resolve) => {
        onSignal = resolve;
      }),
      failed,
    ]);
    if (cause instanceof Error) log.fatal({ err: cause }, 'stopping: the service cannot go on');
    else log.info({ signal: cause, graceMs: grace }, 'stopping');

    const begun = now();
    const impatient = new Promise<'signal'>((resolve) => {
      onSignal = () => {
        if (now() - begun >= SAME_MS) resolve('signal');
      };
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), grace);
    });
    const stopped = running.stop().then(
      () => 'stopped' as const,
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        return 'failed' as const;
      },
    );
    const end = await Promise.race([stopped, late, impatient]);
    clearTimeout(timer);
    if (end === 'late') log.error({ graceMs: grace }, 'grace period over with work still under way');
    if (end === 'signal') log.warn('second signal: leaving at once');
    if (end === 'stopped' && !(cause instanceof Error)) {
      log.info('stopped');
      return 0;
    }
    return 1;
  } finally {
    for (const name of STOP_SIGNALS) signals.removeListener(name, listener);
  }
}
