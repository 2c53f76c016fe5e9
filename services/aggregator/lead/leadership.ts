import type { ReadinessCheck } from '../../shared/http.ts';

/** Whether this replica decides for all, and who does otherwise. */
export interface Leadership {
  /**
   * What the decisions of this replica carry; undefined while it does not lead, or cannot be sure of it. Ask again right before each
   * decision: a process that was paused finds out only by asking.
   */
  epoch(): number | undefined;
  /** Which other one leads as far as we know, and by which epoch somebody does. */
  known(): { readonly leader: string | undefined; readonly epoch: number | undefined };
  /** Calls back when this replica begins or ends to lead. @returns ends it */
  onChange(listener: (epoch: number | undefined) => void): () => void;
  /** Somebody else has decided since: lets go, so that whoever leads next does so by a newer epoch. */
  yield(): Promise<void>;
  /** Never fails it: a replica that does not lead takes and shows snapshots all the same. */
  readiness(): ReadinessCheck;
  stop(): Promise<void>;
}

/**
 * The only replica: it always leads. Its epoch is the newest that its store has seen, so that a store that was one of several goes on.
 *
 * @param newest asked until it answers
 */
export function alone(newest: () => Promise<number>): Leadership {
  let epoch: number | undefined;
  let asking = false;
  const listeners = new Set<(epoch: number | undefined) => void>();
  const learn = async () => {
    if (asking || epoch !== undefined) return;
    asking = true;
    try {
      epoch = await newest();
      for (const listener of listeners) listener(epoch);
    } catch {
      // The store is in trouble, which it says itself, and nothing can be decided anyway.
    } finally {
      asking = false;
    }
  };
  void learn();
  return {
    epoch: () => {
      void learn();
      return epoch;
    },
    known: () => ({ leader: undefined, epoch }),
    onChange: (listener) => {
      listeners.add(listener);
      if (epoch !== undefined) listener(epoch);
      return () => void listeners.delete(listener);
    },
    yield: async () => {
      epoch = undefined;
    },
    readiness: () => ({ ok: true, leads: true }),
    stop: async () => {
      listeners.clear();
    },
  };
}
