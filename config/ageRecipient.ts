/** Public keys of age: bech32, whose last six letters tell a mistyped key from a good one (BIP 173). */
import { bech32 } from '@scure/base';

/** `age1…` as age-keygen prints it. */
export function isAgeRecipient(text: string): boolean {
  return /^age1[a-z0-9]{20,}$/.test(text) && bech32.decodeUnsafe(text, false) !== undefined;
}
