import type { Logger } from './log.ts';

const COMPLAIN_EVERY_MS = 1_000;

type Words = Readonly<Record<string, string>>;

/** Logs refused requests, one a second at most: whoever sends many wrong ones must not fill the disk with lines. */
export function limitedComplaints(log: Logger): (error: string, path: string, from?: string, words?: Words) => void {
  let last = 0;
  let unsaid = 0;
  return (error, path, from, words) => {
    const now = Date.now();
    if (now - last < COMPLAIN_EVERY_MS) {
      unsaid += 1;
      return;
    }
    log.warn({ error, path, ...(from === undefined ? {} : { from }), ...words, unsaid }, 'a request was refused');
    last = now;
    unsaid = 0;
  };
}
