import { createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { wrappingOf } from '../../../services/aggregator/export/encrypt.ts';
import { type Encryption, encryptionOf, refuseSecretsInUrl } from '../../../services/aggregator/export/encryption.ts';
import { entryName, safeName } from '../../../services/aggregator/export/names.ts';
import { RunningExports } from '../../../services/aggregator/export/running.ts';
import { HttpFault } from '../../../services/shared/http.ts';
import { runs } from '../../fixtures/prove.ts';
import { anyText } from '../../fixtures/text.ts';

const odd = fc.constantFrom('.', '/', '\\', '\0', '\n', '%', '~', '-', ':', '..', 'CON', 'é', '\ud800', 'a', 'B', '😀');
const names = fc.oneof(
  fc.array(odd, { minLength: 1, maxLength: 20 }).map((parts) => parts.join('')),
  anyText({ minLength: 1, maxLength: 256 }),
  fc.string({ unit: fc.constantFrom('x', '/'), minLength: 195, maxLength: 256 }),
);

describe('the name of a file', () => {
  test.each([
    ['12D3KooWAbc', '12D3KooWAbc'],
    ['peer-1_x.y', 'peer-1_x.y'],
    ['../../etc/passwd', '%2E.%2F..%2Fetc%2Fpasswd'],
    ['..', '%2E.'],
    ['-rf', '%2Drf'],
    ['C:\\x', 'C%3A%5Cx'],
    ['nul', '%6Eul'],
    ['nulls', 'nulls'],
    ['a%2Fb', 'a%252Fb'],
    ['é\n', '%C3%A9%0A'],
    ['~', '%7E'],
  ])('of %j is %s', (name, safe) => {
    expect(safeName(name)).toBe(safe);
    expect(entryName('net', name, false)).toBe(`${safe}.json`);
    expect(entryName('net', name, true)).toBe(`net/${safe}.json`);
  });

  test('is one component that unpacks to where it should, whatever the name is', () => {
    fc.assert(
      fc.property(names, (name) => {
        const safe = safeName(name);
        expect(safe).toMatch(/^[A-Za-z0-9%_][A-Za-z0-9%._~-]*$/);
        expect(safe.length).toBeLessThanOrEqual(200);
      }),
      { numRuns: runs(100) },
    );
  });

  test('differs where names differ, also where they are cut', () => {
    const long = fc.string({ unit: fc.constantFrom('/', 'x'), minLength: 190, maxLength: 256 });
    const either = fc.oneof(names, long, long.map(safeName));
    fc.assert(
      fc.property(either, either, (one, other) => {
        fc.pre(one.toWellFormed() !== other.toWellFormed());
        expect(safeName(one)).not.toBe(safeName(other));
      }),
      { numRuns: runs(200) },
    );
    const cut = safeName('/'.repeat(256));
    expect(safeName('/'.repeat(255))).not.toBe(cut);
    expect(safeName(cut)).not.toBe(cut);
  });
});

const SECRET = 'correct horse battery';

async function refusal(headers: Record<string, string>, body?: unknown): Promise<HttpFault> {
  try {
    await encryptionOf(headers, body);
  } catch (error) {
    if (error instanceof HttpFault) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('what encrypts an export', () => {
  test('comes in a header or in the body', async () => {
    const recipient = await identityToRecipient(await generateIdentity());
    expect(await encryptionOf({}, undefined)).toEqual({ by: 'none' });
    expect(await encryptionOf({ 'x-age-recipient': `${recipient}, ${recipient}` }, undefined)).toEqual({
      by: 'age',
      recipients: [recipient, recipient],
    });
    expect(await encryptionOf({}, { age_recipient: recipient })).toEqual({ by: 'age', recipients: [recipient] });
    expect(await encryptionOf({ 'x-age-passphrase': SECRET }, {})).toEqual({
      by: 'age-passphrase',
      passphrase: SECRET,
    });
    expect(await encryptionOf({}, { openssl_passphrase: `${SECRET} é` })).toEqual({
      by: 'openssl',
      passphrase: `${SECRET} é`,
    });
  });

  test.each([
    ['two ways', { 'x-age-passphrase': SECRET, 'x-openssl-passphrase': SECRET }, undefined, 'two_encryptions'],
    ['header and body', { 'x-openssl-passphrase': SECRET }, { openssl_passphrase: SECRET }, 'two_encryptions'],
    ['too short', { 'x-openssl-passphrase': 'fifteen letters' }, undefined, 'bad_passphrase'],
    ['empty', { 'x-age-passphrase': '' }, undefined, 'bad_passphrase'],
    ['not ASCII in a header', { 'x-age-passphrase': `${SECRET} é` }, undefined, 'bad_passphrase'],
    ['no recipient', { 'x-age-recipient': 'age1nonsense' }, undefined, 'bad_recipient'],
    ['an unknown member', {}, { passphrase: SECRET }, 'bad_body'],
    ['no object', {}, [SECRET], 'bad_body'],
  ])('is refused: %s', async (_what, headers, body, error) => {
    const fault = await refusal(headers, body);
    expect(fault).toMatchObject({ status: 400, body: { error } });
    expect(JSON.stringify(fault.body)).not.toContain(SECRET);
  });

  test('a secret key in place of a public one is told apart, and not repeated', async () => {
    const identity = await generateIdentity();
    const { body } = await refusal({ 'x-age-recipient': identity });
    expect(body.reason).toContain('a secret key');
    expect(JSON.stringify(body)).not.toContain(identity);
  });

  test.each(['passphrase', 'password', 'openssl_pass', 'recipient', 'age-recipient', 'key', 'x-age-passphrase'])(
    'is refused in the address: %s',
    (name) => {
      expect(() => refuseSecretsInUrl({ network: 'x', [name]: SECRET })).toThrow(/stands in the address/);
      expect(() => refuseSecretsInUrl({ network: 'x', show: 'metrics' })).not.toThrow();
    },
  );
});

async function encrypted(encryption: Encryption, chunks: readonly Uint8Array[]): Promise<Buffer> {
  async function* plain(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  const { step } = wrappingOf(encryption);
  if (step === undefined) throw new Error('nothing encrypts it');
  const parts: Uint8Array[] = [];
  for await (const part of step(plain())) parts.push(part);
  return Buffer.concat(parts);
}

describe('the encryption', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 100_000 }), { maxLength: 5 });

  test('by OpenSSL is an IV and what AES-256-CBC makes of it, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, async (parts) => {
        const bytes = await encrypted({ by: 'openssl', passphrase: SECRET }, parts);
        const key = createHash('sha256').update(SECRET).digest();
        const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16));
        const plain = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
        expect(plain.equals(Buffer.concat(parts))).toBe(true);
      }),
      { numRuns: runs(20) },
    );
  });

  test('by age is opened by the identity, however it is cut', async () => {
    const identity = await generateIdentity();
    const recipients = [await identityToRecipient(identity)];
    await fc.assert(
      fc.asyncProperty(chunks, async (parts) => {
        const decrypter = new Decrypter();
        decrypter.addIdentity(identity);
        const plain = await decrypter.decrypt(await encrypted({ by: 'age', recipients }, parts));
        expect(Buffer.from(plain).equals(Buffer.concat(parts))).toBe(true);
      }),
      { numRuns: runs(10) },
    );
  });

  test.each([0, 1, 65_535, 65_536, 65_537, 131_072])(
    'by age ends with a chunk that holds something: %i bytes',
    async (length) => {
      const identity = await generateIdentity();
      const recipients = [await identityToRecipient(identity)];
      const sent = randomBytes(length);
      const bytes = await encrypted({ by: 'age', recipients }, [sent.subarray(0, 65_536), sent.subarray(65_536)]);
      const open = async (file: Uint8Array) => {
        const decrypter = new Decrypter();
        decrypter.addIdentity(identity);
        return Buffer.from(await decrypter.decrypt(file));
      };
      expect((await open(bytes)).equals(sent)).toBe(true);
      const chunks = Math.max(1, Math.ceil(length / 65_536));
      const overhead = (await encrypted({ by: 'age', recipients }, [])).length - 16;
      expect(bytes).toHaveLength(overhead + length + 16 * chunks);
      // Whole chunks that are missing at the end would otherwise go unseen.
      if (chunks > 1) await expect(open(bytes.subarray(0, overhead + 65_552))).rejects.toThrow();
    },
  );

  test('by age is never the same twice', async () => {
    const recipients = [await identityToRecipient(await generateIdentity())];
    const [one, other] = [
      await encrypted({ by: 'age', recipients }, []),
      await encrypted({ by: 'age', recipients }, []),
    ];
    expect(one.subarray(-32).equals(other.subarray(-32))).toBe(false);
    expect(one).toHaveLength(other.length);
  });

  test('by age with a passphrase is opened by it alone', async () => {
    const bytes = await encrypted({ by: 'age-passphrase', passphrase: SECRET }, [randomBytes(70_000)]);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(SECRET);
    expect(await decrypter.decrypt(bytes)).toHaveLength(70_000);
    const other = new Decrypter();
    other.addPassphrase(`${SECRET}!`);
    await expect(other.decrypt(bytes)).rejects.toThrow();
  });

  test('says what it is, and warns of what is weak', () => {
    expect(wrappingOf({ by: 'none' })).toMatchObject({ type: 'application/zip', headers: {} });
    expect(wrappingOf({ by: 'age-passphrase', passphrase: SECRET })).toMatchObject({ type: 'application/age' });
    expect(wrappingOf({ by: 'openssl', passphrase: SECRET }).headers.warning).toContain('prefer age');
  });
});

describe('the exports under way', () => {
  test('are so many at once, and each ends', () => {
    vi.useFakeTimers();
    try {
      const exports = new RunningExports(1_000);
      const slots = [1, 2, 3, 4].map(() => exports.enter());
      expect(() => exports.enter()).toThrow(/4 exports are under way/);
      slots[0]?.leave();
      const last = exports.enter();
      vi.advanceTimersByTime(999);
      expect(last.signal.aborted).toBe(false);
      vi.advanceTimersByTime(1);
      expect(last.signal.reason).toMatchObject({ result: 'too_slow' });
      expect(slots[0]?.signal.aborted).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  test('end soon after the service was told to end, and no new ones begin', () => {
    vi.useFakeTimers();
    try {
      const exports = new RunningExports(60_000);
      const slot = exports.enter();
      exports.requireGoingOn();
      exports.stop(1_000);
      expect(() => exports.enter()).toThrow(/about to end/);
      expect(() => exports.requireGoingOn()).toThrow(/about to end/);
      vi.advanceTimersByTime(999);
      expect(slot.signal.aborted).toBe(false);
      vi.advanceTimersByTime(1);
      expect(slot.signal.reason).toMatchObject({ result: 'stopped' });
    } finally {
      vi.useRealTimers();
    }
  });

  test('and what takes samples away are never there together', async () => {
    const exports = new RunningExports(1_000);
    const slot = exports.enter();
    await expect(exports.alone(async () => 1)).rejects.toThrow(/exports are under way/);
    slot.leave();
    let done = () => {};
    const taking = exports.alone(
      () =>
        new Promise<void>((resolve) => {
          done = resolve;
        }),
    );
    expect(() => exports.enter()).toThrow(/taken away/);
    await expect(exports.alone(async () => 1)).rejects.toThrow(/already/);
    done();
    await taking;
    exports.enter().leave();
  });
});
