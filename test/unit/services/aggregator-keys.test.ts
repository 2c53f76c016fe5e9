import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSignedBy, isUsable } from '../../../services/aggregator/keys/ed25519.ts';
import { ringOf } from '../../../services/aggregator/keys/ring.ts';
import { dataOf, type KeyEvent, type Rotation, rotationOf } from '../../../services/aggregator/keys/rotation.ts';
import { isSigned, statementOf } from '../../../services/aggregator/keys/statement.ts';

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((made) => Buffer.from(made).toString('hex'));

/** Points of small order, as they are written (RFC 8032), among them all eight that are written in the one right way. */
const SMALL = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
];

/** A key pair as RFC 8032 has it, from its seed. */
function pairOf(seed: Uint8Array) {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const secret = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const key = Buffer.from(createPublicKey(secret).export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  return { key, sign: (message: Uint8Array) => sign(null, message, secret).toString('hex') };
}

describe('signatures', () => {
  test('of RFC 8032 are good', () => {
    const key = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
    const signature =
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
    expect(isSignedBy(key, Buffer.from('72', 'hex'), signature)).toBe(true);
    expect(isSignedBy(key, Buffer.from('73', 'hex'), signature)).toBe(false);
  });

  test('are good for their key and message, and for nothing else', () => {
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seed, fc.uint8Array(), fc.nat(511), (from, message, bit) => {
        const pair = pairOf(from);
        const signature = pair.sign(message);
        expect(isSignedBy(pair.key, message, signature)).toBe(true);
        const changed = Buffer.from(signature, 'hex');
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(isSignedBy(pair.key, message, changed.toString('hex'))).toBe(false);
        expect(isSignedBy(pair.key, Buffer.concat([message, Buffer.of(0)]), signature)).toBe(false);
      }),
    );
  });

  test('by any bytes are false, never an error', () => {
    fc.assert(
      fc.property(hex(32), fc.oneof(hex(64), fc.string()), (key, signature) => {
        expect(isSignedBy(key, Buffer.from('x'), signature)).toBe(false);
      }),
    );
  });

  test.each(SMALL)('that anybody can make for the key %s are not good', (key) => {
    for (const point of SMALL) {
      for (let n = 0; n < 20; n += 1) {
        expect(isSignedBy(key, Buffer.from(`message ${n}`), point + '00'.repeat(32))).toBe(false);
      }
    }
    expect(isUsable(key)).toBe(false);
    expect(isUsable(pairOf(Buffer.from(key, 'hex')).key)).toBe(true);
  });
});

describe('a rotation', () => {
  const rotation = fc.record({
    network: fc.string(),
    peer: fc.string(),
    oldKey: fc.oneof(hex(32), fc.constant('')),
    newKey: hex(32),
    until: fc.maxSafeNat(),
    how: fc.constantFrom('introduced' as const, 'signed' as const, 'forced' as const),
    signature: fc.oneof(hex(64), fc.constant('')),
  });

  test('is the same behind its way through the log', () => {
    fc.assert(
      fc.property(rotation, (sent: Rotation) => {
        expect(rotationOf(JSON.parse(JSON.stringify(dataOf(sent))))).toEqual(sent);
      }),
    );
  });

  test('is read from nothing else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        expect(rotationOf(JSON.parse(JSON.stringify(data)))).toBeUndefined();
      }),
    );
  });

  test('is signed in its words, which no other rotation has', () => {
    const pair = pairOf(Buffer.alloc(32, 7));
    const said = { network: 'net', peer: 'p', oldKey: pair.key, newKey: 'ab'.repeat(32) };
    const signature = pair.sign(statementOf(said));
    expect(isSigned(said, signature)).toBe(true);
    const others = [
      { network: 'net2' },
      { peer: 'q' },
      { newKey: 'cd'.repeat(32) },
      { oldKey: pairOf(Buffer.alloc(32, 8)).key },
    ];
    for (const other of others) expect(isSigned({ ...said, ...other }, signature)).toBe(false);
  });
});

describe('the keys of a peer', () => {
  const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
  const event = (oldKey = '', newKey = '', at = 0, until = 0): KeyEvent => ({
    network: 'net',
    peer: 'p',
    oldKey,
    newKey,
    at,
    until,
    how: 'signed',
    signature: '',
    epoch: 0,
  });

  test('are its name where that is a key, or none', () => {
    expect(ringOf(A ?? '', [], 5)).toEqual([{ key: A, from: null, until: null, state: 'current' }]);
    expect(ringOf('12D3KooWExample', [], 5)).toEqual([]);
  });

  test('are good until their grace is over', () => {
    const events = [event(A, B, 100, 400), event(B, C, 200, 500)];
    const states = (now: number) => ringOf('p', events, now).map(({ key, state }) => [key, state]);
    expect(states(200)).toEqual([
      [C, 'current'],
      [B, 'grace'],
      [A, 'grace'],
    ]);
    expect(states(399)[2]).toEqual([A, 'grace']);
    expect(states(400)).toEqual([
      [C, 'current'],
      [B, 'grace'],
      [A, 'expired'],
    ]);
    expect(states(500)[1]).toEqual([B, 'expired']);
    expect(ringOf('p', events, 0)[0]).toMatchObject({ from: 200, until: null });
  });

  test('all end where one is forced on the peer, also those in their grace', () => {
    const forced = { ...event(B, C, 200, 200), how: 'forced' as const };
    const states = ringOf('p', [event(A, B, 100, 400), forced], 250).map(({ key, until, state }) => [
      key,
      until,
      state,
    ]);
    expect(states).toEqual([
      [C, null, 'current'],
      [B, 200, 'expired'],
      [A, 200, 'expired'],
    ]);
  });

  test('begin with the first one that was introduced', () => {
    expect(ringOf('p', [event('', B, 100)], 100)).toEqual([{ key: B, from: 100, until: null, state: 'current' }]);
  });
});
