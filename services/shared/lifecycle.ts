import type { EventEmitter } from 'node:events';
import type { Logger } from './log.ts';
import type { RunningService } from './service.ts';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export interface SuperviseOptions {
  readonly log: Logger;
  /** Milliseconds that `stop()` may take. */
  readonly grace: number;
  /** Settles when the service reports that it cannot go on. */
  readonly failed: Promise<Error>;
  /** The process; for tests another emitter of its signals. */
  readonly signals?: EventEmitter;
}

/**
 * Waits for a signal (or a failure of the service), then stops the service within its grace period.
 *
 * A second signal ends the wait at once: a person who presses Ctrl-C twice means it.
 *
 * @returns the exit code: 0 when everything accepted was finished, else 1
 */
export async function supervise(running: RunningService, options: SuperviseOptions): Promise<number> {
  const { log, grace, failed, signals = process } = options;
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

    const impatient = new Promise<'signal'>((resolve) => {
      onSignal = () => resolve('signal');
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
