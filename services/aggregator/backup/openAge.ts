import { createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Decrypter } from 'age-encryption';
import { CHUNK, chunkNonce, NONCE, TAG } from '../export/age.ts';

/** A header for a few thousand recipients. */
const MOST_HEADER = 1_048_576;
const LAST_LINE = Buffer.from('\n--- ');
const SEALED = CHUNK + TAG;

/**
 * Opens a file of age (https://age-encryption.org/v1): its header by the library, its payload by the system's OpenSSL, as `ageFile` writes it.
 *
 * @param identities `AGE-SECRET-KEY-1…`
 * @returns what it holds; breaks with an Error at the first piece that is not as it was written, and where it ends too early or goes on
 * @throws an Error where its header is none, was changed, or names none of the identities
 */
export async function openAge(
  bytes: AsyncIterable<Uint8Array>,
  identities: readonly string[],
): Promise<AsyncGenerator<Uint8Array>> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  const source = bytes[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let end = 0;
  while (end === 0 && head.length < MOST_HEADER) {
    const { done, value } = await source.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
    end = endOfHeader(head);
  }
  // Without an end it is none, which the library says.
  const fileKey = await decrypter.decryptHeader(end === 0 ? head : head.subarray(0, end));
  return payload(head.subarray(end), source, fileKey);
}

/** @returns where the payload begins; 0 where that has not come */
function endOfHeader(head: Buffer): number {
  const line = head.indexOf(LAST_LINE);
  return line < 0 ? 0 : head.indexOf('\n', line + LAST_LINE.length) + 1;
}

async function* payload(
  first: Buffer,
  source: AsyncIterator<Uint8Array>,
  fileKey: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const nonce = Buffer.alloc(NONCE);
  let noted = 0;
  let key: KeyObject | undefined;
  const sealed = Buffer.alloc(SEALED);
  let [used, number] = [0, 0];
  for (let bytes: Uint8Array | undefined = first; bytes !== undefined; ) {
    let at = 0;
    if (key === undefined) {
      at = Math.min(NONCE - noted, bytes.length);
      nonce.set(bytes.subarray(0, at), noted);
      noted += at;
      if (noted === NONCE) key = createSecretKey(Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32)));
    }
    while (key !== undefined && at < bytes.length) {
      // A full one waits until it is known that it is not the last.
      if (used === SEALED) {
        yield opened(sealed, key, number, false);
        number += 1;
        used = 0;
      }
      const part: Uint8Array = bytes.subarray(at, at + SEALED - used);
      sealed.set(part, used);
      used += part.length;
      at += part.length;
    }
    const next: IteratorResult<Uint8Array> = await source.next();
    bytes = next.done === true ? undefined : next.value;
  }
  if (key === undefined || used < TAG) throw new Error('it ends too early');
  if (used === TAG && number > 0) throw new Error('its last piece is empty');
  yield opened(sealed.subarray(0, used), key, number, true);
}

/** @throws an Error where it is not what was sealed as this piece */
function opened(sealed: Buffer, key: KeyObject, number: number, last: boolean): Buffer {
  const decipher = createDecipheriv('chacha20-poly1305', key, chunkNonce(number, last), { authTagLength: TAG });
  const end = sealed.length - TAG;
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch {
    throw new Error(`piece ${number + 1} of it was changed, or something is missing behind it`);
  }
  return plain;
}
