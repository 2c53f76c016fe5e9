import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { messageOf } from '../../shared/fault.ts';
import { wrappingOf } from '../export/encrypt.ts';
import { BackupFault, damaged, unfit } from './fault.ts';
import { openAge } from './openAge.ts';

const HEAD = Buffer.from('age-encryption.org/v1\n');

/** @throws BackupFault for what is no public key */
export function requireRecipients(recipients: readonly string[]): void {
  for (const recipient of recipients) {
    try {
      new Encrypter().addRecipient(recipient);
    } catch {
      // Not repeated: it may be a secret key.
      const remedy = 'give the public key that age-keygen printed: age1…';
      throw new BackupFault('unfit', 'what was given as an age recipient is no public key of age', remedy);
    }
  }
}

/**
 * Encrypts for these recipients, and for a key that only this process has and nobody keeps: with that we can open again what we have
 * written, to see that it is good.
 */
export async function sealerFor(recipients: readonly string[]) {
  requireRecipients(recipients);
  const identity = await generateIdentity();
  const all = [...recipients, await identityToRecipient(identity)];
  const { step } = wrappingOf({ by: 'age', recipients: all });
  return { identity, seal: step ?? ((plain: AsyncIterable<Uint8Array>) => plain) };
}

/**
 * The plain bytes of a backup, whether it is encrypted or not.
 *
 * @param identities `AGE-SECRET-KEY-1…`
 * @throws BackupFault where it is encrypted and none of them opens it, or is broken
 */
export async function* opened(
  bytes: AsyncIterable<Uint8Array>,
  identities: readonly string[],
): AsyncGenerator<Uint8Array> {
  const source = bytes[Symbol.asyncIterator]();
  try {
    let head = Buffer.alloc(0);
    while (head.length < HEAD.length) {
      const { done, value } = await source.next();
      if (done === true) break;
      head = Buffer.concat([head, value]);
    }
    const all = joined(head, source);
    if (head.subarray(0, HEAD.length).equals(HEAD)) yield* decrypted(all, identities);
    else yield* all;
  } finally {
    await source.return?.();
  }
}

async function* joined(head: Uint8Array, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  for (;;) {
    const { done, value } = await source.next();
    if (done === true) return;
    yield value;
  }
}

async function* decrypted(bytes: AsyncIterable<Uint8Array>, identities: readonly string[]): AsyncGenerator<Uint8Array> {
  if (identities.length === 0) throw unfit('is encrypted with age', 'give the key that opens it: --age-identity FILE');
  let plain: AsyncGenerator<Uint8Array>;
  try {
    plain = await openAge(bytes, identities);
  } catch (error) {
    throw unfit(`cannot be opened with this key: ${messageOf(error)}`, 'give the key of one of its recipients');
  }
  for (;;) {
    const { done, value } = await plain.next().catch((error: unknown) => {
      throw damaged(messageOf(error));
    });
    if (done === true) return;
    yield value;
  }
}
