import { messageOf } from '../../shared/fault.ts';
import type { Logger } from '../../shared/log.ts';
import type { Store } from '../store/store.ts';
import type { Decisions } from './decisions.ts';
import type { Leadership } from './leadership.ts';

const EVERY_MS = 60_000;

export interface PruningOptions {
  readonly leadership: Leadership;
  readonly decisions: Decisions;
  readonly store: Store;
  /** Seconds. */
  readonly retention: number;
  readonly log: Logger;
}

/**
 * Each minute the leader decides what is too old, and every replica forgets up to there.
 *
 * A replica that has just begun to lead decides at once: from then on nothing counts that a leader before it may still send.
 *
 * @returns ends it
 */
export function startPruning({ leadership, decisions, store, retention, log }: PruningOptions): () => void {
  const prune = async () => {
    try {
      if (leadership.epoch() !== undefined) await decisions.decide('prune', { before: decisions.now() - retention });
    } catch (error) {
      // The store says itself what troubles it, and who leads no longer has said so too.
      log.debug({ reason: messageOf(error) }, 'no new mark for pruning');
    }
    store.prune(0);
  };
  const timer = setInterval(() => void prune(), EVERY_MS);
  const quiet = leadership.onChange((epoch) => {
    if (epoch !== undefined) void prune();
  });
  void prune();
  return () => {
    clearInterval(timer);
    quiet();
  };
}
