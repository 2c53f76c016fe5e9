import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { opened } from '../../../services/aggregator/backup/crypt.ts';
import { openAge } from '../../../services/aggregator/backup/openAge.ts';
import { ageFile, CHUNK, chunkNonce, TAG } from '../../../services/aggregator/export/age.ts';
import { runs } from '../../fixtures/prove.ts';

/** Opening what was encrypted with age: by the library, by us, and by somebody who changed it. */

const SEALED = CHUNK + TAG;
const LENGTHS = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5];

let identity: string;
let recipient: string;
beforeAll(async () => {
  identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
});

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size = 100_000, keys = [identity]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of await openAge(cut(bytes, size), keys)) parts.push(part);
  return Buffer.concat(parts);
}

async function byLibrary(plain: Uint8Array): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(plain));
}

async function libraryReads(file: Uint8Array): Promise<Buffer> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return Buffer.from(await decrypter.decrypt(file));
}

const length = fc.oneof(fc.constantFrom(...LENGTHS), fc.integer({ min: 0, max: 200_000 }));
const size = fc.oneof(fc.constantFrom(1_000, CHUNK, SEALED), fc.integer({ min: 1_000, max: 200_000 }));

describe('what was encrypted', () => {
  test('by the library or by us is opened, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(length, size, async (bytes, piece) => {
        const plain = randomBytes(bytes);
        expect((await read(await byLibrary(plain), piece)).equals(plain)).toBe(true);
        const ours: Uint8Array[] = [];
        for await (const part of ageFile(cut(plain, piece), [recipient])) ours.push(part);
        expect((await read(Buffer.concat(ours), piece)).equals(plain)).toBe(true);
      }),
      { numRuns: runs(15), examples: LENGTHS.map((each) => [each, SEALED]) },
    );
  });

  test('is opened a byte at a time too, and by any of several keys', async () => {
    const plain = randomBytes(3_000);
    expect((await read(await byLibrary(plain), 1, [await generateIdentity(), identity])).equals(plain)).toBe(true);
  });

  test('for somebody else is not', async () => {
    const file = await byLibrary(randomBytes(10));
    await expect(read(file, 100, [await generateIdentity()])).rejects.toThrow(/no identity matched/);
  });
});

describe('what was changed', () => {
  let plain: Buffer;
  let file: Buffer;
  let header: number;
  beforeAll(async () => {
    plain = randomBytes(2 * CHUNK + 1_000);
    file = await byLibrary(plain);
    header = file.length - plain.length - 3 * TAG - 16;
  });

  /** Nothing but what was encrypted comes out, and not to its end. */
  async function refused(changed: Uint8Array, piece = 50_000): Promise<string> {
    let came = 0;
    try {
      for await (const part of await openAge(cut(changed, piece), [identity])) {
        expect(plain.subarray(came, came + part.length).equals(part)).toBe(true);
        came += part.length;
      }
    } catch (error) {
      await expect(libraryReads(changed)).rejects.toThrow();
      return error instanceof Error ? error.message : '';
    }
    throw new Error('it was taken');
  }

  test('at any byte is refused', async () => {
    const at = fc.oneof(
      fc.integer({ min: 0, max: header + 40 }),
      fc.integer({ min: 0, max: file.length - 1 }),
      fc.integer({ min: file.length - 40, max: file.length - 1 }),
    );
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), size, async (place, bits, piece) => {
        const changed = Buffer.from(file);
        changed.writeUInt8(changed.readUInt8(place) ^ bits, place);
        await refused(changed, piece);
      }),
      { numRuns: runs(30) },
    );
  });

  test('by cutting it off anywhere is refused', async () => {
    const places = [0, 1, header - 1, header, header + 15, header + 16, header + 16 + TAG - 1, file.length - 1];
    const edges = [1, 2].flatMap((n) => [-1, 0, 1, TAG].map((more) => header + 16 + n * SEALED + more));
    for (const place of [...places, ...edges]) await refused(file.subarray(0, place));
  });

  test.each([
    ['something behind the end', () => Buffer.concat([file, Buffer.alloc(1)])],
    ['a whole piece behind the end', () => Buffer.concat([file, file.subarray(-SEALED)])],
    ['pieces in another order', () => swapped()],
    ['a piece twice', () => Buffer.concat([file.subarray(0, start(1)), file.subarray(start(0))])],
    ['a piece that is missing', () => Buffer.concat([file.subarray(0, start(0)), file.subarray(start(1))])],
  ])('is refused: %s', async (_what, change) => {
    expect(await refused(change())).toMatch(/^piece \d of it was changed, or something is missing behind it$/);
  });

  const start = (piece: number) => header + 16 + piece * SEALED;
  const swapped = () =>
    Buffer.concat([
      file.subarray(0, start(0)),
      file.subarray(start(1), start(2)),
      file.subarray(start(0), start(1)),
      file.subarray(start(2)),
    ]);

  test('by somebody who has the key: an empty last piece, and none that is the last', async () => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const fileKey = await decrypter.decryptHeader(file.subarray(0, header));
    const nonce = randomBytes(16);
    const key = Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
    const seal = (part: Uint8Array, number: number, last: boolean) => {
      const cipher = createCipheriv('chacha20-poly1305', key, chunkNonce(number, last), { authTagLength: TAG });
      return Buffer.concat([cipher.update(part), cipher.final(), cipher.getAuthTag()]);
    };
    const head = Buffer.concat([file.subarray(0, header), nonce]);
    const whole = plain.subarray(0, CHUNK);
    expect((await read(Buffer.concat([head, seal(whole, 0, true)]))).equals(whole)).toBe(true);
    const empty = Buffer.concat([head, seal(whole, 0, false), seal(Buffer.alloc(0), 1, true)]);
    expect(await refused(empty)).toBe('its last piece is empty');
    expect(await refused(Buffer.concat([head, seal(whole, 0, false)]))).toMatch(/^piece 1 /);
    expect(await refused(Buffer.concat([head, seal(whole, 0, true), seal(whole, 1, true)]))).toMatch(/^piece 1 /);
  });

  test('is told apart from a wrong key: one is damaged, the other not for us', async () => {
    const all = async (bytes: Uint8Array, keys: readonly string[]) => {
      for await (const _part of opened(cut(bytes, 10_000), keys)) {
        // Nothing to see.
      }
    };
    await expect(all(file.subarray(0, -1), [identity])).rejects.toMatchObject({ kind: 'damaged' });
    await expect(all(file.subarray(0, header + 3), [identity])).rejects.toMatchObject({ kind: 'damaged' });
    await expect(all(file, [await generateIdentity()])).rejects.toMatchObject({ kind: 'unfit' });
    await expect(all(file.subarray(0, header - 5), [identity])).rejects.toMatchObject({ kind: 'unfit' });
    await expect(all(file, [])).rejects.toMatchObject({ kind: 'unfit' });
  });
});
