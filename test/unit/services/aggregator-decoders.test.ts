import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packed, packedBytes, unpack } from '../../../services/aggregator/backup/container.ts';
import { opened } from '../../../services/aggregator/backup/crypt.ts';
import { BackupFault } from '../../../services/aggregator/backup/fault.ts';
import type { Manifest } from '../../../services/aggregator/backup/manifest.ts';
import { headerOf, readHeader } from '../../../services/aggregator/backup/tar.ts';
import { encryptionOf } from '../../../services/aggregator/export/encryption.ts';
import { readBody } from '../../../services/aggregator/ingest/body.ts';
import { NETWORK_NAME } from '../../../services/aggregator/settings.ts';
import { networksProblem, Tokens } from '../../../services/aggregator/tokens.ts';
import { ServiceFault } from '../../../services/shared/fault.ts';
import { HttpFault } from '../../../services/shared/http.ts';
import { openForWriting } from '../../../services/shared/store/database.ts';
import { readPair } from '../../../services/shared/tls/pair.ts';
import { runs } from '../../fixtures/prove.ts';

/** Whatever bytes come, a decoder reads them or refuses them with its own fault, and nothing else happens. */

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aggregator-decoders-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = fc.uint8Array({ maxLength: 300 });

function requestOf(body: Uint8Array, headers: Record<string, string>): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  request.push(body);
  request.push(null);
  return request;
}

/** What it gives, or the fault of this kind that it throws; anything else fails the test. */
async function faultOr<T>(kind: new (...args: never[]) => Error, work: () => T | Promise<T>): Promise<T | Error> {
  try {
    return await work();
  } catch (error) {
    expect(error).toBeInstanceOf(kind);
    if (error instanceof Error) return error;
    throw error;
  }
}

describe('the body of a request', () => {
  const limits = { maxBodyBytes: 400, maxInflatedBytes: 4_000 };

  test('of any bytes is unpacked within its limits, or refused', async () => {
    const gzip = fc.uint8Array({ maxLength: 6_000 }).map((plain) => gzipSync(plain));
    const damaged = fc.tuple(gzip, fc.nat(), fc.nat(255)).map(([whole, at, by]) => {
      whole.writeUInt8(whole.readUInt8(at % whole.length) ^ by, at % whole.length);
      return whole;
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, gzip, damaged), async (body) => {
        const read = await faultOr(HttpFault, () => readBody(requestOf(body, { 'content-encoding': 'gzip' }), limits));
        if (read instanceof HttpFault) expect([400, 413]).toContain(read.status);
        else if (read instanceof Buffer) expect(read.length).toBeLessThanOrEqual(limits.maxInflatedBytes);
      }),
      { numRuns: runs(150) },
    );
  });

  test('is no bomb: a few bytes that unpack to many are refused before they are all there, also in many members', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const roomy = { maxBodyBytes: 1_000_000, maxInflatedBytes: 1_000_000 };
    for (const body of [bomb, Buffer.concat(Array(5).fill(gzipSync(Buffer.alloc(300_000))))]) {
      const read = faultOr(HttpFault, () => readBody(requestOf(body, { 'content-encoding': 'gzip' }), roomy));
      expect(await read).toMatchObject({ status: 413, body: { error: 'too_large' } });
    }
  });
});

describe('a line of the token file', () => {
  test.each(['', 'net-a', 'net-a,net-b'])('may say %j behind its token', (rest) =>
    expect(networksProblem(rest)).toBeUndefined(),
  );
  test.each(['net-a net-b', 'net-a, net-b', 'net-a,', ',', '# the one of May', '../a', 'another-token.of-somebody'])(
    'is refused, and not repeated, with %j: the token would be good for something else than is meant',
    (rest) => {
      expect(networksProblem(rest)).toMatch(/network-a,network-b, without blanks$/);
      expect(networksProblem(rest)).not.toContain(rest === ',' ? ',,' : rest);
    },
  );
});

describe('headers', () => {
  const tokens = new Tokens({ file: undefined, single: 'the-only-token-there-is', network: 'default' });

  test('of any text let nobody in without the token, and name no network that is no name', async () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('Bearer the-only-token-there-is', '__proto__', '../x', 'a,b'));
    await fc.assert(
      fc.asyncProperty(text, text, text, async (auth, bearer, network) => {
        const headers = { 'x-auth-token': auth, authorization: bearer, 'x-network': network };
        const scope = await faultOr(HttpFault, () => tokens.authorize(headers));
        const known =
          auth.trim() === 'the-only-token-there-is' || (auth === '' && bearer.startsWith('Bearer the-only'));
        expect(scope === 'all').toBe(known);
        const named = await faultOr(HttpFault, () => tokens.networkOf('all', { 'x-network': network }));
        if (typeof named === 'string') expect(named).toMatch(NETWORK_NAME);
      }),
      { numRuns: runs(200) },
    );
  });

  test('and bodies of any kind give an encryption or a refusal that does not repeat them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom('age_recipient', 'openssl_passphrase', 'x'), fc.string()),
        async (any, near) => {
          for (const body of [any, near]) {
            const read = await faultOr(HttpFault, () => encryptionOf({}, body));
            if (read instanceof HttpFault) expect(read.status).toBe(400);
          }
        },
      ),
      { numRuns: runs(100) },
    );
  });
});

describe('a backup', () => {
  let archive: Buffer;
  let manifest: Manifest;
  const database = Buffer.from(Array.from({ length: 1_500 }, (_, n) => n % 251));
  const to = () => join(folder, 'unpacked.db');

  beforeAll(async () => {
    const path = join(folder, 'source');
    writeFileSync(path, database);
    const sha256 = createHash('sha256').update(database).digest('hex');
    const content = 'a'.repeat(64);
    manifest = {
      format: 'chainwatch-aggregator-backup-1',
      schema: 1,
      at: '2026-03-01T12:00:00Z',
      lastId: 3,
      rows: { sample: 3 },
      content,
      bytes: 1_500,
      sha256,
    };
    const pieces: Uint8Array[] = [];
    for await (const piece of packed(manifest, path)) pieces.push(piece);
    archive = Buffer.concat(pieces);
    rmSync(path);
  });

  async function* inPieces(whole: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
  }

  async function read(whole: Uint8Array, size = 97): Promise<Manifest | Error> {
    rmSync(to(), { force: true });
    return faultOr(BackupFault, () => unpack(opened(inPieces(whole, size), []), to()));
  }

  test('is what was packed, however it is cut', async () => {
    expect(archive.length).toBe(packedBytes(manifest));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4_000 }), async (size) => {
        expect(await read(archive, size)).toEqual(manifest);
        expect(readFileSync(to())).toEqual(database);
        expect(statSync(to()).mode & 0o777).toBe(0o600);
      }),
      { numRuns: runs(20) },
    );
  });

  test('with any byte changed, or cut anywhere, is refused or is the same database', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(archive.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.from(archive);
        changed.writeUInt8(changed.readUInt8(at) ^ by, at);
        if (!((await read(changed)) instanceof BackupFault)) expect(readFileSync(to())).toEqual(database);
        expect(await read(archive.subarray(0, at))).toBeInstanceOf(BackupFault);
      }),
      { numRuns: runs(150) },
    );
  });

  test('of any bytes is refused, also where they begin as age does', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        expect(await read(body)).toBeInstanceOf(BackupFault);
        const sealed = Buffer.concat([Buffer.from('age-encryption.org/v1\n'), body]);
        expect(await read(sealed)).toBeInstanceOf(BackupFault);
      }),
      { numRuns: runs(100) },
    );
  });

  test('names no other place: an entry of another name is refused, and nothing is written', async () => {
    const end = 512 * 2;
    for (const name of ['../evil', '/etc/passwd', 'aggregator.db/../../evil', 'aggregator.db2']) {
      const changed = Buffer.concat([
        archive.subarray(0, end),
        headerOf(name, manifest.bytes, 0),
        archive.subarray(end + 512),
      ]);
      expect(await read(changed)).toBeInstanceOf(BackupFault);
      expect(existsSync(to())).toBe(false);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a header of tar is read as it was written, also beyond eight gigabytes, and from any bytes nothing is made up', () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), fc.uint8Array({ minLength: 512, maxLength: 512 }), (size, any) => {
        expect(readHeader(headerOf('aggregator.db', size, 1_795_000_000))).toEqual({ name: 'aggregator.db', size });
        expect(readHeader(Buffer.from(any))).toBeUndefined();
      }),
      { numRuns: runs(100) },
    );
  });
});

test('files of TLS of any text are refused by name, and nothing of a key is repeated', async () => {
  const paths = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const pem = (label: string) =>
    fc.base64String().map((text) => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`);
  const text = fc.oneof(fc.string(), pem('CERTIFICATE'), pem('PRIVATE KEY'));
  await fc.assert(
    fc.asyncProperty(text, text, async (cert, key) => {
      writeFileSync(paths.cert, cert);
      writeFileSync(paths.key, key);
      const read = await faultOr(ServiceFault, () => readPair(paths, Date.now()));
      expect(read).toBeInstanceOf(ServiceFault);
      if (read instanceof Error && key.length > 20) expect(read.message).not.toContain(key.split('\n')[1] || key);
    }),
    { numRuns: runs(100) },
  );
  for (const path of Object.values(paths)) rmSync(path);
});

test('a new database, and its log, are for their owner alone; one that is there keeps its mode', () => {
  const path = join(folder, 'store.db');
  const db = openForWriting(path, { steps: ['CREATE TABLE a (b INTEGER) STRICT;'] });
  try {
    const modes = readdirSync(folder).map(
      (name) => `${name} ${(statSync(join(folder, name)).mode & 0o777).toString(8)}`,
    );
    expect(modes.sort()).toEqual(['store.db 600', 'store.db-shm 600', 'store.db-wal 600']);
  } finally {
    db.close();
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
  }
});
