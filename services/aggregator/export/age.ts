import { createCipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { Encrypter, type Recipient, type Stanza } from 'age-encryption';

/** Bytes of plain text that are sealed together. */
export const CHUNK = 65_536;
export const TAG = 16;
/** Bytes at the beginning of the payload, from which and the key of the file that of the payload is made. */
export const NONCE = 16;
/** A last, empty chunk and the nonce before it: what the library puts behind the header of an empty file. */
const EMPTY_PAYLOAD = NONCE + TAG;

/**
 * A file of age (https://age-encryption.org/v1): its header by the library, its payload by the system's OpenSSL. The library's own ChaCha20 is
 * written in JavaScript and takes several times as long.
 *
 * @param recipients public keys (`age1…`), or what wraps the key of the file in its own way
 * @throws an Error for what is no recipient
 */
export async function* ageFile(
  plain: AsyncIterable<Uint8Array>,
  recipients: readonly (string | Recipient)[],
): AsyncGenerator<Uint8Array> {
  const { header, fileKey } = await headerFor(recipients);
  const nonce = randomBytes(NONCE);
  yield Buffer.concat([header, nonce]);
  const key = Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
  // Given as bytes it would be looked through again for each chunk.
  yield* sealed(plain, createSecretKey(key));
}

/** The library makes a key for each file, and shows it only to recipients: one that adds nothing to the header hears of it. */
class Listener implements Recipient {
  fileKey: Uint8Array = new Uint8Array();

  wrapFileKey(fileKey: Uint8Array): Stanza[] {
    this.fileKey = Uint8Array.from(fileKey);
    return [];
  }
}

async function headerFor(recipients: readonly (string | Recipient)[]) {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const listener = new Listener();
  encrypter.addRecipient(listener);
  const empty = await encrypter.encrypt(new Uint8Array());
  return { header: empty.subarray(0, empty.length - EMPTY_PAYLOAD), fileKey: listener.fileKey };
}

/** Chunks with their number and whether they are the last: none can be taken away, put elsewhere or left out at the end. */
async function* sealed(plain: AsyncIterable<Uint8Array>, key: KeyObject): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(CHUNK);
  let [used, number] = [0, 0];
  const seal = (last: boolean): Buffer => {
    const cipher = createCipheriv('chacha20-poly1305', key, chunkNonce(number, last), { authTagLength: TAG });
    number += 1;
    const bytes = Buffer.concat([cipher.update(chunk.subarray(0, used)), cipher.final(), cipher.getAuthTag()]);
    used = 0;
    return bytes;
  };
  for await (const bytes of plain) {
    for (let at = 0; at < bytes.length; ) {
      // A full one waits until it is known that it is not the last.
      if (used === CHUNK) yield seal(false);
      const part = bytes.subarray(at, at + CHUNK - used);
      chunk.set(part, used);
      used += part.length;
      at += part.length;
    }
  }
  yield seal(true);
}

/** Eleven bytes of the number, and one that says whether it is the last. */
export function chunkNonce(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}
