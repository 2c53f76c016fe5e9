import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { damaged, unfit } from './fault.ts';
import { type Manifest, manifestSchema } from './manifest.ts';
import { BLOCK, ends, headerOf, paddingOf, readHeader } from './tar.ts';

/** Names in the archive, in their order: what the database must be stands before it. */
const MANIFEST = 'manifest.json';
const DATABASE = 'aggregator.db';
const MAX_MANIFEST = 65_536;
const CHUNK_BYTES = 262_144;

/** A backup as one file: a tar archive of a manifest and a database. */
export async function* packed(manifest: Manifest, database: string): AsyncGenerator<Uint8Array> {
  const text = manifestText(manifest);
  const at = Math.floor(Date.parse(manifest.at) / 1000);
  yield Buffer.concat([headerOf(MANIFEST, text.length, at), text, paddingOf(text.length)]);
  yield headerOf(DATABASE, manifest.bytes, at);
  yield* createReadStream(database, { highWaterMark: CHUNK_BYTES });
  yield Buffer.concat([paddingOf(manifest.bytes), ends()]);
}

/** How long that is. */
export function packedBytes(manifest: Manifest): number {
  const text = manifestText(manifest).length;
  const { bytes } = manifest;
  return 2 * BLOCK + text + paddingOf(text).length + bytes + paddingOf(bytes).length + ends().length;
}

function manifestText(manifest: Manifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Reads a backup, and writes its database to a file that must not be there.
 *
 * Takes these two names in this order and nothing else, so nothing in an archive can name another place on the disk.
 *
 * @param onBytes called with the bytes of the database so far; may throw
 * @returns what the database must hold; that it is what was packed has been compared by length and SHA-256
 * @throws BackupFault; what the system says of the file
 */
export async function unpack(
  archive: AsyncIterable<Uint8Array>,
  to: string,
  onBytes: (done: number, total: number) => void = () => {},
): Promise<Manifest> {
  const bytes = new Bytes(archive);
  try {
    const manifest = await readManifest(bytes);
    const database = readHeader(await bytes.exactly(BLOCK));
    if (database === undefined) throw unfit('holds no database');
    if (database.name !== DATABASE || database.size !== manifest.bytes) {
      throw damaged('its database has not the length that its manifest says');
    }
    const file = await open(to, 'wx', 0o600);
    try {
      const hash = createHash('sha256');
      for (let done = 0; done < manifest.bytes; ) {
        const chunk = await bytes.some(manifest.bytes - done);
        hash.update(chunk);
        await file.writeFile(chunk);
        done += chunk.length;
        onBytes(done, manifest.bytes);
      }
      if (hash.digest('hex') !== manifest.sha256)
        throw damaged('the SHA-256 of its database differs from its manifest');
      await file.sync();
    } finally {
      await file.close();
    }
    const rest = await bytes.exactly(paddingOf(manifest.bytes).length + ends().length);
    if (rest.some((byte) => byte !== 0)) throw damaged('something stands behind the database');
    return manifest;
  } finally {
    await bytes.close();
  }
}

async function readManifest(bytes: Bytes): Promise<Manifest> {
  const header = readHeader(await bytes.exactly(BLOCK));
  if (header === undefined || header.name !== MANIFEST || header.size > MAX_MANIFEST) {
    throw unfit('is no backup of an aggregator');
  }
  const text = (await bytes.exactly(header.size)).toString('utf8');
  await bytes.exactly(paddingOf(header.size).length);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw damaged('its manifest is no JSON');
  }
  const parsed = manifestSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw unfit(`has a manifest that we do not know: ${parsed.error.issues[0]?.message ?? ''}`);
}

/** Pieces of a stream, of the length that is wanted. */
class Bytes {
  readonly #source: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** At least one byte, and no more than these. @throws BackupFault at the end */
  async some(most: number): Promise<Uint8Array> {
    while (this.#left.length === 0) {
      const { done, value } = await this.#source.next();
      if (done === true) throw damaged('it ends too early');
      this.#left = value;
    }
    const piece = this.#left.subarray(0, most);
    this.#left = this.#left.subarray(piece.length);
    return piece;
  }

  async exactly(length: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for (let got = 0; got < length; ) {
      const piece = await this.some(length - got);
      pieces.push(piece);
      got += piece.length;
    }
    return Buffer.concat(pieces);
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
