import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../shared/fault.ts';
import type { Logger } from '../../shared/log.ts';
import type { Link } from './link.ts';

const LOOK_EVERY_MS = 1_000;

export interface BringingOptions {
  /** `own batches` */
  readonly what: string;
  readonly link: Pick<Link, 'look'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Looks each second for what the log does not have, until the signal.
 *
 * @param bring one look; what it throws is told where the log does answer, and it is tried again
 */
export async function bringAgain(bring: () => Promise<void>, { what, link, log, signal }: BringingOptions) {
  while (!signal.aborted) {
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    try {
      await bring();
    } catch (error) {
      if (link.look === undefined || signal.aborted) continue;
      log.warn({ reason: messageOf(error) }, `${what} could not be brought to the log; tried again`);
    }
  }
}
