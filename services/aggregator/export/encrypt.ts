import { createCipheriv, createHash, randomBytes, scrypt } from 'node:crypto';
import { type Recipient, Stanza } from 'age-encryption';
import { ageFile } from './age.ts';
import type { Encryption } from './encryption.ts';

/** A step of a stream: takes the plain bytes, gives the encrypted ones, no faster than they are taken. */
export type Step = (plain: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** What the answer says about the encryption. */
export interface Wrapping {
  readonly type: string;
  /** What the name of the file ends in. */
  readonly ending: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly step: Step | undefined;
}

/**
 * scrypt with N = 2^16: 64 MiB for a moment, which a small container has too. `age` takes up to 2^22.
 */
const WORK_FACTOR = 16;
const AES_BLOCK = 16;

export function wrappingOf(encryption: Encryption): Wrapping {
  switch (encryption.by) {
    case 'none':
      return { type: 'application/zip', ending: '.zip', headers: {}, step: undefined };
    case 'age':
      return ageWrapping(encryption.recipients);
    case 'age-passphrase':
      return ageWrapping([new PassphraseRecipient(encryption.passphrase)]);
    case 'openssl':
      return {
        type: 'application/octet-stream',
        ending: '.zip.enc',
        headers: {
          warning:
            '299 chainwatch "AES-256-CBC does not show whether the file was changed, and its key is a bare SHA-256 of the passphrase; prefer age (x-age-recipient or x-age-passphrase)"',
        },
        step: (plain) => opensslStep(plain, encryption.passphrase),
      };
  }
}

function ageWrapping(recipients: readonly (string | Recipient)[]): Wrapping {
  return {
    type: 'application/age',
    ending: '.zip.age',
    headers: {},
    step: (plain) => ageFile(plain, recipients),
  };
}

/** The IV, then what `openssl enc -d -aes-256-cbc -K <SHA-256 of the passphrase> -iv <IV>` opens. */
async function* opensslStep(plain: AsyncIterable<Uint8Array>, passphrase: string): AsyncGenerator<Uint8Array> {
  const iv = randomBytes(AES_BLOCK);
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(passphrase, 'utf8').digest(), iv);
  yield iv;
  for await (const chunk of plain) {
    const encrypted = cipher.update(chunk);
    if (encrypted.length > 0) yield encrypted;
  }
  yield cipher.final();
}

/** age's recipient for a passphrase (https://age-encryption.org/v1), on a thread of its own: it takes a while. */
class PassphraseRecipient implements Recipient {
  readonly #passphrase: string;

  constructor(passphrase: string) {
    this.#passphrase = passphrase;
  }

  async wrapFileKey(fileKey: Uint8Array): Promise<Stanza[]> {
    const salt = randomBytes(16);
    const labelled = Buffer.concat([Buffer.from('age-encryption.org/v1/scrypt'), salt]);
    const cost = 2 ** WORK_FACTOR;
    const key = await new Promise<Buffer>((resolve, reject) => {
      scrypt(this.#passphrase, labelled, 32, { N: cost, r: 8, p: 1, maxmem: cost * 8 * 128 * 2 }, (error, derived) =>
        error === null ? resolve(derived) : reject(error),
      );
    });
    const cipher = createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), { authTagLength: 16 });
    const sealed = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
    const stanza = new Stanza(['scrypt', salt.toString('base64').replaceAll('=', ''), String(WORK_FACTOR)], sealed);
    return [stanza];
  }
}
