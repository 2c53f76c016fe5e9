import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { KEY } from './rotation.ts';

/**
 * Keys for which signatures can be made without a private key, since the point has a small order; with the encodings that mean the
 * same (https://eprint.iacr.org/2020/1244, table 6).
 */
const WEAK: ReadonlySet<string> = new Set(
  [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ].flatMap((key) => [key, withSign(key)]),
);

/** The other point of the same height: the highest bit of the last byte is the sign. */
function withSign(key: string): string {
  const last = Number.parseInt(key.slice(62), 16) ^ 0x80;
  return key.slice(0, 62) + last.toString(16).padStart(2, '0');
}

/** Whether this is a public key that can tell its owner from others. @param key hexadecimal, small letters */
export function isUsable(key: string): boolean {
  return KEY.test(key) && !WEAK.has(key);
}

/**
 * @param key 64 hexadecimal digits
 * @param signature 128 hexadecimal digits
 */
export function isSignedBy(key: string, message: Uint8Array, signature: string): boolean {
  if (!isUsable(key) || !/^[0-9a-f]{128}$/.test(signature)) return false;
  try {
    return verify(null, message, publicKey(key), Buffer.from(signature, 'hex'));
  } catch {
    // Not every number is a point.
    return false;
  }
}

function publicKey(key: string): KeyObject {
  const x = Buffer.from(key, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
