/**
 * Identities in Grafana: stable, at most 40 characters of letters, digits, `-` and `_` (its `util.ValidateUID`).
 *
 * A UID is where an object's history, silences and bookmarks hang, so it follows from names alone and never from an order.
 */
import { sha256 } from '@noble/hashes/sha2.js';

const LONGEST = 40;
const HASH_DIGITS = 10;
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9-]*$/;

/**
 * The parts joined by `_` where that fits and says it all; else their beginning and a hash of the whole. Different parts give
 * different UIDs: a plain part has no `_`, and none begins with `-`, as the hash does.
 */
export function stableUid(...parts: readonly string[]): string {
  const joined = parts.join('_');
  if (joined.length <= LONGEST && parts.every((part) => PLAIN.test(part))) return joined;
  const readable = joined.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, LONGEST - HASH_DIGITS - 2);
  return `${readable}_-${digest(parts)}`;
}

function digest(parts: readonly string[]): string {
  const bytes = sha256(new TextEncoder().encode(JSON.stringify(parts)));
  return [...bytes]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, HASH_DIGITS);
}

export class DuplicateUidError extends Error {}

/** @throws DuplicateUidError naming both owners, where two things would be one to Grafana */
export function assertUnique(owners: Iterable<readonly [uid: string, owner: string]>, kind = 'UID'): void {
  const seen = new Map<string, string>();
  for (const [uid, owner] of owners) {
    const first = seen.get(uid);
    if (first !== undefined) {
      throw new DuplicateUidError(`Grafana ${kind} ${uid} is of ${first} and of ${owner}: rename one of them`);
    }
    seen.set(uid, owner);
  }
}
