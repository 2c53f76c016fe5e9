/** ed25519 keys as people have them: PEM from openssl, or hexadecimal. */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { requirePrivate } from './secret.ts';

/** What stands before the 32 bytes of a private key in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const HEX_KEY = /^[0-9a-f]{64}$/i;
/** Private and public half together, as the-block keeps them. */
const HEX_PAIR = /^[0-9a-f]{128}$/i;

/**
 * A public key.
 *
 * @param given 64 hexadecimal digits, or a PEM file
 * @returns 64 hexadecimal digits
 * @throws CliError
 */
export function publicKeyIn(given: string, option: string, { cwd }: Pick<Io, 'cwd'>): string {
  if (HEX_KEY.test(given)) return given.toLowerCase();
  const path = resolve(cwd, given);
  const remedy = 'give 64 hexadecimal digits, or a file from: openssl pkey -in key.pem -pubout -out key.pub';
  if (!existsSync(path)) throw new CliError(`${option}: ${given} is no key, and no file`, { remedy });
  const text = readFileSync(path, 'utf8');
  if (/PRIVATE KEY/.test(text)) {
    throw new CliError(`${option}: ${path} holds a private key, and only the public one is wanted`, { remedy });
  }
  return raw(() => createPublicKey(text), `${option}: ${path} holds no public key of ed25519`, remedy);
}

export interface Signer {
  /** 64 hexadecimal digits. */
  readonly publicKey: string;
  /** @returns 128 hexadecimal digits */
  sign(message: Uint8Array): string;
}

/** A private key, which stays here. @throws CliError where it is none, or others may read it */
export function signerIn(file: string, option: string, { cwd }: Pick<Io, 'cwd'>): Signer {
  const path = requirePrivate(resolve(cwd, file), option);
  const text = readFileSync(path, 'utf8').trim();
  const seed = HEX_KEY.test(text) || HEX_PAIR.test(text) ? Buffer.from(text.slice(0, 64), 'hex') : undefined;
  const remedy = 'give a PEM file as openssl genpkey -algorithm ed25519 writes it, or one with 64 hexadecimal digits';
  const load = () =>
    seed === undefined
      ? createPrivateKey(text)
      : createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = raw(() => createPublicKey(load()), `${option}: ${path} holds no private key of ed25519`, remedy);
  const key = load();
  return { publicKey, sign: (message) => sign(null, message, key).toString('hex') };
}

/** @throws CliError with the message given; what the parser says may quote the key */
function raw(load: () => KeyObject, message: string, remedy: string): string {
  let x: string | undefined;
  try {
    const key = load();
    x = key.asymmetricKeyType === 'ed25519' ? key.export({ format: 'jwk' }).x : undefined;
  } catch {
    x = undefined;
  }
  if (x === undefined) throw new CliError(message, { remedy });
  return Buffer.from(x, 'base64url').toString('hex');
}
