import { type KeyEvent, rotationOf } from './rotation.ts';

/** All rotations of a peer, the first first: each begins with the key to which the one before led. */
export interface KeyChain {
  readonly network: string;
  /** The name that the peer came by first. */
  readonly peer: string;
  readonly events: readonly KeyEvent[];
}

/** Rows of the table of rotations; what is none is left out. */
export function eventsOf(rows: readonly Readonly<Record<string, unknown>>[]): KeyEvent[] {
  return rows.flatMap(({ network, peer, at, epoch, old_key, new_key, until, how, signature }) => {
    const rotation = rotationOf({
      network: String(network),
      peer: String(peer),
      oldKey: String(old_key),
      newKey: String(new_key),
      until: Number(until),
      how: String(how),
      signature: String(signature),
    });
    return rotation === undefined ? [] : [{ ...rotation, at: Number(at), epoch: Number(epoch) }];
  });
}

/** Whether each rotation follows the one before it, and no key comes twice. */
export function isChain({ events }: KeyChain): boolean {
  const keys = [events[0]?.oldKey, ...events.map(({ newKey }) => newKey)];
  const follows = events.every(
    ({ oldKey, how }, at) => oldKey === keys[at] && (how === 'introduced') === (oldKey === ''),
  );
  return events.length > 0 && follows && new Set(keys).size === keys.length;
}

/** How many rotations two chains have in common at their beginning. */
export function sharedLength(one: readonly KeyEvent[], other: readonly KeyEvent[]): number {
  const differs = one.findIndex((event, at) => !isSame(event, other[at]));
  return differs < 0 ? one.length : differs;
}

/**
 * Of two chains of one peer all replicas must come to keep the same, whichever each has seen first: that whose last rotation was decided by the
 * later leader, for one who did not know of the other. A chain that goes on is newer than its beginning.
 */
export function isNewer(one: readonly KeyEvent[], other: readonly KeyEvent[]): boolean {
  const [a, b] = [one.at(-1), other.at(-1)];
  if (a === undefined || b === undefined) return b === undefined && a !== undefined;
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  if (one.length !== other.length) return one.length > other.length;
  return textOf(one) > textOf(other);
}

function isSame(event: KeyEvent, other: KeyEvent | undefined): boolean {
  if (other === undefined) return false;
  const { oldKey, newKey, epoch, at } = other;
  return event.oldKey === oldKey && event.newKey === newKey && event.epoch === epoch && event.at === at;
}

const textOf = (events: readonly KeyEvent[]) =>
  events.map(({ at, oldKey, newKey, until }) => `${oldKey} ${newKey} ${at} ${until}`).join();
