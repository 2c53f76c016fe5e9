import { currentKey, type KeyEvent } from './rotation.ts';

/** One key of a peer, and when it is good. Times are Unix seconds. */
export interface RingKey {
  readonly key: string;
  /** Null where the peer came with it. */
  readonly from: number | null;
  /** Null where no end is known. */
  readonly until: number | null;
  readonly state: 'current' | 'grace' | 'expired';
}

/** All keys that a peer has had, the newest first. */
export function ringOf(peer: string, events: readonly KeyEvent[], now: number): RingKey[] {
  const first = events[0]?.oldKey ?? currentKey(peer, undefined);
  const keys = [{ key: first, from: null, event: events[0] }].filter(({ key }) => key !== '');
  const later = events.map(({ newKey, at }, index) => ({ key: newKey, from: at, event: events[index + 1] }));
  return [...keys, ...later]
    .map(({ key, from, event }): RingKey => {
      const until = event === undefined ? null : endOf(event, events);
      const state = until === null ? 'current' : now < until ? 'grace' : 'expired';
      return { key, from, until, state };
    })
    .reverse();
}

/** A key that is forced on a peer is for where one was stolen: none before it is good any longer, whichever that was. */
function endOf(event: KeyEvent, events: readonly KeyEvent[]): number {
  const forced = events.slice(events.indexOf(event) + 1).filter(({ how }) => how === 'forced');
  return Math.min(event.until, ...forced.map(({ until }) => until));
}
