import type { Store } from '../store/store.ts';
import type { ControlLog } from './control.ts';

/** Decisions of a replica that is the only one: straight to its store. */
export function localControl(store: Pick<Store, 'ask'>): ControlLog {
  return {
    append: async (entry) => {
      const reply = await store.ask({ ask: 'apply', entry });
      if (reply.of !== 'applied') throw new Error('the store applied nothing');
      return reply.outcome;
    },
  };
}
