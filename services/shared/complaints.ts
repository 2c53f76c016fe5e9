import type { Logger } from './log.ts';

const COMPLAIN_EVERY_MS = 1_000;

/** Logs refused requests, one a second at most: whoever sends many wrong ones must not fill the disk with lines. */
export function limitedComplaints(log: Logger): (error: string, path: string, from?: string) => void {
  let last = 0;
  let unsaid = 0;
  return (error, path, from) => {
    const now = Date.now();
    if (now - last < COMPLAIN_EVERY_MS) {
      unsaid += 1;
      return;
    }
    log.warn({ error, path, ...(from === undefined ? {} : { from }), unsaid }, 'a request was refused');
    last = now;
    unsaid = 0;
  };
}
