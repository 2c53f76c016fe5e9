import { z } from 'zod';
import { type App, HttpFault } from '../shared/http.ts';
import type { Logger } from '../shared/log.ts';
import { requireAll } from './access.ts';
import type { RunningExports } from './export/running.ts';
import type { Decisions } from './lead/decisions.ts';
import type { Store } from './store/store.ts';
import type { Tokens } from './tokens.ts';

export interface PruneOptions {
  readonly tokens: Tokens;
  readonly store: Store;
  readonly exports: RunningExports;
  readonly decisions: Decisions;
  readonly log: Logger;
  /** Milliseconds. */
  readonly now: () => number;
}

const pruneBody = z.strictObject({ before: z.int().min(1), from: z.int().min(0).default(0) });
type Order = z.output<typeof pruneBody>;

/** Shorter than callers and what stands between wait for the head of an answer. */
const ANSWER_AFTER_MS = 10_000;

/**
 * `POST /prune {"before": 1763737200}` (Unix seconds): forgets the snapshots that are older, and answers
 * `{"before", "removed", "next"}`. Where there are many it answers before all are gone: then `next` is not null, and the caller goes
 * on with it: `{"before": …, "from": next}`. For tokens that are good for all networks.
 *
 * A snapshot that came late stays as long as one that came before it: see Pruner. What was taken away stays so when the caller
 * goes; the rest is left to the next round of pruning: what is older is not taken any more, here and on all other replicas. The leader alone
 * is asked; others answer with 421.
 */
export function addPrune(app: App, { tokens, store, exports, decisions, log, now }: PruneOptions): void {
  app.post('/prune', async (request, reply) => {
    requireAll(tokens.authorize(request.headers), 'taking samples away');
    const { before, from } = orderOf(request.body, Math.floor(now() / 1000));
    return exports.alone(async () => {
      await decisions.decide('prune', { before });
      let removed = 0;
      const until = now() + ANSWER_AFTER_MS;
      let next = from;
      do {
        exports.requireGoingOn();
        const step = await store.ask({ ask: 'sweep', before, from: next });
        if (step.of !== 'swept') throw new Error('the store swept nothing');
        removed += step.removed;
        next = step.next;
      } while (next !== 0 && now() < until && !reply.raw.destroyed);
      log.info({ before: new Date(before * 1000).toISOString(), removed }, 'samples were taken away on demand');
      return { before, removed, next: next === 0 ? null : next };
    });
  });
}

function orderOf(sent: unknown, now: number): Order {
  const result = pruneBody.safeParse(sent);
  const bad = (reason: string) =>
    new HttpFault(400, { error: 'bad_time', reason, remedy: 'send {"before": 1763737200}, in Unix seconds' });
  if (!result.success) throw bad('the body names no time');
  const { before } = result.data;
  if (before > 0xffff_ffff) throw bad('the time is too large for seconds (milliseconds?)');
  if (before > now) throw bad('the time lies in the future: everything would go');
  return result.data;
}
