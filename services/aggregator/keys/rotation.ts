import type { JsonObject } from '../control/control.ts';

/**
 * - `introduced`: the first key of a peer that had none; whoever holds a token said so.
 * - `signed`: the key before has signed it.
 * - `forced`: somebody with a token for all networks said so, because the key before is lost or stolen.
 */
const WAYS = ['introduced', 'signed', 'forced'] as const;
export type Way = (typeof WAYS)[number];

/** A peer has another key. Keys are ed25519 public keys: 64 hexadecimal digits. */
export interface Rotation {
  readonly network: string;
  /** The name that the peer came by first. */
  readonly peer: string;
  /** Empty for none. */
  readonly oldKey: string;
  readonly newKey: string;
  /** From when on the old key is good no longer. Unix seconds. */
  readonly until: number;
  readonly how: Way;
  /** Of the old key, 128 hexadecimal digits; empty where it did not sign. */
  readonly signature: string;
}

/** A rotation as it is remembered. */
export interface KeyEvent extends Rotation {
  /** Unix seconds. */
  readonly at: number;
  readonly epoch: number;
}

export const KEY = /^[0-9a-f]{64}$/;
const SIGNATURE = /^(?:[0-9a-f]{128})?$/;

/** The rotation as a decision carries it. */
export function dataOf(rotation: Rotation): JsonObject {
  return { ...rotation };
}

/** @returns undefined where this is none */
export function rotationOf(data: JsonObject): Rotation | undefined {
  const { network, peer, oldKey, newKey, until, signature } = data;
  const how = WAYS.find((way) => way === data.how);
  if (typeof network !== 'string' || typeof peer !== 'string' || how === undefined) return undefined;
  if (typeof newKey !== 'string' || !KEY.test(newKey)) return undefined;
  if (typeof oldKey !== 'string' || (oldKey !== '' && !KEY.test(oldKey))) return undefined;
  if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return undefined;
  if (typeof until !== 'number' || !Number.isSafeInteger(until) || until < 0) return undefined;
  return { network, peer, oldKey, newKey, until, how, signature };
}

/** The key of a peer: that of its last rotation; its own name where that is a key, as in the-block; empty for none. */
export function currentKey(peer: string, last: { readonly newKey: string } | undefined): string {
  return last?.newKey ?? (KEY.test(peer) ? peer : '');
}
